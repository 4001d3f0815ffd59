"""Subscriptions and their polls. What the file declares, the file owns; what a person adds, we own."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.model import FeedView, Subscription
from monitor.store import ids, sources
from monitor.store.schema import feed, seconds

active = sa.and_(~feed.c.paused, ~feed.c.removed)
_shown = sa.or_(feed.c.origin == "file", ~feed.c.removed)


def declare(connection: sa.Connection, wanted: Sequence[Subscription], now: datetime) -> None:
    """Take in the feeds of the configuration; those that left it stay, paused."""
    known = {row.url: row for row in connection.execute(sa.select(feed))}
    listed = {subscription.url: subscription for subscription in wanted}
    for url, row in known.items():
        if row.origin == "file" and url not in listed and not row.removed:
            connection.execute(sa.update(feed).where(feed.c.id == row.id).values(removed=True))
    for url, subscription in listed.items():
        if url not in known:
            _insert(connection, subscription, "file", now)
        elif _differs(known[url], subscription):
            connection.execute(
                sa.update(feed)
                .where(feed.c.url == url)
                .values(origin="file", removed=False, **_described(subscription))
            )


def _differs(row: Any, subscription: Subscription) -> bool:
    if row.origin != "file" or row.removed:
        return True
    return any(getattr(row, name) != value for name, value in _described(subscription).items())


def _described(subscription: Subscription) -> dict[str, Any]:
    described: dict[str, Any] = {
        "every_seconds": int(subscription.every.total_seconds()) if subscription.every else None,
        "folder": subscription.folder,
        "attributes": dict(subscription.attributes) or None,
    }
    return described | ({"title": subscription.title} if subscription.title else {})


def _insert(connection: sa.Connection, subscription: Subscription, origin: str, now: datetime) -> None:
    (row,) = ids.allocate(connection, 1)
    connection.execute(
        sa.insert(feed).values(
            id=row,
            source_id=sources.source_row(connection, "press", subscription.url, subscription.title),
            url=subscription.url,
            host=urlsplit(subscription.url).hostname or "",
            origin=origin,
            paused=False,
            removed=False,
            added_at=now,
            polls=0,
            entries=0,
            failures=0,
            next_poll_at=now,
            **({"title": subscription.title} | _described(subscription)),
        )
    )


def add(connection: sa.Connection, wanted: Sequence[Subscription], now: datetime) -> list[str]:
    """Subscribe to what a person asks for; return the addresses that were not there yet."""
    known = {row.url: row for row in connection.execute(sa.select(feed.c.url, feed.c.removed))}
    added = []
    for subscription in wanted:
        row = known.get(subscription.url)
        if row is None:
            _insert(connection, subscription, "user", now)
        elif row.removed:
            values = {"origin": "user", "removed": False, "paused": False, "next_poll_at": now}
            connection.execute(sa.update(feed).where(feed.c.url == subscription.url).values(**values))
        if row is None or row.removed:
            added.append(subscription.url)
    return added


def remove(connection: sa.Connection, url: str) -> None:
    """Unsubscribe; the feed's stories stay. Raises UsageError where the file owns the feed."""
    row = _one(connection, url)
    if row.origin == "file":
        raise UsageError(f"{url} stands in the configuration: take it out there, or pause it here")
    connection.execute(sa.update(feed).where(feed.c.id == row.id).values(removed=True))


def pause(connection: sa.Connection, url: str, *, paused: bool, now: datetime) -> None:
    """Stop polling a feed, or go on with it at once."""
    row = _one(connection, url)
    if row.removed and not paused:
        raise UsageError(f"{url} left the configuration: put it back there to go on with it")
    values: dict[str, Any] = {"paused": paused} | ({} if paused else {"next_poll_at": now})
    connection.execute(sa.update(feed).where(feed.c.id == row.id).values(**values))


def poll_now(connection: sa.Connection, url: str, now: datetime) -> None:
    """Make a feed due at once. Raises UsageError where it is paused or unknown."""
    row = _one(connection, url)
    if row.paused or row.removed:
        raise UsageError(f"{url} is paused: go on with it to have it polled")
    connection.execute(sa.update(feed).where(feed.c.id == row.id).values(next_poll_at=now))


def address(connection: sa.Connection, feed_id: int) -> str:
    """Return the address of a feed by its id; raises UsageError where there is none."""
    found: str | None = connection.scalar(sa.select(feed.c.url).where(feed.c.id == feed_id))
    if found is None:
        raise UsageError("there is no such feed any more")
    return found


def _one(connection: sa.Connection, url: str) -> Any:
    row = connection.execute(sa.select(feed).where(feed.c.url == url)).one_or_none()
    if row is None or (row.removed and row.origin == "user"):
        raise UsageError(f"{url} is not subscribed to; `monitor feeds list` shows what is")
    return row


def every(connection: sa.Connection) -> tuple[int, ...]:
    """Return the rows of all feeds that are not paused, each host's first before any host's second."""
    rank = sa.func.row_number().over(partition_by=feed.c.host, order_by=feed.c.id)
    return tuple(connection.scalars(sa.select(feed.c.id).where(active).order_by(rank, feed.c.id)))


def named(connection: sa.Connection, urls: Iterable[str]) -> tuple[int, ...]:
    """Return the rows of the feeds with these addresses, paused too; raises UsageError for an unknown one."""
    return tuple(sorted({_one(connection, url).id for url in urls}))


def views(connection: sa.Connection) -> tuple[FeedView, ...]:
    """Return every subscription with its health; what left the file is shown paused."""
    rows = connection.execute(sa.select(feed).where(_shown).order_by(feed.c.folder, feed.c.title, feed.c.url))
    return tuple(map(_view, rows))


def neediest(connection: sa.Connection, limit: int, offset: int = 0) -> tuple[FeedView, ...]:
    """Return a page of subscriptions: failing ones first, then those never polled, paused ones last."""
    need = sa.case((~active, 3), (feed.c.failures > 0, 0), (feed.c.last_poll_at.is_(None), 1), else_=2)
    order = (need, feed.c.failures.desc(), sa.func.coalesce(feed.c.title, feed.c.url), feed.c.id)
    page = sa.select(feed).where(_shown).order_by(*order).limit(limit).offset(offset)
    return tuple(map(_view, connection.execute(page)))


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


def _view(row: Any) -> FeedView:
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
    )
