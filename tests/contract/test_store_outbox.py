"""Who has been told what, on every database: once per reader, whatever comes late or twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.model.digests import OWN, Bodies, Delivered, Reader, Recipient, Reservation
from monitor.model.entries import Words
from monitor.model.topics import Tag, Topic
from monitor.pipeline.placing import place_waiting
from monitor.store import Lane, Store, corpus, editions, events, outbox, readers, schema, stories
from tests.builders import NOW, entry, seed, topic
from tests.polls import poll

HOUR = timedelta(hours=1)
ME, HER = "me@example.org", "her@example.org"
TOPICS: tuple[Topic, ...] = (topic("ferries"), topic("ports"), topic("snow"))
NAMES = tuple(one.name for one in TOPICS)


def tagger(words: Words) -> tuple[Tag, ...]:
    """Tag a wording with each topic that it names."""
    said = f"{words.title} {words.text}".lower()
    return tuple(Tag(name, 1.0) for name in NAMES if name in said)


@pytest.fixture(autouse=True)
def enrolled(store: Store) -> None:
    """Declare the topics and enrol a reader before anything is there."""
    with store.write() as lane:
        corpus.declare_topics(lane, TOPICS)
        readers.enrol(lane, [("morning", Recipient(ME))], NOW - 48 * HOUR, NOW)


def bring(store: Store, title: str, guid: str = "1", polls: int = 1, feed: str = "a") -> None:
    """Let a feed bring an item."""
    with store.write() as lane:
        poll(lane, entry(title, guid=guid), feed=feed, polls=polls, tagger=tagger)


def mark_of(connection: Lane, to: str = ME) -> Reader:
    """Return how far a reader has been told."""
    found = readers.one(connection, "morning", to)
    assert found
    return found


def untold(store: Store, *topics: str, to: str = ME) -> list[str]:
    """Return the titles that a reader is owed."""
    with store.read() as connection:
        mark = mark_of(connection, to)
        return [story.words.title for story in outbox.untold(connection, mark, topics or NAMES)[0]]


def reservation(period: str = "p1", told: int = 1, mime: bytes | None = b"mail", to: str = ME) -> Reservation:
    """Return a composed message."""
    return Reservation(
        digest="morning",
        recipient=to,
        period=period,
        message_id=f"<{period}@example.org>",
        subject="Two ferries",
        text="text",
        html="<p>text</p>",
        stories=2,
        told=told,
        settled_until=NOW,
        mime=mime,
    )


def tell(store: Store, period: str = "p1", *topics: str, to: str = ME) -> None:
    """Reserve a message that covers all that a reader is owed."""
    with store.write() as lane:
        mark = mark_of(lane, to)
        _, told = outbox.untold(lane, mark, topics or NAMES)
        assert outbox.reserve(lane, [reservation(period, told, to=to)], NOW)


def known(store: Store, *events: str) -> set[str]:
    """Return those events that the reader was told of before."""
    with store.read() as connection:
        mark = mark_of(connection)
        if ("morning", ME) not in outbox.reading(connection):
            return set()
        return set(outbox.known_events(connection, mark, NAMES, events))


def test_an_event_is_known_once_a_story_of_it_was_told(store: Store) -> None:
    """Not by what came before a reader's first digest, and not by what is off their topics."""
    for guid, title in (("1", "Ferries sail from the north pier at dawn"), ("2", "A bakery opens its doors")):
        bring(store, title, guid)
    with store.write() as lane:
        place_waiting(lane, NOW)
        homes = [event.id for event in events.newest(lane, events.Sought(least=1), 9)]
    assert known(store, *homes) == set()
    with store.write() as lane:
        readers.move(lane, [Reader("morning", ME, 10**6, NOW)])
    assert known(store, *homes) == set()
    tell(store)
    with store.read() as connection:
        (story,) = (one for one in stories.newest(connection, stories.Wanted(), 9) if one.tags)
    assert known(store, *homes) == {story.event}


