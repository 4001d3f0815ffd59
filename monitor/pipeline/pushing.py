"""Push: ask hubs for what feeds announce, and take what they deliver as if it had been polled."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter
from secrets import token_urlsafe
from typing import Literal

from monitor import push
from monitor.fetch import Asker
from monitor.fetch.websub import ask_hub
from monitor.hosts import site_of_url
from monitor.model.fetching import Document, Job
from monitor.model.polls import Push
from monitor.model.stories import Verdict
from monitor.pipeline.judging import judge_batches
from monitor.pipeline.polling import Poller
from monitor.pipeline.reading import Read
from monitor.schedule import after_push
from monitor.store import websub
from monitor.store.websub import Recipient

log = logging.getLogger(__name__)

PATH = "/websub/"
"""Where callbacks stand below the public address."""

_LOOK = 1000
_OF_ONE_HUB = 12  # at the default delay of five seconds between requests, a minute of one host
_TOKEN = 24  # bytes: 192 bits, 32 characters
_SECRET = 48  # bytes: 64 characters, of the 199 that are allowed


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a hub sent to a callback; signature is its X-Hub-Signature."""

    body: bytes = field(repr=False)
    content_type: str | None = None
    signature: str = field(default="", repr=False)


Taken = Literal["refused", "called", "judged"]
"""What became of a delivery: not signed and so ignored, a call to poll, or judged."""


@dataclass(frozen=True, slots=True)
class Pushing:
    """Subscribes at hubs on behalf of the feeds that are polled; hubs reach us at public_url."""

    poller: Poller
    asker: Asker
    public_url: str

    @property
    def base(self) -> str:
        """Return what every callback begins with."""
        return f"{self.public_url}{PATH}"

    async def ask_due(self) -> int:
        """Ask the hubs for what is due, none for more than its share; return how many were."""
        due = await asyncio.to_thread(self._due)
        asked = await asyncio.gather(*(self._ask(one) for one in _fair(due)))
        return sum(asked)

    def _due(self) -> list[Recipient]:
        with self.poller.store.read() as connection:
            return websub.due(connection, self.base, self.poller.clock(), _LOOK)

    async def _ask(self, due: Recipient) -> bool:
        """Write down what is asked before it is: a hub may verify before it has answered."""
        asked = await asyncio.to_thread(self._begin, due)
        if asked.asked_hub is None or asked.state in {"idle", "denied"}:
            return False
        refusal = await ask_hub(self.asker, asked.asked_hub, push.form(asked))
        if refusal:
            await asyncio.to_thread(self._refused, asked, refusal)
        return True

    def _begin(self, due: Recipient) -> Push:
        door = push.Door(self.base, token_urlsafe(_TOKEN), token_urlsafe(_SECRET))
        with self.poller.store.write() as lane:
            held = websub.of_feed(lane, due.push.feed_id)
            after = push.next_step(held, due.active, door, self.poller.clock())
            websub.put(lane, after)
        return after

    def _refused(self, asked: Push, refusal: str) -> None:
        """Keep why a hub did not take a request, unless it has verified it all the same."""
        with self.poller.store.write() as lane:
            held = websub.of_feed(lane, asked.feed_id)
            if (held.token, held.state, held.tries) != (asked.token, asked.state, asked.tries):
                return
            leaving = held.state == "leaving"
            after = push.forgotten(held, self.poller.clock()) if leaving else replace(held, error=refusal)
            websub.put(lane, after)
        _tell(asked, refusal)

    def verify(self, token: str, mode: str, topic: str, lease: str, reason: str) -> bool:
        """Tell a hub whether a request was ours, or take in that it denies one.

        Whoever asks without a token of ours does not get as far as the judge's lane.
        """
        if (found := self._known(token)) is None:
            return False
        with self.poller.store.write() as lane:
            held, now = websub.of_feed(lane, found.push.feed_id), self.poller.clock()
            if mode == "denied":
                after = push.denied(held, topic, reason, now)
            else:
                after = push.verified(held, mode, topic, lease, now)
            if after is None or held.token != token:
                return False
            websub.put(lane, after)
        _tell(replace(after, asked_hub=held.asked_hub), after.error)
        return True

    def recipient(self, token: str) -> Recipient | None:
        """Return the feed that a callback is for, while deliveries for it are taken."""
        found = self._known(token)
        return found if found and found.active and push.is_held(found.push) else None

    def _known(self, token: str) -> Recipient | None:
        with self.poller.store.read() as connection:
            return websub.of_token(connection, token)

    async def take(self, to: Recipient, delivery: Delivery) -> Taken:
        """Take a delivery: its items go the way of polled ones; one without any calls for a poll.

        When this returns, what it brought is stored.
        """
        taken = await self._take(to, delivery)
        log.info("pushed", extra={"feed": to.push.feed_id, "taken": taken})
        return taken

    async def _take(self, to: Recipient, delivery: Delivery) -> Taken:
        if not push.signed(to.push.secret or "", delivery.body, delivery.signature):
            return await asyncio.to_thread(self._keep, to, None, "refused")
        document = Document(to.push.asked_topic or "", delivery.body, delivery.content_type)
        job = Job(to.push.feed_id, document.url, to.source_id, polls=to.polls)
        read = await self.poller.reading(job, document, self.poller.clock())
        return await asyncio.to_thread(self._keep, to, read, "judged" if read.appearances else "called")

    def _keep(self, to: Recipient, read: Read | None, taken: Taken) -> Taken:
        """Write down a delivery, in one transaction with the stories that it brought."""
        with self.poller.store.write() as lane:
            now = self.poller.clock()
            held = websub.of_feed(lane, to.push.feed_id)
            if taken == "refused":
                websub.put(lane, replace(held, refused=held.refused + 1))
                return taken
            if read and read.appearances:
                rules = self.poller.rules
                batch = rules.batch(to.source_id, read, now, polls=to.polls, off=to.dedupe_off)
                (verdicts,) = judge_batches(lane, [batch], attrgetter("tags"))
                websub.teach(lane, held.feed_id, partial(after_push, new=_new(verdicts), now=now))
            if taken == "called":
                websub.call(lane, held.feed_id, now)
                held = replace(held, called_at=now)
            websub.put(lane, replace(held, pushes=held.pushes + 1, last_push_at=now))
        return taken


def _new(verdicts: Iterable[Verdict]) -> int:
    return sum(verdict.kind in {"new", "copy"} for verdict in verdicts)


def _tell(held: Push, error: str | None) -> None:
    level = logging.WARNING if error else logging.INFO
    told = {"feed": held.feed_id, "hub": held.asked_hub, "state": held.state, "error": error}
    log.log(level, "hub", extra=told)


def _fair(due: Iterable[Recipient]) -> Iterator[Recipient]:
    """Give what is due, for no hub more than it is asked in the time between two looks."""
    asked: Counter[str] = Counter()
    for one in due:
        hub = one.push.asked_hub or next(iter(one.push.hubs), "")
        asked[site_of_url(hub)] += 1
        if asked[site_of_url(hub)] <= _OF_ONE_HUB:
            yield one
