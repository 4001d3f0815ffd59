"""Feeds handed out to be polled, and what their polls left, written with the stories they brought."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.model.fetching import Job, Validators
from monitor.store import history
from monitor.store.columns import Utc, seconds
from monitor.store.dialect import given
from monitor.store.feeds import every, named
from monitor.store.schema import active, document, feed
from monitor.store.subscriptions import options_of

LEASE = timedelta(minutes=10)
"""How long a feed that was handed out is nobody else's, should nobody give it back."""

SKEW = timedelta(minutes=5)
"""How far the clocks of two machines on one store may be apart."""

OF_ONE_HOST = 20
"""How many feeds of one host may be handed out at a time to somebody who takes what there is room for."""


def lease_due(
    connection: sa.Connection, now: datetime, limit: int | None = None, due: datetime | None = None
) -> tuple[Job, ...]:
    """Hand out the feeds that are due (by now, or by an earlier moment) and nobody's, fairly over hosts.

    Each host's first comes before any host's second. With a limit, what is handed out already counts for
    its host, so that no host takes up all the room.
    """
    leased = sa.case((_leased(now), 0), else_=1)
    rank = sa.func.row_number().over(partition_by=feed.c.host, order_by=[leased, feed.c.next_poll_at])
    ranked = (
        sa.select(feed.c.id, leased.label("free"), rank.label("rank"))
        .where(active, sa.or_(_due(due or now), _leased(now)))
        .subquery()
    )
    wanted = sa.select(ranked.c.id).join(feed, ranked.c.id == feed.c.id).where(ranked.c.free == 1)
    if limit is not None:
        wanted = wanted.where(ranked.c.rank <= OF_ONE_HOST).limit(limit)
    rows = connection.scalars(wanted.order_by(ranked.c.rank, feed.c.next_poll_at)).all()
    return lease(connection, rows, now)


def _leased(now: datetime) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(feed.c.leased_until.between(now, now + LEASE + SKEW), sa.false())


def lease(connection: sa.Connection, rows: Sequence[int], now: datetime) -> tuple[Job, ...]:
    """Hand out feeds by their rows, in this order."""
    if not rows:
        return ()
    until = now + LEASE
    connection.execute(_take, [{"feed_row": row, "until": until} for row in rows])
    asked = given(connection, [(row,) for row in rows], sa.BigInteger)
    joined = asked.table.join(feed, feed.c.id == asked.columns[0]).outerjoin(
        document, document.c.feed_id == feed.c.id
    )
    found = connection.execute(sa.select(feed, document.c.record).select_from(joined), asked.values)
    jobs = {row.id: _job(row, until) for row in found}
    return tuple(jobs[row] for row in rows if row in jobs)


def _due(now: datetime) -> sa.ColumnElement[bool]:
    """Tell what is due; also what was polled in the future, by a clock that has been set back since."""
    return sa.or_(feed.c.next_poll_at <= now, feed.c.last_poll_at > now + SKEW)


def lease_all(connection: sa.Connection, now: datetime) -> tuple[Job, ...]:
    """Hand out every feed that is not paused, due or not."""
    return lease(connection, every(connection), now)


def lease_named(connection: sa.Connection, urls: Iterable[str], now: datetime) -> tuple[Job, ...]:
    """Hand out the feeds with these addresses, paused or not; raises UsageError for an unknown one."""
    return lease(connection, named(connection, urls), now)


_take = (
    sa.update(feed)
    .where(feed.c.id == sa.bindparam("feed_row"))
    .values(leased_until=sa.bindparam("until", type_=Utc))
)


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
        every=seconds(row.every_seconds),
        interval=seconds(row.interval_seconds),
        leased_until=until,
        record=row.record,
        has_hub=row.has_hub,
        options=options_of(row.options),
        address=row.address,
        history=history.of(row),
    )


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
