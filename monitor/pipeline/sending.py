"""Send: what a reader has not been told yet, reserved before it is sent and settled after.

One process sends at a time (the outbox lock, which dies with its holder). A message is composed,
stored and its reader's mark moved in one transaction; only then is it handed to the channel. Who
dies before the answer is written down leaves a message that is sent again with the same Message-ID.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.clock import Clock
from monitor.digest import Channel
from monitor.digest.compose import compose
from monitor.digest.confirm import CONFIRM
from monitor.digest.language import speak
from monitor.digest.mail import message_id, mime
from monitor.digest.periods import latest_due, period_key
from monitor.digest.render import render
from monitor.model import (
    Delivered,
    Digest,
    DigestPlan,
    Message,
    Reader,
    Recipient,
    Reservation,
    Waiting,
)
from monitor.store import Store, outbox, readers

log = logging.getLogger(__name__)

NOBODY = Recipient("")
"""Stands for the page, where a digest has no recipients."""

_GIVE_UP = timedelta(days=4)
"""How long a message is tried (RFC 5321 section 4.5.4.1 asks for at least four to five days)."""

_DOUBLINGS = 6
_LATE = timedelta(minutes=10)
_LEFT = Delivered(accepted=False, detail="no longer a reader of this digest", permanent=True)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one message: status is sent, kept, failed, or reserved (tried again later)."""

    digest: str
    recipient: str
    status: str
    stories: int
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A digest that a reader is owed, as they want it; key is the period's, note is said in it."""

    plan: DigestPlan
    reader: Reader
    period: datetime
    key: str
    settled_until: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Composes and delivers digests; without a channel they are composed and kept."""

    store: Store
    plans: Sequence[DigestPlan]
    titles: Mapping[str, str]
    clock: Clock
    sender: str
    channel: Callable[[], Channel] | None = None
    public_url: str | None = None

    async def send_due(self, going: Callable[[], bool] = lambda: True) -> list[Sent]:
        """Send what is due by the store's account and what is waiting; raises Busy when another sends.

        One digest that cannot be composed stops no other. No message is begun once going() is false.
        """
        now = self.clock()
        if not await asyncio.to_thread(lambda: self._all_due(now) or self._waiting(now)):
            return []
        async with self._turn(wait=False):
            for due in await asyncio.to_thread(self._all_due, now):
                try:
                    await asyncio.to_thread(self._reserve, due)
                except Exception:
                    log.exception("a digest could not be composed", extra={"digest": due.plan.name})
            return await self._deliver(await asyncio.to_thread(self._waiting, self.clock()), going)

    async def send_now(self, name: str) -> list[Sent]:
        """Send a digest at a person's word: what waits of it, and what is new for each reader."""
        async with self._turn(wait=True):
            made = [
                self._reserve(self._at_once(plan, who)) for plan, who in self._told() if plan.name == name
            ]
            sent = await self._deliver(self._waiting(None, name))
            return sent + [one for one in made if one and one.status != "reserved"]

    def preview(self, name: str) -> Message:
        """Compose what the digest's first reader would get now; nothing is reserved or marked."""
        (plan,) = (plan for plan in self.plans if plan.name == name)
        first = to(plan)[0].address
        with self.store.read() as connection:
            everybody = [one for one in readers.everybody(connection) if one.digest == name]
        who = min(everybody, key=lambda one: one.recipient != first)
        _, message, _ = self._compose(self._at_once(own(plan, who), replace(who, token="")))
        return message

    @asynccontextmanager
    async def _turn(self, *, wait: bool) -> AsyncIterator[None]:
        lock = self.store.hold("outbox", wait=wait)
        await asyncio.to_thread(lock.__enter__)
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    def _all_due(self, now: datetime) -> list[Due]:
        due = (_due(plan, reader, now) for plan, reader in self._told())
        return [one for one in due if one]

    def _told(self) -> list[tuple[DigestPlan, Reader]]:
        """Return who is told of news, each with the digest as they want it."""
        plans = {plan.name: plan for plan in self.plans}
        with self.store.read() as connection:
            everybody = readers.everybody(connection)
        told = (one for one in everybody if one.state == "active" and one.digest in plans)
        return [(own(plans[one.digest], one), one) for one in told]

    def _at_once(self, plan: DigestPlan, reader: Reader) -> Due:
        now = self.clock()
        local = now.astimezone(ZoneInfo(plan.timezone))
        return Due(plan, reader, local, f"{now.isoformat()} by hand", reader.settled_until)

    def _compose(self, due: Due) -> tuple[Digest, Message, int]:
        with self.store.read() as connection:
            stories, told = outbox.untold(connection, due.reader, due.plan.topics)
            events = {story.event for story in stories if story.event}
            known = outbox.known_events(connection, due.reader, due.plan.topics, events)
        digest = compose(due.plan, self.titles, stories, due.period, note=due.note, known=known)
        domain = self.sender.rpartition("@")[2].rstrip(">")
        message = render(
            digest,
            Recipient(due.reader.recipient, due.plan.timezone, due.reader.language),
            sender=self.sender,
            message_id=message_id(due.plan.name, due.reader.recipient, due.key, domain),
            date=self.clock(),
            public_url=self.public_url,
            token=due.reader.token if due.reader.recipient else "",
        )
        return digest, message, told

    def _reserve(self, due: Due) -> Sent | None:
        """Put what a recipient is owed into the outbox; None where the period has its message already."""
        digest, message, told = self._compose(due)
        stories = sum(item.stories for section in digest.sections for item in section.items)
        has_channel = self.channel is not None and due.reader.recipient
        made = Reservation(
            digest=due.plan.name,
            recipient=due.reader.recipient,
            period=due.key,
            message_id=message.message_id,
            subject=message.subject,
            text=message.text,
            html=message.html,
            stories=stories,
            told=told,
            settled_until=due.settled_until,
            mime=mime(message) if has_channel else None,
        )
        sent = Sent(made.digest, made.recipient, "reserved" if has_channel else "kept", stories, made.subject)
        now = self.clock()
        with self.store.write() as lane:
            if stories or due.plan.send_empty:
                return sent if outbox.reserve(lane, made, now) else None
            readers.move(lane, Reader(made.digest, made.recipient, told, due.settled_until))
        return replace(sent, status="nothing-new")

    def _waiting(self, now: datetime | None, digest: str | None = None) -> tuple[Waiting, ...]:
        if self.channel is None:
            return ()
        with self.store.read() as connection:
            return outbox.waiting(connection, now, digest)

    async def _deliver(
        self, messages: Sequence[Waiting], going: Callable[[], bool] = lambda: True
    ) -> list[Sent]:
        if not messages or self.channel is None:
            return []
        sent: list[Sent] = []
        async with self.channel() as channel:
            for one in messages:
                if not going():
                    break
                wanted = await asyncio.to_thread(self._wants, one)
                answer = await channel.send(one.recipient, one.mime) if wanted else _LEFT
                sent.append(await asyncio.to_thread(self._settle, one, answer))
        return sent

    def _wants(self, one: Waiting) -> bool:
        """Tell whether a message is still to be sent: its reader may have left since it was composed."""
        with self.store.read() as connection:
            reader = readers.one(connection, one.digest, one.recipient)
        asks = one.period.startswith(CONFIRM)
        named = any(plan.name == one.digest for plan in self.plans)
        return reader is not None and named and reader.state == ("asked" if asks else "active")

    def _settle(self, one: Waiting, answer: Delivered) -> Sent:
        now = self.clock()
        next_try = None if answer.accepted or answer.permanent else _next_try(one, now)
        with self.store.write() as lane:
            outbox.settle(lane, one, answer, now, next_try)
        status = "sent" if answer.accepted else "reserved" if next_try else "failed"
        return Sent(one.digest, one.recipient, status, one.stories, one.subject, answer.detail)


