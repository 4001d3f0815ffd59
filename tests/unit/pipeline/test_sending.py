"""Digests from the store to the reader: due once, told once, whatever fails between."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from types import TracebackType
from typing import Self

import pytest

from monitor.errors import Busy, UsageError
from monitor.model.digests import Delivered, DigestPlan, MessageView, Reader, Recipient
from monitor.model.entries import Words
from monitor.model.topics import Tag
from monitor.pipeline.owing import NOBODY, to
from monitor.pipeline.sending import Sender
from monitor.pipeline.subscribing import Subscribing, agree, leave
from monitor.store import Store, corpus, halts, outbox, readers
from tests.builders import StoppedClock, entry, topic
from tests.polls import poll

ME, HER = Recipient("me@example.org"), Recipient("her@example.org", timezone="America/New_York")
MORNING = DigestPlan("morning", "Morning", ("ferries",), "0 10 * * *", "UTC", (ME,))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OK = Delivered(accepted=True, detail="250 ok")
LATER = Delivered(accepted=False, detail="451 try later")
NEVER = Delivered(accepted=False, detail="550 no such user", permanent=True)


class Dead(Exception):
    """Stands for the death of this process."""


@dataclass
class Post:
    """A channel that answers as told; it keeps every mail it was handed."""

    answers: list[Delivered | Dead] = field(default_factory=list)
    mails: list[tuple[str, bytes]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""

    async def send(self, recipient: str, data: bytes) -> Delivered:
        """Take a mail; give the next answer, or accept it."""
        self.mails.append((recipient, data))
        answer = self.answers.pop(0) if self.answers else OK
        if isinstance(answer, Dead):
            raise answer
        return answer

    def ids(self) -> list[str]:
        """Return the Message-ID of every mail."""
        return [message_from_bytes(data)["Message-ID"] for _, data in self.mails]


def tagger(_: Words) -> tuple[Tag, ...]:
    """Tag everything."""
    return (Tag("ferries", 1.0),)


@dataclass
class Desk:
    """A store with one topic, a sender and the post it sends by."""

    store: Store
    clock: StoppedClock
    post: Post = field(default_factory=Post)
    count: int = 0

    def sender(self, plan: DigestPlan = MORNING, *, mail: bool = True) -> Sender:
        """Return a sender of this digest, its readers enrolled."""
        with self.store.write() as lane:
            named = [(plan.name, reader) for reader in to(plan)]
            readers.enrol(lane, named, self.clock() - 2 * DAY, self.clock())
        channel = (lambda: self.post) if mail else None
        return Sender(self.store, (plan,), {"ferries": "Ferries"}, self.clock, "desk@example.org", channel)

    def bring(self, title: str = "Ferry sails") -> None:
        """Store a piece of news."""
        self.count += 1
        with self.store.write() as lane:
            poll(lane, entry(title, guid=f"{self.count}"), at=self.clock(), tagger=tagger)

    def messages(self) -> tuple[MessageView, ...]:
        """Return the outbox, newest first."""
        with self.store.read() as connection:
            return outbox.latest(connection)


@pytest.fixture
def desk(sqlite_store: Store, clock: StoppedClock) -> Desk:
    """Open a desk at nine in the morning."""
    with sqlite_store.write() as lane:
        corpus.declare_topics(lane, [topic("ferries")])
    return Desk(sqlite_store, clock)


async def test_a_digest_goes_out_when_it_is_due_and_once(desk: Desk) -> None:
    """Before its minute nothing happens, at it one mail goes out, after it nothing again."""
    sender = desk.sender()
    desk.bring()
    assert await sender.send_due() == []
    desk.clock.advance(HOUR)
    (sent,) = await sender.send_due()
    assert (sent.digest, sent.recipient, sent.status, sent.stories) == ("morning", ME.address, "sent", 1)
    assert await sender.send_due() == []
    ((recipient, mail),) = desk.post.mails
    assert recipient == ME.address
    assert b"Ferry sails" in mail
    assert b"late" not in mail
    (view,) = desk.messages()
    assert (view.status, view.detail, view.attempts) == ("sent", "250 ok", 1)


async def test_only_what_is_new_is_told(desk: Desk) -> None:
    """The second digest has the second day's stories; a day without any sends nothing."""
    sender = desk.sender()
    for titles in (("Ferry sails",), (), ("Ferry rests", "Ferry waits")):
        for title in titles:
            desk.bring(title)
        desk.clock.advance(DAY)
        await sender.send_due()
    assert [b"sails" in mail for _, mail in desk.post.mails] == [True, False]
    assert [view.stories for view in desk.messages()] == [2, 1]