def test_a_story_is_told_once(store: Store) -> None:
    """What a reserved message covers is not owed again; what came after it is."""
    bring(store, "Ferries sail")
    bring(store, "Nothing on topic", "2")
    assert untold(store) == ["Ferries sail"]
    tell(store)
    assert untold(store) == []
    bring(store, "Ports open", "3")
    assert untold(store) == ["Ports open"]


def test_a_back_dated_story_and_those_of_one_moment_are_told(store: Store) -> None:
    """FAILURES 45: what is told hangs on when a story came, not on the date that its publisher gave it."""
    with store.write() as lane:
        poll(lane, entry("Ferries sail", guid="1", published=NOW), at=NOW, tagger=tagger)
    tell(store)
    earlier = [entry(f"{n} ferries", guid=f"e{n}", published=NOW - 30 * HOUR) for n in ("Red", "Two", "Old")]
    with store.write() as lane:
        poll(lane, *earlier, at=NOW + HOUR, tagger=tagger)
    assert sorted(untold(store)) == ["Old ferries", "Red ferries", "Two ferries"]
    tell(store, "p2")
    assert untold(store) == []


def test_another_topic_later_does_not_tell_it_again(store: Store) -> None:
    """A revision that earns a second topic's tag is no news to who was told under the first."""
    bring(store, "Ferries sail")
    tell(store)
    bring(store, "Ferries sail, ports open")
    assert untold(store) == []
    assert untold(store, "ports") == ["Ferries sail, ports open"]


def test_a_late_tag_is_told(store: Store) -> None:
    """A story whose revision or copy is the first on topic is told then."""
    bring(store, "Boats sail again after the long storm")
    bring(store, "Quiet day in the western harbour", "2")
    tell(store)
    bring(store, "Boats sail again after the long storm: ferries too")
    assert untold(store) == ["Boats sail again after the long storm: ferries too"]


def test_copies_tell_nothing_twice(store: Store) -> None:
    """A copy in another feed, and a revision of it, do not bring a told story back."""
    bring(store, "Ferries sail again after the long storm")
    tell(store)
    bring(store, "Ferries sail again after the long storm", feed="b")
    bring(store, "Ferries sail again after the very long storm", feed="b")
    assert untold(store) == []


def test_seeds_and_backlog_are_never_told(store: Store) -> None:
    """Seeds, undated items of a first poll and anything that is not news are owed to nobody."""
    bring(store, "Ferries of old", polls=0)
    with store.write() as lane:
        corpus.put_seed(lane, seed(text="Ferries and ports."), tagger, NOW)
    assert untold(store) == []


def test_readers_are_told_apart(store: Store) -> None:
    """Each recipient has a mark; one who comes later is owed what was tagged since the given time."""
    with store.write() as lane:
        poll(lane, entry("Ferries of yesterday", guid="0"), at=NOW - 72 * HOUR, tagger=tagger)
        poll(lane, entry("Ferries of today", guid="1"), at=NOW, tagger=tagger)
    tell(store)
    with store.write() as lane:
        readers.enrol(lane, [("morning", Recipient(HER)), ("morning", Recipient(ME))], NOW - 48 * HOUR, NOW)
    assert untold(store, to=HER) == ["Ferries of today"]
    assert untold(store, to=ME) == []


def test_one_message_for_one_period(store: Store) -> None:
    """A period that has its message gets no second one, and the reader's mark is not moved by the try."""
    bring(store, "Ferries sail")
    tell(store)
    bring(store, "Ports open", "2")
    with store.write() as lane:
        assert not outbox.reserve(lane, [reservation("p1", told=10_000)], NOW)
    assert untold(store) == ["Ports open"]


