"""Subscriptions and their polls. What the file declares, the file owns; what a person adds, we own."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.model import Job, Subscription, Validators
from monitor.store import history, ids, sources
from monitor.store.health import states, views
from monitor.store.schema import feed
from monitor.store.settling import excuse, settle

__all__ = [
    "LEASE",
    "OF_ONE_HOST",
    "SKEW",
    "add",
    "address",
    "declare",
    "excuse",
    "lease_all",
    "lease_due",
    "lease_named",
    "pause",
    "poll_now",
    "release",
    "release_all",
    "remove",
    "settle",
    "states",
    "views",
]

LEASE = timedelta(minutes=10)
"""How long a feed that was handed out is nobody else's, should nobody give it back."""

SKEW = timedelta(minutes=5)
"""How far the clocks of two machines on one store may be apart."""

OF_ONE_HOST = 20
"""How many feeds of one host may be handed out at a time to somebody who takes what there is room for."""

_active = sa.and_(~feed.c.paused, ~feed.c.removed)


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


def lease_due(connection: sa.Connection, now: datetime, limit: int | None = None) -> tuple[Job, ...]:
    """Hand out the feeds that are due and nobody's, each host's first before any host's second.

    With a limit, what is handed out already counts for its host, so that no host takes up all the room.
    """
    leased = sa.case((_leased(now), 0), else_=1)
    rank = sa.func.row_number().over(partition_by=feed.c.host, order_by=[leased, feed.c.next_poll_at])
    ranked = (
        sa.select(feed.c.id, leased.label("free"), rank.label("rank"))
        .where(_active, sa.or_(_due(now), _leased(now)))
        .subquery()
    )
    wanted = sa.select(feed).join(ranked, ranked.c.id == feed.c.id).where(ranked.c.free == 1)
    if limit is not None:
        wanted = wanted.where(ranked.c.rank <= OF_ONE_HOST).limit(limit)
    return _lease(connection, wanted.order_by(ranked.c.rank, feed.c.next_poll_at), now)


def _leased(now: datetime) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(feed.c.leased_until.between(now, now + LEASE + SKEW), sa.false())


def _due(now: datetime) -> sa.ColumnElement[bool]:
    """Tell what is due; also what was polled in the future, by a clock that has been set back since."""
    return sa.or_(feed.c.next_poll_at <= now, feed.c.last_poll_at > now + SKEW)


def lease_all(connection: sa.Connection, now: datetime) -> tuple[Job, ...]:
    """Hand out every feed that is not paused, due or not."""
    return _lease(connection, sa.select(feed).where(_active).order_by(feed.c.id), now)


def lease_named(connection: sa.Connection, urls: Iterable[str], now: datetime) -> tuple[Job, ...]:
    """Hand out the feeds with these addresses, paused or not; raises UsageError for an unknown one."""
    rows = [_one(connection, url).id for url in urls]
    return _lease(connection, sa.select(feed).where(feed.c.id.in_(rows)).order_by(feed.c.id), now)


def _lease(connection: sa.Connection, wanted: sa.Select[Any], now: datetime) -> tuple[Job, ...]:
    rows = connection.execute(wanted).all()
    leases = [{"row": row.id, "until": now + LEASE} for row in rows]
    if leases:
        lease = sa.update(feed).where(feed.c.id == sa.bindparam("row"))
        connection.execute(lease.values(leased_until=sa.bindparam("until")), leases)
    return tuple(_job(row, now + LEASE) for row in rows)


def _job(row: Any, until: datetime) -> Job:
    return Job(
        feed_id=row.id,
        source_id=row.source_id,
        url=row.url,
        validators=Validators(row.etag, row.last_modified),
        body_hash=row.body_hash,
        polls=row.polls,
        entries=row.entries,
        failures=row.failures,
        every=_seconds(row.every_seconds),
        interval=_seconds(row.interval_seconds),
        leased_until=until,
        address=row.address,
        history=history.of(row),
    )


def _seconds(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def release(connection: sa.Connection, jobs: Sequence[Job]) -> None:
    """Give back feeds that were handed out and not polled after all."""
    held = sa.update(feed).where(
        feed.c.id == sa.bindparam("row"), feed.c.leased_until == sa.bindparam("until")
    )
    if jobs:
        leases = [{"row": job.feed_id, "until": job.leased_until} for job in jobs]
        connection.execute(held.values(leased_until=None), leases)


def release_all(connection: sa.Connection) -> None:
    """Give back every feed: whoever had them is dead, or will merely poll one that is polled twice."""
    connection.execute(sa.update(feed).where(feed.c.leased_until.is_not(None)).values(leased_until=None))