async def test_an_empty_digest_is_sent_where_it_is_wanted(desk: Desk) -> None:
    """With send_empty a reader hears that there was nothing."""
    sender = desk.sender(replace(MORNING, send_empty=True))
    desk.clock.advance(DAY)
    (sent,) = await sender.send_due()
    assert (sent.status, sent.stories) == ("sent", 0)


async def test_what_was_missed_while_down_is_sent_once_and_says_so(desk: Desk) -> None:
    """After days without the program one digest goes out, with a word that it is late."""
    sender = desk.sender()
    desk.bring()
    desk.clock.advance(3 * DAY)
    assert [sent.status for sent in await sender.send_due()] == ["sent"]
    assert await sender.send_due() == []
    assert b"is late" in desk.post.mails[0][1]


async def test_readers_have_their_own_time(desk: Desk) -> None:
    """A recipient with a zone of their own gets the digest when it is due there."""
    sender = desk.sender(replace(MORNING, to=(ME, HER)))
    desk.bring()
    desk.clock.advance(HOUR)
    assert [sent.recipient for sent in await sender.send_due()] == [ME.address]
    desk.clock.advance(5 * HOUR)
    assert [sent.recipient for sent in await sender.send_due()] == [HER.address]


async def test_death_before_the_answer_sends_the_same_mail_again(desk: Desk) -> None:
    """What was reserved when the process died goes out with the same Message-ID, and nothing else does."""
    desk.post.answers = [Dead()]
    sender = desk.sender()
    desk.bring()
    desk.clock.advance(HOUR)
    with pytest.raises(Dead):
        await sender.send_due()
    desk.bring("Ferry rests")
    assert [sent.status for sent in await desk.sender().send_due()] == ["sent"]
    first, second = desk.post.mails
    assert first == second
    assert await sender.send_due() == []


async def test_a_mail_that_must_wait_is_tried_again_with_longer_waits(desk: Desk) -> None:
    """A passing refusal is tried again after one, two, four minutes, with the same Message-ID."""
    desk.post.answers = [LATER] * 3
    sender = desk.sender()
    desk.bring()
    desk.clock.advance(HOUR)
    for minutes in (1, 2, 4):
        assert [sent.status for sent in await sender.send_due()] == ["reserved"]
        desk.clock.advance(timedelta(minutes=minutes, seconds=-1))
        assert await sender.send_due() == []
        desk.clock.advance(timedelta(seconds=1))
    assert [sent.status for sent in await sender.send_due()] == ["sent"]
    assert len(set(desk.post.ids())) == 1
    assert desk.messages()[0].attempts == 4


@pytest.mark.parametrize(("answer", "tries"), [(NEVER, 1), (LATER, 2)])
async def test_a_mail_that_nobody_takes_has_failed(desk: Desk, answer: Delivered, tries: int) -> None:
    """A refusal for good ends it, and so do four days of passing ones; the answer is kept."""
    desk.post.answers = [answer] * 2
    sender = desk.sender()
    desk.bring()
    desk.clock.advance(HOUR)
    await sender.send_due()
    if tries > 1:
        desk.clock.advance(4 * DAY + timedelta(seconds=1))
        await sender.send_due()
    failed = desk.messages()[-1]
    assert (failed.status, failed.detail, failed.attempts) == ("failed", answer.detail, tries)
    assert len(desk.post.mails) == tries


async def test_one_refused_reader_keeps_no_other_waiting(desk: Desk) -> None:
    """Each recipient has a message of their own."""
    desk.post.answers = [NEVER, OK]
    sender = desk.sender(replace(MORNING, to=(ME, Recipient("her@example.org"))))
    desk.bring()
    desk.clock.advance(HOUR)
    assert sorted(sent.status for sent in await sender.send_due()) == ["failed", "sent"]
    assert len(set(desk.post.ids())) == 2


