"""Events as people look at them, on every database: lists, timelines, outlets, and why a story is there."""

from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa

from monitor.model.entries import Words
from monitor.model.topics import Tag
from monitor.store import Store, corpus, events
from monitor.store.events import Sought
from monitor.store.ids import event_row
from monitor.store.stories import Wanted, newest
from tests.builders import NOW, entry, seed, tag, topic
from tests.happenings import (
    AGROUND,
    ANGER,
    HOUR,
    RATES,
    RESCUED,
    TUGS,
    bring,
    event_of,
    known,
    of,
    outlet,
    stories,
)
from tests.polls import poll


@pytest.fixture
def lane(store: Store) -> Iterator[sa.Connection]:
    """Open a lane, with a topic declared."""
    with store.write() as connection:
        corpus.declare_topics(connection, [topic("ferries")])
        yield connection


def ferries(words: Words, _folded: object = None) -> Sequence[Tag]:
    """Tag what names a ferry."""
    return [tag("ferries", words=words)] if "ferry" in words.title.lower() else []


def test_stories_of_one_happening_are_one_event(lane: sa.Connection) -> None:
    """Each story has its event at once; those of one happening share it, and others do not."""
    bring(lane, AGROUND, RATES, RESCUED)
    assert event_of(lane, AGROUND) == event_of(lane, RESCUED) != event_of(lane, RATES)


def test_the_event_that_changed_last_is_first(lane: sa.Connection) -> None:
    """Events of two stories are listed by their last change, those of one only when asked for."""
    bring(lane, AGROUND, RESCUED, RATES)
    ferry, rates = event_of(lane, AGROUND), event_of(lane, RATES)
    assert [one.id for one in events.newest(lane, Sought(), 9)] == [ferry]
    assert [one.id for one in events.newest(lane, Sought(least=1), 9)] == [rates, ferry]
    bring(lane, TUGS, hour=3)
    (first,) = events.newest(lane, Sought(least=1), 1)
    assert (first.id, first.stories, first.timeline) == (ferry, 3, ())
    assert events.count(lane, Sought(least=1)) == 2
    assert [one.id for one in events.newest(lane, Sought(least=1), 9, offset=1)] == [rates]


def test_events_are_listed_by_topic_and_time(lane: sa.Connection) -> None:
    """A topic's events are those with a story that bears its tag; since bounds the last change."""
    bring(lane, AGROUND, RESCUED, RATES, ANGER, tagger=ferries)
    ferry, rates = event_of(lane, AGROUND), event_of(lane, RATES)
    assert [one.id for one in events.newest(lane, Sought("ferries"), 9)] == [ferry]
    assert [one.id for one in events.newest(lane, Sought(since=NOW + 2 * HOUR), 9)] == [rates]
    assert [one.id for one in events.newest(lane, Sought(since=NOW + HOUR), 9)] == [rates, ferry]


def test_an_event_has_a_timeline(lane: sa.Connection) -> None:
    """Its stories stand by their times, whatever came first, each with its outlets; one speaks for it."""
    feed, late = TUGS
    early = entry(late.words.title, guid=late.guid, link=late.link, published=NOW - HOUR)
    bring(lane, AGROUND, RESCUED, (feed, early))
    poll(lane, AGROUND[1], feed=outlet("mirror"), at=NOW + 4 * HOUR)
    event = known(lane, event_of(lane, AGROUND))
    assert [member.story for member in event.timeline] == [
        of(lane, one).id for one in (TUGS, AGROUND, RESCUED)
    ]
    assert event.timeline[0].at == NOW - HOUR
    assert event.headline.id in stories(lane, event.id)
    assert (event.first_seen, event.changed_at) == (NOW, NOW + 2 * HOUR)
    assert event.outlets == ("harbour.example", "coast.example", "meridian.example")
    assert [member.story for member in event.timeline if member.joined_at >= NOW + HOUR] == [
        of(lane, one).id for one in (TUGS, RESCUED)
    ]


def test_an_outlet_without_links_is_counted_by_its_feed(lane: sa.Connection) -> None:
    """Outlets are the sites of links, wherever the feed stands; without a link it is the feed itself."""
    feed, rescued = RESCUED
    bare = entry(rescued.words.title, guid=rescued.guid)
    elsewhere = entry(TUGS[1].words.title, guid="t", link="https://news.harbour.example/9")
    bring(lane, AGROUND, (feed, bare), (outlet("aggregator"), elsewhere))
    assert known(lane, event_of(lane, AGROUND)).outlets == ("harbour.example", feed)


def test_why_a_story_is_in_its_event(lane: sa.Connection) -> None:
    """A story that joined others has its score and the terms that it shares; the first of all has none."""
    bring(lane, AGROUND, RESCUED)
    found = events.of_story(lane, of(lane, RESCUED).id)
    assert found
    event, member = found
    assert (event.id, event.timeline) == (event_of(lane, AGROUND), ())
    assert member.score > 0.7
    assert {"aurora", "odesa"} <= set(member.terms)
    first = events.of_story(lane, of(lane, AGROUND).id)
    assert first
    assert first[1].terms == ()


def test_stories_are_listed_by_event(lane: sa.Connection) -> None:
    """A listing of stories may be that of one event."""
    bring(lane, AGROUND, RATES, RESCUED)
    row = event_row(event_of(lane, AGROUND))
    assert [one.id for one in newest(lane, Wanted(event=row), 9)] == [
        of(lane, one).id for one in (RESCUED, AGROUND)
    ]


def test_a_seed_has_no_event(lane: sa.Connection) -> None:
    """Seeds are in no event, and what is not there gives nothing."""
    corpus.put_seed(lane, seed(), ferries, NOW)
    bring(lane, RATES)
    (planted,) = (one for one in newest(lane, Wanted(), 9) if one.seed)
    assert planted.event is None
    assert events.of_story(lane, planted.id) is None
    assert events.one(lane, "e9999") is None
