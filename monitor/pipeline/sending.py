"""Send: what a reader has not been told yet, reserved before it is sent and settled after.

One process sends at a time (the outbox lock, which dies with its holder). A message is composed,
stored and its reader's mark moved in one transaction; only then is it handed to the channel. Who
dies before the answer is written down leaves a message that is sent again with the same Message-ID.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from monitor.clock import Clock
from monitor.digest import Channel
from monitor.digest.confirm import CONFIRM
from monitor.digest.mail import head, message_id, whole
from monitor.digest.render import Edition, edition
from monitor.errors import UsageError
from monitor.model.digests import Delivered, DigestPlan, Message, Reader, Recipient, Reservation, Waiting
from monitor.pipeline.composing import Composed, digest_owed
from monitor.pipeline.owing import Due, at_once, due, own, to
from monitor.pipeline.retrying import wait_after
from monitor.store import Lane, Store, editions, halts, outbox, readers
from monitor.store.halts import Halt

log = logging.getLogger(__name__)

_GIVE_UP = timedelta(days=4)
"""How long a message is tried (RFC 5321 section 4.5.4.1 asks for at least four to five days)."""

_AT_ONCE = 100
"""For how many readers at a time the lane is held, a tenth of a second."""

_LOOKED_UP = 5
"""For so many mails at a time it is looked up whether their readers still want them."""

_CONNECTIONS = 2
_MINUTE = timedelta(minutes=1)
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
class Sender:
    """Composes and delivers digests; without a channel they are composed and kept."""

    store: Store
    plans: Sequence[DigestPlan]
    titles: Mapping[str, str]
    clock: Clock
    sender: str
    channel: Callable[[], Channel] | None = None
    public_url: str | None = None
    per_minute: int | None = None

    async def send_due(self, going: Callable[[], bool] = lambda: True) -> list[Sent]:
        """Send what is due by the store's account and what is waiting; raises Busy when another sends.

        One digest that cannot be composed stops no other. No message is begun once going() is false.
        While sending is stopped nothing is composed, so that what was missed comes in one digest.
        """
        now = self.clock()
        if not await asyncio.to_thread(
            lambda: not self._halt() and (self._all_due(now) or self._waiting(now))
        ):
            return []
        async with self._turn(wait=False):
            for view in (await asyncio.to_thread(lambda: self._views(self._all_due(now)))).values():
                try:
                    await asyncio.to_thread(self._reserve, view)
                except Exception:
                    log.exception("a digest could not be composed", extra={"digest": view[0].plan.name})
            return await self._deliver(self.clock(), None, going)

    async def send_now(self, name: str) -> list[Sent]:
        """Send a digest at a person's word: what waits of it, and what is new for each reader.

        Raises UsageError while sending is stopped.
        """
        if halt := await asyncio.to_thread(self._halt):
            raise UsageError(halt.sentence)
        async with self._turn(wait=True):
            now = self.clock()
            views = self._views(at_once(plan, who, now) for plan, who in self._told() if plan.name == name)
            made = [one for view in views.values() for one in self._reserve(view)]
            sent = await self._deliver(None, name)
            told = {one.recipient for one in sent}
            return sent + [one for one in made if one.recipient not in told]

    def preview(self, name: str) -> Message:
        """Compose what the digest's first reader would get now; nothing is reserved or marked."""
        (plan,) = (plan for plan in self.plans if plan.name == name)
        first = to(plan)[0].address
        with self.store.read() as connection:
            everybody = [one for one in readers.everybody(connection) if one.digest == name]
        who = min(everybody, key=lambda one: one.recipient != first)
        ((owed,),) = self._views([at_once(own(plan, who), who, self.clock())]).values()
        return self._mail(owed, self._compose(owed).edition, token="")

    @asynccontextmanager
    async def _turn(self, *, wait: bool) -> AsyncIterator[None]:
        lock = self.store.hold("outbox", wait=wait)
        await asyncio.to_thread(lock.__enter__)
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    def _all_due(self, now: datetime) -> list[Due]:
        owed = (due(plan, reader, now) for plan, reader in self._told())
        return [one for one in owed if one]

    def _told(self) -> list[tuple[DigestPlan, Reader]]:
        """Return who is told of news, each with the digest as they want it."""
        plans = {plan.name: plan for plan in self.plans}
        with self.store.read() as connection:
            everybody = readers.everybody(connection)
        told = (one for one in everybody if one.state == "active" and one.digest in plans)
        return [(own(plans[one.digest], one), one) for one in told]

    def _views(self, dues: Iterable[Due]) -> Mapping[object, list[Due]]:
        """Return what is owed by what its readers see in common, so that it is composed once."""
        owing = list(dues)
        views: defaultdict[object, list[Due]] = defaultdict(list)
        if not owing:
            return views
        with self.store.read() as connection:
            reading = outbox.reading(connection)
        for one in owing:
            owed = replace(one, reads=(one.plan.name, one.reader.recipient) in reading)
            views[owed.view].append(owed)
        return views

    def _compose(self, owed: Due) -> Composed:
        with self.store.read() as connection:
            digest, told = digest_owed(connection, owed, self.titles, self.clock())
        reader = Recipient(owed.reader.recipient, owed.plan.timezone, owed.reader.language)
        made = edition(digest, reader, sender=self.sender, public_url=self.public_url)
        count = sum(item.stories for section in digest.sections for item in section.items)
        return Composed(made, count, told)

    def _mail(self, owed: Due, made: Edition, token: str) -> Message:
        domain = self.sender.rpartition("@")[2].rstrip(">")
        known_by = message_id(owed.plan.name, owed.reader.recipient, owed.key, domain)
        return made.mail(owed.reader.recipient, token, message_id=known_by, date=self.clock())

    def _reserve(self, view: Sequence[Due]) -> list[Sent]:
        """Put what readers who see the same are owed into the outbox, where it is not there already."""
        composed = self._compose(view[0])
        worth = composed.stories > 0 or view[0].plan.send_empty
        sent: list[Sent] = []
        shared: int | None = None
        for start in range(0, len(view), _AT_ONCE):
            some = view[start : start + _AT_ONCE]
            with self.store.write() as lane:
                if worth:
                    shared = shared or editions.keep(lane, composed.edition.bodies)
                    sent += self._put(lane, some, composed, shared)
                else:
                    readers.move(lane, [_passed(owed, composed) for owed in some])
                    sent += [_sent(owed, composed, "nothing-new") for owed in some]
        return sent

    def _put(self, lane: Lane, owing: Sequence[Due], composed: Composed, shared: int) -> list[Sent]:
        made = [self._reservation(owed, composed, shared) for owed in owing]
        kept = {one.recipient: one for one in outbox.reserve(lane, made, self.clock())}
        told = [(owed, kept[owed.reader.recipient]) for owed in owing if owed.reader.recipient in kept]
        return [_sent(owed, composed, "reserved" if one.mime else "kept") for owed, one in told]

    def _reservation(self, owed: Due, composed: Composed, shared: int) -> Reservation:
        """Return the message of one reader, for the outbox; shared is what it has in common with others."""
        address = owed.reader.recipient
        token = owed.reader.token if address else ""
        message = self._mail(owed, composed.edition, token)
        bodies = composed.edition.own(address, token)
        return Reservation(
            digest=owed.plan.name,
            recipient=address,
            period=owed.key,
            message_id=message.message_id,
            subject=composed.edition.subject,
            text=bodies.text,
            html=bodies.html,
            stories=composed.stories,
            told=composed.told,
            settled_until=owed.settled_until,
            mime=head(message) if self.channel is not None and address else None,
            edition=shared,
        )

    def _waiting(
        self, now: datetime | None, digest: str | None = None, after: int = 0
    ) -> tuple[Waiting, ...]:
        if self.channel is None:
            return ()
        with self.store.read() as connection:
            return outbox.waiting(connection, now, digest, after)

    def _halt(self) -> Halt | None:
        with self.store.read() as connection:
            return halts.standing(connection)

    def _allowed(self) -> int | None:
        """Return how many mails may still be handed over in this minute; None where there is no limit."""
        if self.per_minute is None:
            return None
        with self.store.read() as connection:
            return max(0, self.per_minute - outbox.sent_since(connection, self.clock() - _MINUTE))

    async def _deliver(
        self, now: datetime | None, digest: str | None, going: Callable[[], bool] = lambda: True
    ) -> list[Sent]:
        """Hand what waits to the channel, a page at a time, over a few connections at once.

        What is more than may be sent in a minute waits for its next turn.
        """
        sent: list[Sent] = []
        async with AsyncExitStack() as opened:
            channels: list[Channel] = []
            after = 0
            while going() and (page := await asyncio.to_thread(self._waiting, now, digest, after)):
                assert self.channel  # noqa: S101  # without one nothing waits
                page = page[: await asyncio.to_thread(self._allowed)]
                if not page or await asyncio.to_thread(self._halt) is not None:
                    break
                after = page[-1].id
                while len(channels) < min(len(page), _CONNECTIONS):
                    channels.append(await opened.enter_async_context(self.channel()))
                turns = iter(page)
                answers = (self._hand_over(turns, channel, going) for channel in channels)
                sent += [one for answer in await asyncio.gather(*answers) for one in answer]
        return sent

    async def _hand_over(
        self, turns: Iterator[Waiting], channel: Channel, going: Callable[[], bool]
    ) -> list[Sent]:
        """Send one message after another, as long as there are some and we are to go on."""
        sent = []
        while going() and (some := list(islice(turns, _LOOKED_UP))):
            wanted = await asyncio.to_thread(self._wanted, some)
            for one in takewhile(lambda _: going(), some):
                answer = await channel.send(one.recipient, _mail_of(one)) if one in wanted else _LEFT
                sent.append(await asyncio.to_thread(self._settle, one, answer))
        return sent

    def _wanted(self, some: Sequence[Waiting]) -> list[Waiting]:
        """Return what is still to be sent: its readers may have left since it was composed."""
        named = {plan.name for plan in self.plans}
        with self.store.read() as connection:
            states = readers.states(connection, [(one.digest, one.recipient) for one in some])
        return [
            one
            for one in some
            if one.digest in named
            and states.get((one.digest, one.recipient))
            == ("asked" if one.period.startswith(CONFIRM) else "active")
        ]

    def _settle(self, one: Waiting, answer: Delivered) -> Sent:
        now = self.clock()
        next_try = None if answer.accepted or answer.permanent else _next_try(one, now)
        with self.store.write() as lane:
            outbox.settle(lane, one, answer, now, next_try)
        status = "sent" if answer.accepted else "reserved" if next_try else "failed"
        return Sent(one.digest, one.recipient, status, one.stories, one.subject, answer.detail)


def _passed(owed: Due, composed: Composed) -> Reader:
    """Return a reader's mark after a period of which there is nothing to tell."""
    return replace(owed.reader, told=composed.told, settled_until=owed.settled_until)


def _sent(owed: Due, composed: Composed, status: str) -> Sent:
    subject = composed.edition.subject
    return Sent(owed.plan.name, owed.reader.recipient, status, composed.stories, subject)


def _mail_of(one: Waiting) -> bytes:
    return whole(one.mime, one.message_id, one.edition.filled(one.own)) if one.edition else one.mime


def _next_try(one: Waiting, now: datetime) -> datetime | None:
    """Return when to try again; None when it has been tried for long enough."""
    return None if now - one.reserved_at > _GIVE_UP else now + wait_after(one.attempts)
