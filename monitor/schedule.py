"""When a feed is polled next: pure, so that a schedule can be reasoned about and replayed.

A feed with `every` keeps it. Any other starts at half an hour; a poll that brings something new halves
the interval and one that does not lengthens it by a quarter, between minimum and maximum, so that it
settles where about one poll in four brings news. The first poll brings a backlog, not a rhythm, and
changes nothing.

A failure doubles the wait with every failure in a row, from the feed's interval up to a day, and never
gives up. What a server asks for with Retry-After is the least it gets. A feed that is gone (410) is asked
once a week. Every wait grows by up to a twentieth, by a hash of the feed, so that feeds which started
together do not stay together.
"""

import hashlib
from datetime import datetime, timedelta

from monitor.model import Document, Failed, Fetched, Job, PollState, Reason

START = timedelta(minutes=30)
LONGEST_BACKOFF = timedelta(hours=24)
GONE = timedelta(days=7)
JITTER = 0.05
_SHORTEST = timedelta(seconds=1)
_DOUBLINGS = 24


def next_state(
    job: Job,
    fetched: Fetched,
    outcome_new: int,
    now: datetime,
    *,
    minimum: timedelta = timedelta(minutes=10),
    maximum: timedelta = timedelta(hours=24),
) -> PollState:
    """Return what this poll leaves on the feed's row; outcome_new counts what was new to us.

    A document that could not be parsed comes here as its Failed: validators and body hash of a failure
    are those of the job, so that the next poll asks for the document again.
    """
    if isinstance(fetched, Failed):
        return _after_failure(job, fetched, now, _clamp(_usual(job), job, minimum, maximum))
    interval = _clamp(_adapted(job, outcome_new), job, minimum, maximum)
    return PollState(
        next_poll_at=now + _jittered(interval, job.feed_id),
        interval=interval,
        validators=fetched.validators,
        body_hash=fetched.body_hash if isinstance(fetched, Document) else job.body_hash,
        failures=0,
        http=fetched.http,
        error=None,
    )


def _after_failure(job: Job, failed: Failed, now: datetime, interval: timedelta) -> PollState:
    failures = job.failures + 1
    wait = GONE if failed.reason is Reason.GONE else _backoff(interval, failures)
    return PollState(
        next_poll_at=now + _jittered(max(wait, failed.retry_after or wait), job.feed_id),
        interval=interval,
        validators=job.validators,
        body_hash=job.body_hash,
        failures=failures,
        http=failed.http,
        error=failed.detail,
        reason=failed.reason,
    )


def _usual(job: Job) -> timedelta:
    return job.every or job.interval or START


def _adapted(job: Job, outcome_new: int) -> timedelta:
    usual = _usual(job)
    if job.every or not job.polls:
        return usual
    return usual / 2 if outcome_new else usual * 1.25


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
