"""Poll: fetch many feeds at once, then judge what they brought in one lane."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.clock import Clock
from monitor.dedupe import judge
from monitor.fetch import Fetch
from monitor.model import Batch, Document, Failed, Job, NotModified, Outcome, Polled, Tag, Verdict, Words
from monitor.pipeline.outage import AGAIN, Outages
from monitor.pipeline.reading import Read, Reading, bug
from monitor.schedule import next_state
from monitor.store import Lane, Store, feeds, is_lost, judging, recording

log = logging.getLogger(__name__)

_AHEAD = 64
"""How many documents may wait for the judge before fetching waits too."""

Tagger = Callable[[Words], Sequence[Tag]]


@dataclass(frozen=True, slots=True)
class Rules:
    """How old news may be, and between which bounds feeds are polled."""

    news_max_age: timedelta = timedelta(hours=48)
    shortest: timedelta = timedelta(minutes=10)
    longest: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Brought:
    """What one poll brought, ready for the judge."""

    job: Job
    read: Read
    seconds: float


@dataclass(frozen=True, slots=True)
class Poller:
    """Polls feeds: everything that is new in them is stored once, whatever dies."""

    store: Store
    fetch: Fetch
    reading: Reading
    tagger: Tagger
    clock: Clock
    rules: Rules
    outages: Outages = field(default_factory=Outages)

    async def poll(self, jobs: Sequence[Job], report: Callable[[Polled], None]) -> None:
        """Poll leased feeds and report each when its stories are stored.

        When cancelled, what was not judged is given back, as if it had not been polled.
        """
        arrived: asyncio.Queue[Brought] = asyncio.Queue(_AHEAD)
        left = {job.feed_id: job for job in jobs}
        try:
            async with asyncio.TaskGroup() as group:
                for job in jobs:
                    group.create_task(self._bring(job, arrived))
                while left:
                    batch = await _take(arrived)
                    for polled in await asyncio.to_thread(self._judge, batch):
                        report(polled)
                    for one in batch:
                        del left[one.job.feed_id]
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            if left:
                self._release(left.values())

    def _release(self, jobs: Iterable[Job]) -> None:
        with self.store.write() as lane:
            feeds.release(lane, list(jobs))

    async def _bring(self, job: Job, arrived: asyncio.Queue[Brought]) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            read = await self.reading(job, await self.fetch(job), self.clock())
        except Exception as error:
            log.exception("poll failed", extra={"feed": job.feed_id})
            read = Read(bug(error))
        await arrived.put(Brought(job, read, loop.time() - started))

    def _judge(self, batch: Sequence[Brought]) -> list[Polled]:
        with self.store.write() as lane:
            now = self.clock()
            return [self._judge_one(lane, one, now) for one in batch]

    def _judge_one(self, lane: Lane, one: Brought, now: datetime) -> Polled:
        try:
            with lane.begin_nested():
                return self._settle(lane, one, now)
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("judging failed", extra={"feed": one.job.feed_id})
            return self._settle(lane, replace(one, read=Read(bug(error))), now)

    def _settle(self, lane: Lane, one: Brought, now: datetime) -> Polled:
        verdicts = self._verdicts(lane, one, now)
        kinds = [verdict.kind for verdict in verdicts]
        polled = _polled(one, kinds.count("new"), kinds.count("copy"), kinds.count("revision"))
        outcome = _outcome(one, polled)
        state = next_state(
            one.job, one.read.fetched, outcome, now, minimum=self.rules.shortest, maximum=self.rules.longest
        )
        feeds.settle(lane, one.job, state, one.read.parsed, now)
        if excused := self.outages.heard(one.job, one.read.fetched, now):
            feeds.excuse(lane, excused, now, now + AGAIN)
        return polled

    def _verdicts(self, lane: Lane, one: Brought, now: datetime) -> tuple[Verdict, ...]:
        if not one.read.appearances:
            return ()
        batch = Batch(
            source_id=one.job.source_id,
            appearances=one.read.appearances,
            seen_at=now,
            news_since=now - self.rules.news_max_age,
            undated_is_news=one.job.polls > 0,
        )
        return judge_batch(lane, batch, self.tagger)


def judge_batch(lane: Lane, batch: Batch, tagger: Tagger) -> tuple[Verdict, ...]:
    """Look up, decide and write, in one transaction."""
    verdicts = judge(batch, judging.known(lane, batch))
    tags = {
        index: tagger(verdict.appearance.entry.words)
        for index, verdict in enumerate(verdicts)
        if verdict.kind != "seen"
    }
    recording.record(lane, batch, verdicts, tags)
    return verdicts


async def _take(arrived: asyncio.Queue[Brought]) -> list[Brought]:
    batch = [await arrived.get()]
    while not arrived.empty():
        batch.append(arrived.get_nowait())
    return batch


def _outcome(one: Brought, polled: Polled) -> Outcome:
    """Return what the schedule learns from: a first document's dates tell its pace, as its items cannot."""
    parsed = one.read.parsed
    if parsed is None:
        return Outcome()
    new = polled.new + polled.copies
    known = len(parsed.entries) + parsed.unchanged - new
    dates = tuple(entry.published for entry in parsed.entries if entry.published) if not one.job.polls else ()
    return Outcome(new, max(known, 0), parsed.rhythm, dates)


def _polled(one: Brought, new: int, copies: int, revisions: int) -> Polled:
    match one.read.fetched:
        case Failed() as failed:
            error = f"{failed.reason}: {failed.detail}"
            return Polled(one.job.url, "failed", failed.http, failed.size, error=error, seconds=one.seconds)
        case NotModified(http=http):
            return Polled(one.job.url, "not-modified", http, seconds=one.seconds)
        case Document() as document:
            return Polled(
                feed=one.job.url,
                status="new" if new or copies or revisions else "unchanged",
                http=document.http,
                bytes=len(document.body),
                entries=len(one.read.parsed.entries) if one.read.parsed else one.job.entries,
                new=new,
                copies=copies,
                revisions=revisions,
                seconds=one.seconds,
            )
