"""Poll: fetch many feeds at once, then judge what they brought in one lane."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from monitor.clock import Clock
from monitor.dedupe import without
from monitor.fetch import Fetch
from monitor.model.fetching import Document, Failed, Job, NotModified
from monitor.model.polls import Outcome, Polled
from monitor.model.stories import Batch, Verdict
from monitor.pipeline.hubs import after_poll
from monitor.pipeline.judging import judge_batches
from monitor.pipeline.outage import AGAIN, Outages
from monitor.pipeline.reading import Read, Reading, bug
from monitor.schedule import next_state
from monitor.store import Lane, Store, is_lost, polls, settling

if TYPE_CHECKING:  # as in judging
    from monitor.pipeline.placing import Late

log = logging.getLogger(__name__)

_AHEAD = 64
"""How many documents may wait for the judge before fetching waits too."""

_TURN = 1_000
_GATHERING = 0.25
"""A turn takes so many items, or what arrives in so many seconds: written 1,000 at a time, a story
costs the database half of what it costs 100 at a time, and nobody notices a quarter of a second."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How old news may be, between which bounds feeds are polled, and what is not compared."""

    news_max_age: timedelta = timedelta(hours=48)
    shortest: timedelta = timedelta(minutes=10)
    longest: timedelta = timedelta(hours=24)
    dedupe_off: tuple[str, ...] = ()

    def batch(
        self, source_id: int, read: Read, now: datetime, *, polls: int, off: Sequence[str] = ()
    ) -> Batch:
        """Return what a feed's document brought for the judge.

        polls are those before it, off are the rules of deduplication that are off for this feed.
        """
        return Batch(
            source_id=source_id,
            appearances=without(read.appearances, (*self.dedupe_off, *off)),
            seen_at=now,
            news_since=now - self.news_max_age,
            undated_is_news=polls > 0,
            unchanged=read.parsed.unchanged if read.parsed else 0,
        )


@dataclass(frozen=True, slots=True)
class Brought:
    """What one poll brought, ready for the judge."""

    job: Job
    read: Read
    seconds: float


Lease = Callable[[int], Sequence[Job]]
Report = Callable[[Polled], None]