def test_a_message_goes_out_until_it_is_settled(store: Store) -> None:
    """A reserved message waits for its next try; accepted it is sent, refused for good it has failed."""
    with store.write() as lane:
        for period in ("p1", "p2", "p3"):
            outbox.reserve(lane, [reservation(period)], NOW)
    with store.write() as lane:
        one, two, three = outbox.waiting(lane, NOW)
        outbox.settle(lane, one, Delivered(accepted=True, detail="250 ok"), NOW, None)
        outbox.settle(lane, two, Delivered(accepted=False, detail="451 later"), NOW, NOW + HOUR)
        outbox.settle(lane, three, Delivered(accepted=False, permanent=True), NOW, None)
        assert outbox.waiting(lane, NOW) == ()
        (again,) = outbox.waiting(lane, NOW + HOUR)
        assert outbox.waiting(lane, None, "evening") == ()
        views = {view.period: view for view in outbox.latest(lane)}
    assert (again.id, again.attempts, again.mime) == (two.id, 1, b"mail")
    assert {period: view.status for period, view in views.items()} == {
        "p1": "sent",
        "p2": "reserved",
        "p3": "failed",
    }
    assert (views["p1"].detail, views["p1"].settled_at, views["p2"].settled_at) == ("250 ok", NOW, None)


def test_mails_of_one_digest_share_what_they_have_in_common(store: Store) -> None:
    """What waits is the head of each and what is its own; settled, the mail goes and its page stays."""
    with store.write() as lane:
        shared = editions.keep(lane, Bodies(f"News. {OWN}", f"<p>News.</p>{OWN}"))
        for to in (ME, HER):
            own = replace(reservation(mime=b"head", to=to), edition=shared, text=to, html=f"<i>{to}</i>")
            outbox.reserve(lane, [own], NOW)
        waits = outbox.waiting(lane, NOW)
        outbox.settle(lane, waits[0], Delivered(accepted=False), NOW, NOW + HOUR)
        outbox.settle(lane, waits[1], Delivered(accepted=True), NOW, None)
        (again,) = outbox.waiting(lane, None)
        views = {view.recipient: (view.text, view.html) for view in outbox.latest(lane)}
        kept = lane.scalars(sa.select(schema.message.c.mime).order_by(schema.message.c.id)).all()
    assert (again.mime, again.message_id, again.own.text) == (b"head", "<p1@example.org>", ME)
    assert again.edition
    assert again.edition.filled(again.own).text == f"News. {ME}"
    assert views == {to: (f"News. {to}", f"<p>News.</p><i>{to}</i>") for to in (ME, HER)}
    assert kept == [b"head", None]


def test_without_a_channel_a_message_is_kept(store: Store) -> None:
    """A message without mail is kept for the page, says so, and is never waiting."""
    with store.write() as lane:
        outbox.reserve(lane, [reservation(mime=None)], NOW)
        (kept,) = outbox.latest(lane, "morning")
        assert outbox.waiting(lane, None) == ()
        assert outbox.one(lane, kept.id) == kept
        assert outbox.one(lane, "m999999") is None
        with pytest.raises(UsageError, match="not a message's id"):
            outbox.one(lane, "1")
    assert (kept.status, kept.text) == ("kept", "text")
    assert "no e-mail channel" in kept.detail


def test_a_mark_moves_without_a_message(store: Store) -> None:
    """A period with nothing to tell is settled by its mark alone."""
    with store.write() as lane:
        readers.move(lane, [Reader("morning", ME, 7, NOW + HOUR)])
        assert mark_of(lane) == Reader("morning", ME, 7, NOW + HOUR)
        assert readers.one(lane, "evening", ME) is None


def test_a_reader_who_comes_back_is_not_flooded(store: Store) -> None:
    """Whoever left a digest and returns is told what is new from then on, not what was missed."""
    with store.write() as lane:
        readers.enrol(lane, [], NOW - 48 * HOUR, NOW)
        assert readers.everybody(lane) == ()
    bring(store, "Ferries that were missed while away")
    later = NOW + 60 * 24 * HOUR
    with store.write() as lane:
        readers.enrol(lane, [("morning", Recipient(ME))], later - 48 * HOUR, later)
        assert mark_of(lane).settled_until == later
    assert untold(store) == []


def test_a_period_that_has_its_message_is_settled(store: Store) -> None:
    """Reserving a period again tells nothing, and leaves it due no longer."""
    with store.write() as lane:
        assert outbox.reserve(lane, [reservation(told=5)], NOW)
        again = replace(reservation(told=9), settled_until=NOW + HOUR)
        assert not outbox.reserve(lane, [again], NOW)
        mark = mark_of(lane)
        assert (mark.told, mark.settled_until) == (5, NOW + HOUR)
