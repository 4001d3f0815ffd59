"""When a feed counts as broken, gone, well again, or moved, and what a person is told of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model.fetching import Failed, History, Job, Moved, Reason
from monitor.model.polls import Incident

BROKEN_AFTER = 3
"""Failures in a row: one is the network's, two a restart of the server's."""

BROKEN_SINCE = timedelta(days=1)
"""A feed that is asked once a day is broken after a day of failing, not after three."""

MOVES_AFTER = 3
MOVES_SINCE = timedelta(days=1)
"""A feed has moved when three polls in a row over a day say so: a permanent redirect that was a mistake, a
portal's, or of a site being worked on is gone by then; meanwhile the old address goes on answering."""


def failing(job: Job, failed: Failed, now: datetime) -> tuple[History, tuple[Incident, ...]]:
    """Return a feed's history with one more failure, and the incident when it becomes broken or gone."""
    before = job.history
    since = before.failing_since or now
    gone = failed.reason is Reason.GONE
    broken = before.broken or gone or job.failures + 1 >= BROKEN_AFTER or now - since >= BROKEN_SINCE
    history = replace(before, failing_since=since, reason=failed.reason, error=failed.detail, broken=broken)
    if gone and before.reason is not Reason.GONE:
        return history, (Incident("gone", failed.detail),)
    if broken and not before.broken:
        return history, (Incident("broken", f"{failed.reason}: {failed.detail}"),)
    return history, ()


def working(job: Job) -> tuple[History, tuple[Incident, ...]]:
    """Return a feed's history without its failures, and the incident when it was broken."""
    before = job.history
    history = replace(before, failing_since=None, reason=None, error=None, broken=False)
    if not before.broken or before.failing_since is None:
        return history, ()
    times = f"{job.failures} {'failure' if job.failures == 1 else 'failures'}"
    return history, (
        Incident("recovered", f"After {times} since {before.failing_since:%Y-%m-%d %H:%M} UTC."),
    )


def moving(job: Job, moved_to: str | None, now: datetime) -> Moved | None:
    """Return where the feed says that it is for good, counted over the polls in a row that said the same."""
    if moved_to is None or moved_to == job.asked:
        return None
    before = job.history.moved
    if before and before.to == moved_to:
        return replace(before, times=before.times + 1)
    return Moved(moved_to, now, 1)


def address(job: Job, moved: Moved | None, now: datetime) -> str | None:
    """Return what is asked instead of the feed's own address: where the feed has said for long that it is."""
    if moved is None or moved.times < MOVES_AFTER or now - moved.since < MOVES_SINCE:
        return job.address
    return None if moved.to == job.url else moved.to
