"""What came to stories after a reader was told of them, on every database: outlets, headlines, volumes."""

from datetime import timedelta

import pytest

from monitor.model.digests import Changed, Reader, Recipient
from monitor.model.entries import Words
from monitor.model.topics import Tag, Topic
from monitor.pipeline import correcting
from monitor.pipeline.correcting import Word
from monitor.pipeline.placing import place_waiting
from monitor.store import Store, corpus, outbox, readers, trends
from monitor.store.changes import changed
from monitor.store.schema import counter
from tests.builders import NOW, entry, topic
from tests.polls import everything, poll

DAY = timedelta(days=1)
ME = "me@example.org"
TOPICS: tuple[Topic, ...] = (topic("ferries"), topic("ports"))
NAMES = tuple(one.name for one in TOPICS)
SAILS = "Ferries sail again from the north pier after a week of storms"


def tagger(words: Words) -> tuple[Tag, ...]:
    """Tag a wording with each topic that it names."""
    said = words.title.lower()
    return tuple(Tag(name, 1.0) for name in NAMES if name in said)


@pytest.fixture(autouse=True)
def enrolled(store: Store) -> None:
    """Declare the topics and enrol a reader before anything is there."""
    with store.write() as lane:
        corpus.declare_topics(lane, TOPICS)
        readers.enrol(lane, [("morning", Recipient(ME))], NOW - 2 * DAY, NOW)


def bring(store: Store, title: str, guid: str = "1", feed: str = "a") -> None:
    """Let a feed bring an item, and give it its event."""
    with store.write() as lane:
        poll(lane, entry(title, guid=guid), feed=feed, polls=1, tagger=tagger)
        place_waiting(lane, NOW)


def tell(store: Store) -> None:
    """Tell the reader everything up to now."""
    with store.write() as lane:
        upto = lane.scalar(counter.select().with_only_columns(counter.c.next).where(counter.c.name == "row"))
        assert upto
        readers.move(lane, [Reader("morning", ME, upto, NOW, changes=upto)])


def changes(store: Store, *topics: str) -> tuple[Changed, ...]:
    """Return what came to what the reader was told of."""
    with store.read() as connection:
        mark = readers.one(connection, "morning", ME)
        assert mark
        return changed(connection, mark, topics or NAMES, NOW - 14 * DAY)


def test_nothing_comes_to_what_nobody_was_told_of(store: Store) -> None:
    """A copy or a new headline of an untold story is no change: the story itself is still news."""
    bring(store, SAILS)
    bring(store, SAILS, feed="b")
    assert changes(store) == ()


def test_an_outlet_that_joins_is_a_change(store: Store) -> None:
    """Of a story that was told, the copies that came later can be told from those before."""
    bring(store, SAILS)
    tell(store)
    assert changes(store) == ()
    bring(store, SAILS, feed="b")
    (one,) = changes(store)
    assert [(copy.source, copy.id >= one.since) for copy in one.story.copies] == [("a", False), ("b", True)]
    assert one.was == SAILS
    tell(store)
    assert changes(store) == ()


def test_a_headline_is_told_as_it_was(store: Store) -> None:
    """Whatever it read in between, the headline that readers know is the one before their mark."""
    bring(store, "Ports open in the south for the first time since May", "2")
    bring(store, SAILS)
    tell(store)
    bring(store, "Ferries sail again, one of them aground")
    bring(store, "Ferries sail again, two of them aground")
    bring(store, "Ports of the south are closed again", "2")
    told = {(one.was, one.story.words.title) for one in changes(store)}
    assert told == {
        (SAILS, "Ferries sail again, two of them aground"),
        ("Ports open in the south for the first time since May", "Ports of the south are closed again"),
    }


def test_other_topics_and_old_stories_are_left_out(store: Store) -> None:
    """A reader hears of changes on their topics only, and not of what was first seen long ago."""
    bring(store, SAILS)
    tell(store)
    bring(store, SAILS, feed="b")
    assert changes(store, "ports") == ()
    with store.read() as connection:
        mark = readers.one(connection, "morning", ME)
        assert mark
        assert changed(connection, mark, NAMES, NOW + DAY) == ()


def test_the_other_stories_of_the_event_come_along(store: Store) -> None:
    """Who carried another story of an event before is no new outlet of it."""
    bring(store, SAILS)
    bring(store, "Ferries sail again from the north pier: a week of storms is over", feed="b")
    tell(store)
    bring(store, SAILS, feed="c")
    told = changes(store)
    assert {copy.source for one in told for copy in one.story.copies if copy.id < one.since} == {"a", "b"}


def test_volumes_are_counted_by_spans(store: Store) -> None:
    """Each span has the stories of its time; a topic without any has noughts."""
    bring(store, SAILS)
    bring(store, "Ferries wait", "2")
    bounds = [NOW - DAY, NOW, NOW + DAY]
    with store.read() as connection:
        found = trends.volumes(connection, NAMES, bounds)
    assert sum(found["ferries"]) == 2
    assert found["ports"] == (0, 0)


def test_what_was_told_of_a_merged_story_is_remembered(store: Store) -> None:
    """A merge writes the tags anew: the story was told nevertheless, and its event is known."""
    ports = "Ports and ferries of the south wait for the wind to turn again"
    bring(store, SAILS)
    bring(store, ports, "2", feed="b")
    tell(store)
    with store.write() as lane:
        parts = [story.id for story in everything(lane)]
        event = correcting.merge(lane, parts, Word("Anna", NOW)).event
    bring(store, "Ferries sail again, one of them aground")
    (found,) = changes(store)
    assert (found.was, found.story.words.title) == (SAILS, "Ferries sail again, one of them aground")
    assert event
    with store.read() as connection:
        mark = readers.one(connection, "morning", ME)
        assert mark
        assert outbox.known_events(connection, mark, NAMES, [event]) == {event}
