"""What a poll comes to, on its feed's row: written in the transaction that writes its stories."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from monitor.model import Incident, Job, ParsedFeed, PollState
from monitor.store import history, ids
from monitor.store.schema import feed, incident, source

_COLUMNS = (
    *("etag", "last_modified", "body_hash", "failures", "http", "reason", "error", "interval_seconds"),
    *("next_poll_at", "last_poll_at", "last_success_at", "polls", "entries", "stale_at", "rare_until"),
    *("last_new_at", "mean_gap_seconds", "gaps", "last_gap_at", "rhythm", "failing_since", "broken"),
    *("moved_to", "moved_since", "moved_times"),
)
_SETTLED = (
    sa.update(feed)
    .where(feed.c.id == sa.bindparam("row"))
    .values({name: sa.bindparam(f"its_{name}", type_=feed.c[name].type) for name in _COLUMNS})
    .values(
        leased_until=None,
        duplicate_of=sa.case(
            (sa.bindparam("its_moved_to", type_=sa.Text).is_(None), None), else_=feed.c.duplicate_of
        ),
    )
)
"""One statement for every poll, since building it anew costs more than running it."""


def settle(
    connection: sa.Connection, job: Job, state: PollState, parsed: ParsedFeed | None, now: datetime
) -> None:
    """Write what a poll came to on its feed's row, with the incidents that it makes."""
    succeeded = state.error is None
    values = history.written(state.history) | {
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "body_hash": state.body_hash,
        "failures": state.failures,
        "http": state.http,
        "reason": state.reason,
        "error": state.error,
        "interval_seconds": int(state.interval.total_seconds()),
        "next_poll_at": state.next_poll_at,
        "last_poll_at": now,
        "last_success_at": now if succeeded else job.history.read_at,
        "polls": job.polls + succeeded,
        "entries": len(parsed.entries) + parsed.unchanged if parsed else job.entries,
        "stale_at": state.stale_at,
        "rare_until": state.rare_until,
    }
    connection.execute(
        _SETTLED, {f"its_{name}": value for name, value in values.items()} | {"row": job.feed_id}
    )
    record(connection, job.feed_id, (*state.incidents, *_moved(connection, job, state)), now)
    if parsed and job.polls == 0:
        _describe(connection, job, parsed)


def _moved(connection: sa.Connection, job: Job, state: PollState) -> tuple[Incident, ...]:
    """Ask a feed elsewhere from now on, but where another feed is already; return what that makes."""
    to = state.address or job.url
    if to == job.asked:
        return ()
    row = sa.update(feed).where(feed.c.id == job.feed_id)
    other = _subscribed(connection, job, to)
    if other is None:
        connection.execute(row.values(address=state.address, host=urlsplit(to).hostname or ""))
        return (Incident("moved", f"From {job.asked} to {to}."),)
    fresh = connection.execute(
        row.where(feed.c.duplicate_of.is_distinct_from(other)).values(duplicate_of=other)
    )
    return (
        (Incident("duplicate", f"It moves to {to}, which is subscribed to already."),)
        if fresh.rowcount
        else ()
    )


def _subscribed(connection: sa.Connection, job: Job, address: str) -> int | None:
    here = sa.or_(feed.c.url == address, feed.c.address == address)
    others = sa.select(feed.c.id).where(here, feed.c.id != job.feed_id, ~feed.c.removed)
    found: int | None = connection.scalar(others.limit(1))
    return found


def _describe(connection: sa.Connection, job: Job, parsed: ParsedFeed) -> None:
    """Keep what a feed says of itself, where nobody named it otherwise."""
    title = sa.func.coalesce(feed.c.title, parsed.title)
    connection.execute(sa.update(feed).where(feed.c.id == job.feed_id).values(title=title, site=parsed.site))
    named = sa.select(feed.c.title).where(feed.c.id == job.feed_id).scalar_subquery()
    connection.execute(sa.update(source).where(source.c.id == job.source_id).values(title=named))


def record(connection: sa.Connection, feed_id: int, incidents: Sequence[Incident], now: datetime) -> None:
    """Write incidents of a feed."""
    rows = zip(ids.allocate(connection, len(incidents)), incidents, strict=True) if incidents else ()
    for row, one in rows:
        connection.execute(
            sa.insert(incident).values(id=row, feed_id=feed_id, kind=one.kind, at=now, detail=one.detail)
        )


def excuse(connection: sa.Connection, jobs: Sequence[Job], now: datetime, again: datetime) -> None:
    """Take back failures that were no feed's own: jobs are the feeds before, again is when to poll them."""
    for job in jobs:
        values = history.written(job.history) | {
            "failures": job.failures,
            "address": job.address,
            "next_poll_at": again,
        }
        connection.execute(sa.update(feed).where(feed.c.id == job.feed_id).values(**values))
    made = sa.and_(incident.c.feed_id.in_([job.feed_id for job in jobs]), incident.c.at >= now)
    connection.execute(sa.delete(incident).where(made))