@dataclass(frozen=True, slots=True)
class Poller:
    """Polls feeds: everything that is new in them is stored once, whatever dies."""

    store: Store
    fetch: Fetch
    reading: Reading
    clock: Clock
    rules: Rules
    outages: Outages = field(default_factory=Outages)
    late: "Late | None" = None

    async def poll(self, jobs: Sequence[Job], report: Report) -> None:
        """Poll leased feeds and report each when its stories are stored.

        When cancelled, what was not judged is given back, as if it had not been polled.
        """
        waiting = [jobs]
        await self.poll_all(lambda _: waiting.pop() if waiting else (), len(jobs), report)

    async def poll_all(self, lease: Lease, room: int, report: Report) -> None:
        """Poll what lease hands out, about room feeds at a time, until it has no more; else as poll."""
        arrived: asyncio.Queue[Brought] = asyncio.Queue(_AHEAD)
        left: dict[int, Job] = {}
        try:
            async with asyncio.TaskGroup() as group:
                while await self._fill(group, left, arrived, lease, room):
                    batch = await _take(arrived, len(left))
                    for polled in await asyncio.to_thread(self._judge, batch):
                        report(polled)
                    for one in batch:
                        del left[one.job.feed_id]
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            if left:
                self._release(left.values())

    async def _fill(
        self,
        group: asyncio.TaskGroup,
        left: dict[int, Job],
        arrived: asyncio.Queue[Brought],
        lease: Lease,
        room: int,
    ) -> bool:
        """Take up more feeds once half the room is free; tell whether anything is under way."""
        if len(left) <= room // 2:
            for job in await asyncio.to_thread(lease, room - len(left)):
                left[job.feed_id] = job
                group.create_task(self._bring(job, arrived))
        return bool(left)

    def _release(self, jobs: Iterable[Job]) -> None:
        with self.store.write() as lane:
            polls.release(lane, list(jobs))

    async def _bring(self, job: Job, arrived: asyncio.Queue[Brought]) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            read = await self.reading(job, await self.fetch(job), self.clock())
        except Exception as error:
            log.exception("poll failed", extra={"feed": job.feed_id})
            read = Read(bug(error))
        await arrived.put(Brought(job, read, loop.time() - started))

    def _judge(self, brought: Sequence[Brought]) -> list[Polled]:
        """Judge what came together in one turn; where that fails, each by itself, so that one fails alone."""
        with self.store.write() as lane:
            now = self.clock()
            try:
                with lane.begin_nested():
                    return self._settle(lane, brought, now)
            except Exception as error:
                if is_lost(error):
                    raise
                log.exception("judging failed", extra={"feeds": [one.job.feed_id for one in brought]})
            return [self._judge_alone(lane, one, now) for one in brought]

    def _judge_alone(self, lane: Lane, one: Brought, now: datetime) -> Polled:
        try:
            with lane.begin_nested():
                return self._settle(lane, [one], now)[0]
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("judging failed", extra={"feed": one.job.feed_id})
            return self._settle(lane, [replace(one, read=Read(bug(error)))], now)[0]

    def _settle(self, lane: Lane, brought: Sequence[Brought], now: datetime) -> list[Polled]:
        """Write what the polls brought and, in the same transaction, when their feeds are polled next."""
        bringing = [one for one in brought if one.read.appearances]
        batches = [
            self.rules.batch(
                one.job.source_id, one.read, now, polls=one.job.polls, off=one.job.options.dedupe_off
            )
            for one in bringing
        ]
        judged = judge_batches(lane, batches, attrgetter("tags"), self.late)
        verdicts = {one.job.feed_id: said for one, said in zip(bringing, judged, strict=True)}
        settled = [(one, _polled(one, verdicts.get(one.job.feed_id, ()))) for one in brought]
        settling.settle(lane, [self._settled(lane, one, polled, now) for one, polled in settled], now)
        for one in brought:
            self._excuse(lane, one, now)
        return [polled for _, polled in settled]

    def _settled(self, lane: Lane, one: Brought, polled: Polled, now: datetime) -> settling.Settled:
        job, fetched, outcome, rules = one.job, one.read.fetched, _outcome(one, polled), self.rules
        state = next_state(job, fetched, outcome, now, minimum=rules.shortest, maximum=rules.longest)
        state = after_poll(lane, job, one.read, state, brought=outcome.new, now=now, longest=rules.longest)
        return settling.Settled(job, state, one.read.parsed)

    def _excuse(self, lane: Lane, one: Brought, now: datetime) -> None:
        """Take back failures that are no feed's own: its host wants a pause, or our network is down."""
        fetched = one.read.fetched
        if isinstance(fetched, Failed) and fetched.postponed:
            settling.excuse(lane, [one.job], now, now + fetched.postponed)
        elif excused := self.outages.heard(one.job, fetched, now):
            settling.excuse(lane, excused, now, now + AGAIN)


async def _take(arrived: asyncio.Queue[Brought], under_way: int) -> list[Brought]:
    """Gather what the next turn judges, at least one poll and at most what is under way."""
    batch = [await arrived.get()]
    items = len(batch[0].read.appearances)
    with suppress(TimeoutError):
        async with asyncio.timeout(_GATHERING):
            while len(batch) < under_way and items < _TURN:
                batch.append(await arrived.get())
                items += len(batch[-1].read.appearances)
    return batch


def _outcome(one: Brought, polled: Polled) -> Outcome:
    """Return what the schedule learns from: a first document's dates tell its pace, as its items cannot."""
    parsed = one.read.parsed
    if parsed is None:
        return Outcome()
    new = polled.new + polled.copies
    known = parsed.total - new
    dates = tuple(entry.published for entry in parsed.entries if entry.published) if not one.job.polls else ()
    return Outcome(new, max(known, 0), parsed.rhythm, dates)


def _polled(one: Brought, verdicts: Iterable[Verdict]) -> Polled:
    match one.read.fetched:
        case Failed() as failed:
            error = f"{failed.reason}: {failed.detail}"
            return Polled(one.job.url, "failed", failed.http, failed.size, error=error, seconds=one.seconds)
        case NotModified(http=http):
            return Polled(one.job.url, "not-modified", http, seconds=one.seconds)
        case Document() as document:
            kinds = [verdict.kind for verdict in verdicts]
            new, copies, revisions = (kinds.count(kind) for kind in ("new", "copy", "revision"))
            parsed = one.read.parsed
            return Polled(
                feed=one.job.url,
                status="new" if new or copies or revisions else "unchanged",
                http=document.http,
                bytes=len(document.body),
                entries=parsed.total if parsed else one.job.entries,
                new=new,
                copies=copies,
                revisions=revisions,
                seconds=one.seconds,
            )
