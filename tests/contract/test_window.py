"""What a process remembers of events is what the tables say, whatever changes them, on every database."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from monitor.model.entries import Entry
from monitor.model.events import Joined, KnownEvent, Placed
from monitor.pipeline import correcting, regrouping
from monitor.pipeline.correcting import Word
from monitor.store import Store
from monitor.store.grouping import event, membership
from monitor.store.schema import story
from monitor.store.window import Window, window
from monitor.words import number_of
from tests.builders import NOW, entry
from tests.happenings import AGROUND, ANGER, HOUR, RATES, RESCUED, TUGS, bring, event_of, of, told
from tests.polls import undone, untagged
from tests.unit.cluster.newsroom import members

WORD = Word("Anna", NOW + 9 * HOUR)
LINK = "https://www.courier.example/7"


def _retitled(item: tuple[str, Entry], title: str) -> tuple[str, Entry]:
    return item[0], replace(item[1], words=replace(item[1].words, title=title))


def _grow(lane: sa.Connection) -> None:
    bring(lane, TUGS, hour=5)


def _retell(lane: sa.Connection) -> None:
    bring(lane, _retitled(RATES, "Central bank keeps interest rates at six percent"), hour=5)


def _bridge(lane: sa.Connection) -> None:
    one, other = told("courier", "Boats sail after the storm"), told("echo", RESCUED[1].words.title)
    both = entry(other[1].words.title, guid="both", link=LINK)
    bring(lane, (one[0], replace(one[1], link=LINK)), other, ("https://d.example/feed", both), hour=5)


def _merge(lane: sa.Connection) -> None:
    regrouping.merge(lane, [event_of(lane, AGROUND), event_of(lane, RATES)], WORD)


def _split(lane: sa.Connection) -> None:
    regrouping.split(lane, event_of(lane, AGROUND), [of(lane, RESCUED).id], WORD)


def _pin(lane: sa.Connection) -> None:
    regrouping.pin(lane, event_of(lane, AGROUND), WORD)


def _unpin(lane: sa.Connection) -> None:
    _merge(lane)
    assert _agrees(lane)
    regrouping.unpin(lane, event_of(lane, RATES))


def _merge_stories(lane: sa.Connection) -> None:
    correcting.merge(lane, [of(lane, AGROUND).id, of(lane, ANGER).id], WORD)


def _split_story(lane: sa.Connection) -> None:
    again = told("echo", RATES[1].words.title)
    bring(lane, again, hour=5)
    copies = of(lane, RATES).copies
    assert len(copies) > 1
    correcting.split(lane, of(lane, RATES).id, [copies[-1].url or ""], WORD, untagged)


CHANGES = (_grow, _retell, _bridge, _merge, _split, _pin, _unpin, _merge_stories, _split_story)


def _seen(lane: sa.Connection, kept: Window) -> tuple[list[KnownEvent], dict[int, set[int]]]:
    """Return all events, and those of all terms, as a window knows them."""
    joined = story.join(membership, membership.c.story_id == story.c.id)
    sought: defaultdict[datetime, set[int]] = defaultdict(set)
    for at, terms in lane.execute(sa.select(story.c.at, membership.c.terms).select_from(joined)):
        sought[at].update(map(number_of, terms.split('"')[1::2]))
    return kept.known_events(lane, lane.scalars(sa.select(event.c.id)).all()), kept.found_by(lane, sought)


def _agrees(lane: sa.Connection) -> bool:
    return _seen(lane, window(lane)) == _seen(lane, Window(None))


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_remembered_is_what_is_there(store: Store, change: Callable[[sa.Connection], None]) -> None:
    """Whatever is polled, revised, bridged or put right by a person: no event is remembered as it was."""
    with store.write() as lane:
        bring(lane, AGROUND, RATES, RESCUED, ANGER)
        before = _seen(lane, window(lane))
        change(lane)
        assert _agrees(lane)
        assert _seen(lane, window(lane)) != before


def test_what_is_undone_is_forgotten(store: Store) -> None:
    """Stories that were placed in a transaction that came to nothing are not remembered as placed."""
    with store.write() as lane:
        bring(lane, AGROUND, RATES)
    with undone(store) as lane:
        bring(lane, RESCUED, ANGER, hour=3)
    with store.write() as lane:
        assert _agrees(lane)
        bring(lane, TUGS, hour=4)
        assert event_of(lane, TUGS) == event_of(lane, AGROUND)


def test_what_another_process_changed_is_forgotten(store: Store) -> None:
    """A process that has placed stories sees what another one has made of their events since."""
    with store.write() as lane:
        bring(lane, AGROUND, RATES, RESCUED, ANGER)
        ours = window(lane)
        lane.info["remembered"].clear()
        _merge(lane)
        lane.info["remembered"]["window"] = ours
        assert _agrees(lane)
        bring(lane, TUGS, hour=4)
        assert event_of(lane, TUGS) == event_of(lane, RATES)


def test_a_long_event_is_known_by_its_newest_stories(sqlite_store: Store) -> None:
    """One that stories left is read again, since older ones are among the newest now; one that grew not."""
    stories = members(*(f"Karlsby flood, report {number}" for number in range(62)))
    with sqlite_store.write() as lane:
        kept = Window(None)
        kept.homes.update({one.story_id: 1 for one in stories[:60]})
        kept.take(lane, Placed((), (KnownEvent(1, 90, 90, False, 1, tuple(stories)),), {}), ())
        assert kept.events[1].members == tuple(stories[2:])
        left = Joined(stories[5].story_id, 2, 1.0, ())
        rest = KnownEvent(1, 89, 90, False, 1, tuple(one for one in stories[2:] if one is not stories[5]))
        alone = KnownEvent(2, 1, 1, False, stories[5].story_id, (stories[5],))
        kept.take(lane, Placed((left,), (rest, alone), {}), ())
        assert kept.events == {2: alone}
