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
from monitor.digest import english as say
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
    """A digest that one recipient, told up to mark, is owed; key is the period's, note is said in it."""

    plan: DigestPlan
    recipient: Recipient
    mark: Reader
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
        (plan,) = (plan for plan in self.plans if plan.name == name)
        async with self._turn(wait=True):
            made = [self._reserve(self._at_once(plan, recipient)) for recipient in readers(plan)]
            sent = await self._deliver(self._waiting(None, name))
            return sent + [one for one in made if one and one.status != "reserved"]

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

    def _all_due(self, now: datetime) -> list[Due]:
        with self.store.read() as connection:
            marks = outbox.readers(connection)
        everybody = ((plan, recipient) for plan in self.plans for recipient in readers(plan))
        due = (_due(plan, to, marks.get((plan.name, to.address)), now) for plan, to in everybody)
        return [one for one in due if one]

    def _at_once(self, plan: DigestPlan, recipient: Recipient) -> Due:
        now = self.clock()
        local = now.astimezone(ZoneInfo(_zone(plan, recipient)))
        with self.store.read() as connection:
            mark = outbox.readers(connection)[plan.name, recipient.address]
        return Due(plan, recipient, mark, local, f"{now.isoformat()} by hand", mark.settled_until)

    def _compose(self, due: Due) -> tuple[Digest, Message, int]:
        with self.store.read() as connection:
            stories, told = outbox.untold(connection, due.mark, due.plan.topics)
            events = {story.event for story in stories if story.event}
            known = outbox.known_events(connection, due.mark, due.plan.topics, events)
        digest = compose(due.plan, self.titles, stories, due.period, note=due.note, known=known)
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

    def _reserve(self, due: Due) -> Sent | None:
        """Put what a recipient is owed into the outbox; None where the period has its message already."""
        digest, message, told = self._compose(due)
        stories = sum(item.stories for section in digest.sections for item in section.items)
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
                return sent if outbox.reserve(lane, made, now) else None
            outbox.move(lane, Reader(made.digest, made.recipient, told, due.settled_until))
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
        everybody = {(plan.name, recipient.address) for plan in self.plans for recipient in readers(plan)}
        sent: list[Sent] = []
        async with self.channel() as channel:
            for one in messages:
                if not going():
                    break
                wanted = (one.digest, one.recipient) in everybody
                answer = await channel.send(one.recipient, one.mime) if wanted else _LEFT
                sent.append(await asyncio.to_thread(self._settle, one, answer))
        return sent

    def _settle(self, one: Waiting, answer: Delivered) -> Sent:
        now = self.clock()
        next_try = None if answer.accepted or answer.permanent else _next_try(one, now)
        with self.store.write() as lane:
            outbox.settle(lane, one, answer, now, next_try)
        status = "sent" if answer.accepted else "reserved" if next_try else "failed"
        return Sent(one.digest, one.recipient, status, one.stories, one.subject, answer.detail)


def _due(plan: DigestPlan, recipient: Recipient, mark: Reader | None, now: datetime) -> Due | None:
    """Return what a recipient is owed by now; without a mark the configuration is just being taken in."""
    period = latest_due(plan.schedule, _zone(plan, recipient), mark.settled_until, now) if mark else None
    if mark is None or period is None:
        return None
    note = say.late(f"{period:%Y-%m-%d %H:%M}") if now - period.astimezone(UTC) >= _LATE else ""
    return Due(plan, recipient, mark, period, period_key(period), period.astimezone(UTC), note)


def readers(plan: DigestPlan) -> tuple[Recipient, ...]:
    """Return who reads a digest: its recipients, or the page where there are none."""
    return plan.to or (NOBODY,)


def _zone(plan: DigestPlan, recipient: Recipient) -> str:
    return recipient.timezone or plan.timezone


def _next_try(one: Waiting, now: datetime) -> datetime | None:
    """Double the wait from one minute to an hour; None when it has been tried for long enough."""
    if now - one.reserved_at > _GIVE_UP:
        return None
    return now + min(timedelta(minutes=1 << min(one.attempts, _DOUBLINGS)), timedelta(hours=1))
