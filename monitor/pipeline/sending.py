"""Send: what a reader has not been told yet, reserved before it is sent and settled after.

One process sends at a time (the outbox lock, which dies with its holder). A message is composed,
stored and its reader's mark moved in one transaction; only then is it handed to the channel. Who
dies before the answer is written down leaves a message that is sent again with the same Message-ID.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.clock import Clock
from monitor.digest import Channel
from monitor.digest.compose import compose
from monitor.digest.periods import latest_due, period_key
from monitor.digest.render import message_id, mime, render
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
from monitor.store import Store, outbox

NOBODY = Recipient("")
"""Stands for the page, where a digest has no recipients."""

_GIVE_UP = timedelta(days=4)
"""How long a message is tried (RFC 5321 section 4.5.4.1 asks for at least four to five days)."""

_LATE = timedelta(minutes=10)


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
    """A digest that one recipient is owed; key is the period's, note is said in the message."""

    plan: DigestPlan
    recipient: Recipient
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

    async def send_due(self) -> list[Sent]:
        """Send what is due by the store's account and what is waiting; raises Busy when another sends."""
        now = self.clock()
        if not (list(self._all_due(now)) or self._waiting(now)):
            return []
        async with self._turn(wait=False):
            for due in self._all_due(now):
                self._reserve(due)
            return await self._deliver(self._waiting(now))

    async def send_now(self, name: str) -> list[Sent]:
        """Send a digest at a person's word: what is waiting of it, then what is new for each reader."""
        (plan,) = (plan for plan in self.plans if plan.name == name)
        async with self._turn(wait=True):
            sent = await self._deliver(self._waiting(None, name))
            made = [self._reserve(self._at_once(plan, recipient)) for recipient in readers(plan)]
            sent += [one for one in made if one.status != "reserved"]
            return sent + await self._deliver(self._waiting(None, name))

    def preview(self, name: str) -> Message:
        """Compose what the digest's first reader would get now; nothing is reserved or marked."""
        (plan,) = (plan for plan in self.plans if plan.name == name)
        due = self._at_once(plan, readers(plan)[0])
        _, message, _ = self._compose(due)
        return message

    @asynccontextmanager
    async def _turn(self, *, wait: bool) -> AsyncIterator[None]:
        lock = self.store.hold("outbox", wait=wait)
        await asyncio.to_thread(lock.__enter__)
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    def _all_due(self, now: datetime) -> Iterator[Due]:
        for plan in self.plans:
            for recipient in readers(plan):
                if due := self._due(plan, recipient, now):
                    yield due

    def _due(self, plan: DigestPlan, recipient: Recipient, now: datetime) -> Due | None:
        mark = self._mark(plan, recipient)
        period = latest_due(plan.schedule, _zone(plan, recipient), mark.settled_until, now)
        if period is None:
            return None
        note = (
            ""
            if now - period.astimezone(UTC) < _LATE
            else f"This digest was due {period:%Y-%m-%d %H:%M} and is late."
        )
        return Due(plan, recipient, period, period_key(period), period.astimezone(UTC), note)

    def _at_once(self, plan: DigestPlan, recipient: Recipient) -> Due:
        now = self.clock()
        local = now.astimezone(ZoneInfo(_zone(plan, recipient)))
        mark = self._mark(plan, recipient)
        return Due(plan, recipient, local, f"{now.isoformat()} by hand", mark.settled_until)

    def _mark(self, plan: DigestPlan, recipient: Recipient) -> Reader:
        with self.store.read() as connection:
            return outbox.one_reader(connection, plan.name, recipient.address)

    def _compose(self, due: Due) -> tuple[Digest, Message, int]:
        with self.store.read() as connection:
            mark = outbox.one_reader(connection, due.plan.name, due.recipient.address)
            stories, told = outbox.untold(connection, mark, due.plan.topics)
        digest = compose(due.plan, self.titles, stories, due.period, due.note)
        domain = self.sender.rpartition("@")[2].rstrip(">")
        message = render(
            digest,
            due.recipient,
            sender=self.sender,
            message_id=message_id(due.plan.name, due.recipient.address, due.key, domain),
            date=self.clock(),
            public_url=self.public_url,
        )
        return digest, message, told

    def _reserve(self, due: Due) -> Sent:
        digest, message, told = self._compose(due)
        stories = sum(len(section.items) for section in digest.sections)
        has_channel = self.channel is not None and due.recipient.address
        made = Reservation(
            digest=due.plan.name,
            recipient=due.recipient.address,
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
                outbox.reserve(lane, made, now)
                return sent
            outbox.move(lane, Reader(made.digest, made.recipient, told, due.settled_until))
        return replace(sent, status="nothing-new")

    def _waiting(self, now: datetime | None, digest: str | None = None) -> tuple[Waiting, ...]:
        if self.channel is None:
            return ()
        with self.store.read() as connection:
            return outbox.waiting(connection, now, digest)

    async def _deliver(self, messages: Sequence[Waiting]) -> list[Sent]:
        if not messages or self.channel is None:
            return []
        async with self.channel() as channel:
            return [self._settle(one, await channel.send(one.recipient, one.mime)) for one in messages]

    def _settle(self, one: Waiting, answer: Delivered) -> Sent:
        now = self.clock()
        next_try = None if answer.accepted or answer.permanent else _next_try(one, now)
        with self.store.write() as lane:
            outbox.settle(lane, one, answer, now, next_try)
        status = "sent" if answer.accepted else "reserved" if next_try else "failed"
        return Sent(one.digest, one.recipient, status, one.stories, one.subject, answer.detail)


def readers(plan: DigestPlan) -> tuple[Recipient, ...]:
    """Return who reads a digest: its recipients, or the page where there are none."""
    return plan.to or (NOBODY,)


def _zone(plan: DigestPlan, recipient: Recipient) -> str:
    return recipient.timezone or plan.timezone


def _next_try(one: Waiting, now: datetime) -> datetime | None:
    """Double the wait from one minute to an hour; None when it has been tried for long enough."""
    if now - one.reserved_at > _GIVE_UP:
        return None
    return now + min(timedelta(minutes=2**one.attempts), timedelta(hours=1))
