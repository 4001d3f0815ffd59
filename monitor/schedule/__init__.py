"""When a feed is polled next: pure, so that a schedule can be reasoned about and replayed.

A feed with `every` keeps it. Any other is polled at half the mean time between its new items (pace), sooner
where much of its document was new, later where feed or server ask for it (hints), between minimum and
maximum.

A failure doubles the wait with every failure in a row, from the feed's interval up to a day, and never
gives up. What a server asks for with Retry-After is the least it gets. A feed that is gone (410) is asked
once a week. Every wait grows by up to a twentieth, by a hash of the feed, so that feeds which started
together do not stay together.
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model.fetching import Document, Failed, Fetched, History, Job, NotModified, Reason
from monitor.model.polls import Incident, Outcome, PollState
from monitor.schedule import health, hints, pace
from monitor.schedule.pace import START

LONGEST_BACKOFF = timedelta(hours=24)
GONE = timedelta(days=7)
JITTER = 0.05
_SHORTEST = timedelta(seconds=1)
_DOUBLINGS = 24


def next_state(
    job: Job,
    fetched: Fetched,
    outcome: Outcome,
    now: datetime,
    *,
    minimum: timedelta = timedelta(minutes=10),
    maximum: timedelta = timedelta(hours=24),
) -> PollState:
    """Return what this poll leaves on the feed's row.

    A document that could not be parsed comes here as its Failed: validators and body hash of a failure
    are those of the job, so that the next poll asks for the document again.
    """
    if isinstance(fetched, Failed):
        return _after_failure(
            job, fetched, now, _clamp(job.every or job.interval or START, job, minimum, maximum)
        )
    return _after_success(job, fetched, outcome, now, (minimum, maximum))


def after_push(history: History, *, new: int, now: datetime) -> tuple[History, datetime | None]:
    """Return what items that a hub pushed teach of the feed's pace, and when it has fallen silent then."""
    taught = replace(pace.learned(history, Outcome(new), now), read_at=history.read_at)
    return taught, pace.stale_at(taught)


def _after_success(
    job: Job,
    fetched: Document | NotModified,
    outcome: Outcome,
    now: datetime,
    bounds: tuple[timedelta, timedelta],
) -> PollState:
    history, incidents = _after_reading(job, fetched.moved_to, outcome, now)
    usual = pace.sooner(pace.usual(history, now), outcome, now - (job.history.read_at or now))
    interval = _clamp(job.every or usual, job, *bounds)
    after = replace(job, history=history, entries=outcome.entries or job.entries)
    return PollState(
        next_poll_at=_when(after, fetched, interval, now, bounds[1]),
        interval=interval,
        validators=fetched.validators,
        body_hash=fetched.body_hash if isinstance(fetched, Document) else job.body_hash,
        failures=0,
        http=fetched.http,
        error=None,
        history=history,
        address=health.address(job, history.moved, now),
        stale_at=pace.stale_at(history),
        rare_until=pace.rare_until(history),
        incidents=incidents,
    )


def _after_reading(
    job: Job, moved_to: str | None, outcome: Outcome, now: datetime
) -> tuple[History, tuple[Incident, ...]]:
    """Return what a poll that did not fail adds to the feed's history, and what is worth telling."""
    history, incidents = health.working(job)
    history = replace(pace.learned(history, outcome, now), moved=health.moving(job, moved_to, now))
    if pace.is_gap(job.polls, outcome):
        incidents += _gap(job, outcome, now)
        history = pace.with_gap(history, now)
    return history, incidents + _silence(job, history, now)


def _when(
    job: Job, fetched: Document | NotModified, interval: timedelta, now: datetime, longest: timedelta
) -> datetime:
    """Return when to poll next; a feed's own `every`, and one polled too rarely, know no hints."""
    if job.every or pace.is_rare(job.history, now):
        return now + _jittered(interval, job.feed_id)
    wait = hints.at_least(interval, fetched, job.history, job.entries, longest)
    return hints.allowed(now + _jittered(wait, job.feed_id), job.history)


def _gap(job: Job, outcome: Outcome, now: datetime) -> tuple[Incident, ...]:
    if not pace.gap_is_news(job.history, now):
        return ()
    said = f"None of the {outcome.new} items was in the last document: others may have been missed."
    return (Incident("gap", said),)


def _silence(job: Job, history: History, now: datetime) -> tuple[Incident, ...]:
    """Tell of a silence once, at the first poll that finds it remarkable."""
    stale_at, last = pace.stale_at(history), history.last_new_at
    if stale_at is None or job.history.read_at is None or not job.history.read_at < stale_at <= now:
        return ()
    return (Incident("stale", f"Nothing new since {last:%Y-%m-%d %H:%M} UTC, far longer than usual."),)


def _after_failure(job: Job, failed: Failed, now: datetime, interval: timedelta) -> PollState:
    """Back off; a feed that breaks after a move is asked at its own address again."""
    failures = job.failures + 1
    wait = GONE if failed.reason is Reason.GONE else _backoff(interval, failures)
    history, incidents = health.failing(job, failed, now)
    return PollState(
        next_poll_at=now + _jittered(max(wait, failed.retry_after or wait), job.feed_id),
        interval=interval,
        validators=job.validators,
        body_hash=job.body_hash,
        failures=failures,
        http=failed.http,
        error=failed.detail,
        reason=failed.reason,
        history=history,
        address=None if history.broken else job.address,
        stale_at=pace.stale_at(history),
        rare_until=pace.rare_until(history),
        incidents=incidents,
    )


def _clamp(interval: timedelta, job: Job, minimum: timedelta, maximum: timedelta) -> timedelta:
    """Hold an adaptive interval between its bounds; what a person asked for is theirs."""
    return max(interval, _SHORTEST) if job.every else max(minimum, min(interval, maximum))


def _backoff(interval: timedelta, failures: int) -> timedelta:
    """Double from the interval up to a day; a feed that is polled more rarely anyway keeps its interval."""
    if interval >= LONGEST_BACKOFF:
        return interval
    return min(interval * (1 << min(failures - 1, _DOUBLINGS)), LONGEST_BACKOFF)


def _jittered(wait: timedelta, feed_id: int) -> timedelta:
    number = hashlib.blake2b(str(feed_id).encode(), digest_size=4).digest()
    return wait * (1 + JITTER * int.from_bytes(number) / (1 << 32))