@pytest.mark.parametrize(("plan", "mail"), [(MORNING, False), (replace(MORNING, to=()), True)])
async def test_without_a_channel_or_a_reader_a_digest_is_kept(
    desk: Desk, plan: DigestPlan, mail: bool
) -> None:
    """What cannot be mailed is composed and kept for the page, once, and tells what it told."""
    sender = desk.sender(plan, mail=mail)
    desk.bring()
    desk.clock.advance(HOUR)
    await sender.send_due()
    assert await sender.send_due() == []
    (kept,) = desk.messages()
    assert (kept.status, kept.recipient, kept.stories) == ("kept", to(plan)[0].address, 1)
    assert "Ferry sails" in kept.text
    assert desk.post.mails == []


async def test_a_person_can_send_at_once(desk: Desk) -> None:
    """A digest sent by hand has what is new, and the scheduled one tells only what came after."""
    sender = desk.sender()
    desk.bring()
    (sent,) = await sender.send_now("morning")
    assert (sent.status, sent.stories) == ("sent", 1)
    (again,) = await sender.send_now("morning")
    assert (again.status, again.stories) == ("nothing-new", 0)
    desk.bring("Ferry rests")
    desk.clock.advance(HOUR)
    (due,) = await sender.send_due()
    assert due.stories == 1
    assert len(set(desk.post.ids())) == 2


async def test_a_preview_marks_nothing(desk: Desk) -> None:
    """Looking at a digest tells nobody anything."""
    sender = desk.sender()
    desk.bring()
    assert "Ferry sails" in sender.preview("morning").text
    assert "Ferry sails" in sender.preview("morning").text
    assert desk.messages() == ()
    assert [sent.stories for sent in await sender.send_now("morning")] == [1]


async def test_only_one_sends_at_a_time(desk: Desk) -> None:
    """While another process sends, this one says so and sends nothing; with nothing due it does not ask."""
    sender = desk.sender()
    with desk.store.hold("outbox"):
        assert await sender.send_due() == []
        desk.bring()
        desk.clock.advance(HOUR)
        with pytest.raises(Busy, match="outbox"):
            await sender.send_due()
    assert [sent.status for sent in await sender.send_due()] == ["sent"]


def test_the_page_reads_a_digest_without_recipients() -> None:
    """A digest that nobody subscribed to has the page as its reader."""
    assert to(replace(MORNING, to=())) == (NOBODY,)
    assert to(MORNING) == (ME,)


async def test_what_becomes_due_is_sent_in_the_same_turn(desk: Desk) -> None:
    """Time goes on while a digest is composed; its mail goes out all the same, not a tick later."""
    sender = desk.sender()
    desk.bring()
    desk.clock.advance(DAY)
    going = replace(sender, clock=lambda: desk.clock.advance(timedelta(milliseconds=1)))
    assert [one.status for one in await going.send_due()] == ["sent"]


async def test_a_mail_is_tried_for_days_at_hourly_waits(desk: Desk) -> None:
    """However often a mail had to wait, the next wait is an hour."""
    sender = desk.sender()
    desk.bring()
    desk.clock.advance(DAY)
    desk.post.answers = [LATER] * 60
    tries = 0
    while tries < 60:
        tries += len(await sender.send_due())
        desk.clock.advance(HOUR)
    assert len(desk.post.mails) == 60
    assert desk.messages()[0].status == "reserved"


async def test_whoever_leaves_before_the_mail_goes_does_not_get_it(desk: Desk) -> None:
    """FAILURES 39: between composing and sending somebody unsubscribes; the mail is settled, not sent."""
    sender = desk.sender()
    desk.bring()
    desk.post.answers.append(LATER)
    desk.clock.advance(HOUR)
    assert [sent.status for sent in await sender.send_due()] == ["reserved"]
    with desk.store.write() as lane:
        (me,) = readers.everybody(lane)
        leave(lane, me.token, desk.clock())
    desk.clock.advance(DAY)
    (sent,) = await sender.send_due()
    assert (sent.status, sent.detail) == ("failed", "no longer a reader of this digest")
    assert len(desk.post.mails) == 1


