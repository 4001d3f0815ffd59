"""What a poll comes to, on its feed's row: written in the transaction that writes its stories."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from monitor.model import Incident, Job, ParsedFeed, PollState
from monitor.store import history, ids
from monitor.store.schema import feed, incident, source


def settle(
    connection: sa.Connection, job: Job, state: PollState, parsed: ParsedFeed | None, now: datetime
) -> None:
    """Write what a poll came to on its feed's row, with the incidents that it makes."""
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
        "leased_until": None,
        "stale_at": state.stale_at,
        "rare_until": state.rare_until,
    }
    if state.error is None:
        values |= {"last_success_at": now, "polls": feed.c.polls + 1}
    if parsed:
        values["entries"] = len(parsed.entries) + parsed.unchanged
    moves, moved = _moved(connection, job, state)
    connection.execute(sa.update(feed).where(feed.c.id == job.feed_id).values(**values, **moves))
    record(connection, job.feed_id, (*state.incidents, *moved), now)
    if parsed and job.polls == 0:
        _describe(connection, job, parsed)


def _moved(
    connection: sa.Connection, job: Job, state: PollState
) -> tuple[dict[str, Any], tuple[Incident, ...]]:
    """Return the columns and the incident of a move; a feed does not move to where another one is already."""
    to = state.address or job.url
    if to == job.asked:
        return {"duplicate_of": None}, ()
    other = _subscribed(connection, job, to)
    if other is None:
        moves = {"address": state.address, "duplicate_of": None, "host": urlsplit(to).hostname or ""}
        return moves, (Incident("moved", f"From {job.asked} to {to}."),)
    told = connection.scalar(sa.select(feed.c.duplicate_of).where(feed.c.id == job.feed_id)) == other
    said = Incident("duplicate", f"It moves to {to}, which is subscribed to already.")
    return {"duplicate_of": other}, () if told else (said,)


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
