"""What a poll comes to, on its feed's row: written in the transaction that writes its stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Job
from monitor.model.polls import Incident, PollState
from monitor.store import history, ids, outlets
from monitor.store.dialect import insert, upsert
from monitor.store.schema import document, feed, incident, source

_COLUMNS = (
    *("etag", "last_modified", "body_hash", "failures", "http", "reason", "error", "interval_seconds"),
    *("next_poll_at", "last_poll_at", "last_success_at", "polls", "entries", "stale_at", "rare_until"),
    *("last_new_at", "mean_gap_seconds", "gaps", "last_gap_at", "rhythm", "failing_since", "broken"),
    *("moved_to", "moved_since", "moved_times"),
)
_settled = (
    sa.update(feed)
    .where(feed.c.id == sa.bindparam("feed_row"))
    .values({name: sa.bindparam(f"its_{name}", type_=feed.c[name].type) for name in _COLUMNS})
    .values(
        leased_until=None,
        duplicate_of=sa.case(
            (sa.bindparam("its_moved_to", type_=sa.Text).is_(None), None), else_=feed.c.duplicate_of
        ),
    )
)
"""One statement for every poll, since building it anew costs more than running it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a poll leaves: the feed's next state, and what it says of itself where it was read."""

    job: Job
    state: PollState
    parsed: ParsedFeed | None = None


def settle(connection: sa.Connection, settled: Sequence[Settled], now: datetime) -> None:
    """Write what polls came to on their feeds' rows, with the incidents that they make."""
    if not settled:
        return
    connection.execute(_settled, [_left(one, now) for one in settled])
    records = [
        {"feed_id": one.job.feed_id, "record": one.parsed.record}
        for one in settled
        if one.parsed and one.parsed.record != one.job.record
    ]
    upsert(connection, document, records, update=["record"])
    happened = [(one.job.feed_id, (*one.state.incidents, *_moved(connection, one))) for one in settled]
    _record(connection, [(feed_id, each) for feed_id, incidents in happened for each in incidents], now)
    if described := [_description(one) for one in settled if one.parsed and one.job.polls == 0]:
        connection.execute(_describe, described)
        with outlets.renaming(connection, [one["source_row"] for one in described]):
            connection.execute(_name, described)


def _left(one: Settled, now: datetime) -> dict[str, Any]:
    job, state, parsed = one.job, one.state, one.parsed
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
        "entries": parsed.total if parsed else job.entries,
        "stale_at": state.stale_at,
        "rare_until": state.rare_until,
    }
    return {f"its_{name}": value for name, value in values.items()} | {"feed_row": job.feed_id}


def _moved(connection: sa.Connection, one: Settled) -> tuple[Incident, ...]:
    """Ask a feed elsewhere from now on, but where another feed is already; return what that makes."""
    job, state = one.job, one.state
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


def _description(one: Settled) -> dict[str, Any]:
    assert one.parsed  # noqa: S101  # the caller has looked
    return {
        "feed_row": one.job.feed_id,
        "source_row": one.job.source_id,
        "own_title": one.parsed.title,
        "own_site": one.parsed.site,
    }


_describe = (
    sa.update(feed)
    .where(feed.c.id == sa.bindparam("feed_row"))
    .values(
        title=sa.func.coalesce(feed.c.title, sa.bindparam("own_title", type_=sa.Text)),
        site=sa.bindparam("own_site", type_=sa.Text),
    )
)
_name = (
    sa.update(source)
    .where(source.c.id == sa.bindparam("source_row"))
    .values(title=sa.select(feed.c.title).where(feed.c.id == sa.bindparam("feed_row")).scalar_subquery())
)
"""What a feed says of itself is kept where nobody named it otherwise."""


def _record(connection: sa.Connection, happened: Sequence[tuple[int, Incident]], now: datetime) -> None:
    rows = ids.allocate(connection, len(happened)) if happened else ()
    insert(
        connection,
        incident,
        [
            {"id": row, "feed_id": feed_id, "kind": one.kind, "at": now, "detail": one.detail}
            for row, (feed_id, one) in zip(rows, happened, strict=True)
        ],
    )


def excuse(connection: sa.Connection, jobs: Sequence[Job], now: datetime, again: datetime) -> None:
    """Take back failures that were no feed's own: jobs are the feeds before, again is when to poll them."""
    for job in jobs:
        values = history.written(job.history) | {
            "failures": job.failures,
            "address": job.address,
            "host": urlsplit(job.asked).hostname or "",
            "next_poll_at": again,
        }
        connection.execute(sa.update(feed).where(feed.c.id == job.feed_id).values(**values))
    made = sa.and_(incident.c.feed_id.in_([job.feed_id for job in jobs]), incident.c.at >= now)
    connection.execute(sa.delete(incident).where(made))
