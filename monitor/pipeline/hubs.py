"""What a poll says of the feed's hub: which one it names, and whether push brought what there was."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor import push
from monitor.model.fetching import Document, Job
from monitor.model.polls import PollState, Push
from monitor.pipeline.reading import Read
from monitor.store import Lane, polls, websub


def after_poll(
    lane: Lane, job: Job, read: Read, state: PollState, *, brought: int, now: datetime, longest: timedelta
) -> PollState:
    """Keep what a poll says of the feed's hub and return when it is polled next; brought counts new items.

    A feed without hubs costs no query.
    """
    said = push.announced(read.fetched, read.parsed) if isinstance(read.fetched, Document) else None
    if not job.has_hub and not (said and said[0]):
        return state
    before = websub.of_feed(lane, job.feed_id)
    after = before if state.failures else _judged(job, before, brought, now)
    after = push.heard(after, said, now) if said else after
    if after != before:
        websub.put(lane, after)
    if not job.has_hub:
        websub.hears(lane, job.feed_id)
    if state.failures:
        return state
    if after.called_at:
        return replace(state, next_poll_at=now)
    return _stretched(state, job, after, now, longest)


def _judged(job: Job, before: Push, brought: int, now: datetime) -> Push:
    asked_at = job.leased_until - polls.LEASE if job.leased_until else None
    return push.polled(before, brought, job.history.read_at, asked_at, now)


def _stretched(state: PollState, job: Job, held: Push, now: datetime, longest: timedelta) -> PollState:
    """Wait longer while push works; that polls bring nothing then says nothing of the feed's own rhythm."""
    usual, kept = state.next_poll_at - now, job.interval or state.interval
    wait = push.while_pushed(usual * (kept / state.interval), held, now, longest)
    if job.every or not held.agreed or wait <= usual:
        return state
    return replace(state, next_poll_at=now + wait, interval=kept)
