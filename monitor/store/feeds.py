"""Polls of subscriptions: who has which feed when, what came of it, and how the feeds are."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.model import FeedView, Push
from monitor.store import websub
from monitor.store.schema import feed, seconds
from monitor.store.subscriptions import row_of

active = sa.and_(~feed.c.paused, ~feed.c.removed)
_shown = sa.or_(feed.c.origin == "file", ~feed.c.removed)


def poll_now(connection: sa.Connection, url: str, now: datetime) -> None:
    """Make a feed due at once. Raises UsageError where it is paused or unknown."""
    row = row_of(connection, url)
    if row.paused or row.removed:
        raise UsageError(f"{url} is paused: go on with it to have it polled")
    connection.execute(sa.update(feed).where(feed.c.id == row.id).values(next_poll_at=now))


def address(connection: sa.Connection, feed_id: int) -> str:
    """Return the address of a feed by its id; raises UsageError where there is none."""
    found: str | None = connection.scalar(sa.select(feed.c.url).where(feed.c.id == feed_id))
    if found is None:
        raise UsageError("there is no such feed any more")
    return found


def every(connection: sa.Connection) -> tuple[int, ...]:
    """Return the rows of all feeds that are not paused, each host's first before any host's second."""
    rank = sa.func.row_number().over(partition_by=feed.c.host, order_by=feed.c.id)
    return tuple(connection.scalars(sa.select(feed.c.id).where(active).order_by(rank, feed.c.id)))


def named(connection: sa.Connection, urls: Iterable[str]) -> tuple[int, ...]:
    """Return the rows of the feeds with these addresses, paused too; raises UsageError for an unknown one."""
    return tuple(sorted({row_of(connection, url).id for url in urls}))


def views(connection: sa.Connection) -> tuple[FeedView, ...]:
    """Return every subscription with its health; what left the file is shown paused."""
    rows = connection.execute(sa.select(feed).where(_shown).order_by(feed.c.folder, feed.c.title, feed.c.url))
    pushes = websub.every(connection)
    return tuple(_view(row, pushes.get(row.id)) for row in rows)


def neediest(connection: sa.Connection, limit: int, offset: int = 0) -> tuple[FeedView, ...]:
    """Return a page of subscriptions: failing ones first, then those never polled, paused ones last."""
    need = sa.case((~active, 3), (feed.c.failures > 0, 0), (feed.c.last_poll_at.is_(None), 1), else_=2)
    order = (need, feed.c.failures.desc(), sa.func.coalesce(feed.c.title, feed.c.url), feed.c.id)
    page = sa.select(feed).where(_shown).order_by(*order).limit(limit).offset(offset)
    rows = connection.execute(page).all()
    pushes = websub.every(connection, [row.id for row in rows if row.has_hub])
    return tuple(_view(row, pushes.get(row.id)) for row in rows)


def states(connection: sa.Connection, now: datetime) -> Mapping[str, int]:
    """Count the subscriptions that are ok, failing, never polled and paused; and, of all, those due."""
    good = sa.and_(active, feed.c.failures == 0)
    counted = {
        "ok": sa.and_(good, feed.c.last_poll_at.is_not(None)),
        "failing": sa.and_(active, feed.c.failures > 0),
        "new": sa.and_(good, feed.c.last_poll_at.is_(None)),
        "paused": ~active,
        "due": sa.and_(active, feed.c.next_poll_at <= now),
    }
    counts = (sa.func.count().filter(condition).label(state) for state, condition in counted.items())
    found = connection.execute(sa.select(*counts).select_from(feed).where(_shown))
    return {str(state): count for state, count in found.mappings().one().items()}


def _view(row: Any, push: Push | None) -> FeedView:
    return FeedView(
        id=row.id,
        url=row.url,
        title=row.title,
        site=row.site,
        origin=row.origin,
        paused=row.paused or row.removed,
        removed=row.removed,
        every=seconds(row.every_seconds),
        folder=row.folder,
        polls=row.polls,
        failures=row.failures,
        http=row.http,
        error=row.error,
        reason=row.reason,
        last_poll_at=row.last_poll_at,
        last_success_at=row.last_success_at,
        next_poll_at=row.next_poll_at,
        attributes=row.attributes or {},
        push=push,
    )