def _due(plan: DigestPlan, reader: Reader, now: datetime) -> Due | None:
    """Return what a reader is owed by now."""
    period = latest_due(plan.schedule, plan.timezone, reader.settled_until, now)
    if period is None:
        return None
    note = speak(reader.language).late(period) if now - period.astimezone(UTC) >= _LATE else ""
    return Due(plan, reader, period, period_key(period), period.astimezone(UTC), note)


def to(plan: DigestPlan) -> tuple[Recipient, ...]:
    """Return whom the configuration names as a digest's readers: the page where it names nobody."""
    return plan.to or (NOBODY,)


def own(plan: DigestPlan, reader: Reader) -> DigestPlan:
    """Return a digest as a reader wants it."""
    return replace(
        plan,
        topics=tuple(topic for topic in reader.topics if topic in plan.topics) or plan.topics,
        schedule=reader.schedule or plan.schedule,
        timezone=reader.timezone or plan.timezone,
    )


def _next_try(one: Waiting, now: datetime) -> datetime | None:
    """Double the wait from one minute to an hour; None when it has been tried for long enough."""
    if now - one.reserved_at > _GIVE_UP:
        return None
    return now + min(timedelta(minutes=1 << min(one.attempts, _DOUBLINGS)), timedelta(hours=1))
