"""Subscriptions one by one: which are polled at all, by row, by address, and at once."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.store.health import states, views
from monitor.store.schema import active, feed
from monitor.store.subscriptions import row_of

__all__ = ["address", "every", "named", "poll_now", "states", "views"]


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