async def test_who_was_asked_gets_the_question_and_then_the_digest(desk: Desk) -> None:
    """The mail that asks goes out by itself; until it is answered nothing else does, then as they wish."""
    sender = desk.sender(replace(MORNING, to=()))
    asking = Subscribing((MORNING,), DAY, "desk@example.org", "https://news.example")
    wish = Reader("morning", HER.address, 0, desk.clock(), "asked", schedule="0 12 * * *", language="uk")
    with desk.store.write() as lane:
        asked = asking.add(lane, wish, desk.clock())
    desk.bring()
    desk.clock.advance(HOUR)
    sent = await sender.send_due()
    assert [(one.recipient, one.status, one.stories) for one in sent] == [(HER.address, "sent", 0)]
    with desk.store.write() as lane:
        agree(lane, asked.token, desk.clock())
    assert await sender.send_due() == []
    desk.clock.advance(2 * HOUR)
    assert [one.stories for one in await sender.send_due()] == [1]
    to, mail = desk.post.mails[-1]
    assert to == HER.address
    assert message_from_bytes(mail)["List-Unsubscribe"]


async def test_while_sending_is_stopped_nothing_leaves(desk: Desk) -> None:
    """Nothing is composed or handed over; once it starts, all that was missed is one digest that says so."""
    sender = desk.sender()
    desk.bring()
    with desk.store.write() as lane:
        halts.stop(lane, "wrong readers", desk.clock())
    desk.clock.advance(HOUR)
    assert await sender.send_due() == []
    with pytest.raises(UsageError, match="wrong readers"):
        await sender.send_now("morning")
    desk.bring("Ferry waits")
    desk.clock.advance(DAY)
    assert await sender.send_due() == []
    assert desk.messages() == ()
    with desk.store.write() as lane:
        halts.start(lane)
    desk.clock.advance(HOUR)
    (sent,) = await sender.send_due()
    assert (sent.status, sent.stories, len(desk.post.mails)) == ("sent", 2, 1)
    assert "is late" in desk.messages()[0].text


async def test_what_waits_does_not_leave_while_sending_is_stopped(desk: Desk) -> None:
    """A message that was reserved before goes out after, with the same id."""
    sender = desk.sender()
    desk.bring()
    desk.clock.advance(HOUR)
    desk.post.answers = [LATER]
    await sender.send_due()
    with desk.store.write() as lane:
        halts.stop(lane, "", desk.clock())
    desk.clock.advance(HOUR)
    assert await sender.send_due() == []
    with desk.store.write() as lane:
        halts.start(lane)
    (sent,) = await sender.send_due()
    assert sent.status == "sent"
    assert len(set(desk.post.ids())) == 1


async def test_no_more_leave_in_a_minute_than_may(desk: Desk) -> None:
    """Of five readers two get theirs at once, two a minute later, the last after that; nobody twice."""
    five = tuple(Recipient(f"r{nth}@example.org") for nth in range(5))
    sender = replace(desk.sender(replace(MORNING, to=five)), per_minute=2)
    desk.bring()
    desk.clock.advance(HOUR)
    for gone in (2, 2, 4, 4, 5, 5):
        await sender.send_due()
        assert len(desk.post.mails) == gone
        desk.clock.advance(timedelta(seconds=40))
    assert sorted(to for to, _ in desk.post.mails) == sorted(one.address for one in five)


async def test_what_a_digest_sent_by_hand_leaves_waiting_is_said(desk: Desk) -> None:
    """A mail for which there is no room in this minute is reserved, and its sender is told so."""
    plan = replace(MORNING, to=(ME, HER))
    sender = replace(desk.sender(plan), per_minute=1)
    desk.bring()
    assert sorted(one.status for one in await sender.send_now("morning")) == ["reserved", "sent"]


async def test_a_digest_tells_what_changed_since_the_last_one(desk: Desk) -> None:
    """Changes alone send nothing and are not lost: the next mail has the headline as it was told."""
    sender = desk.sender()
    desk.bring("Ferry sails with ten aboard")
    desk.clock.advance(HOUR)
    await sender.send_due()
    desk.count -= 1
    desk.bring("Ferry sails with twelve aboard")
    desk.clock.advance(DAY)
    assert await sender.send_due() == []
    desk.bring("A bakery opens its doors")
    desk.clock.advance(DAY)
    await sender.send_due()
    text = desk.messages()[0].text
    assert "The headline was “Ferry sails with ten aboard”" in text
    desk.bring("A third bakery has opened by the harbour")
    assert "The headline was" not in sender.preview("morning").text
