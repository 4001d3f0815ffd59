"""Polls of subscriptions: who has which feed when, what came of it, and how the feeds are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.model import FeedView, Job, ParsedFeed, PollState, Validators
from monitor.store.schema import feed, source
from monitor.store.subscriptions import options_of, row_of

LEASE = timedelta(minutes=10)
"""How long a feed that was handed out is nobody else's, should nobody give it back."""

OF_ONE_HOST = 20
"""How many feeds of one host may be handed out at a time to somebody who takes what there is room for."""

_active = sa.and_(~feed.c.paused, ~feed.c.removed)
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


def lease_due(connection: sa.Connection, now: datetime, limit: int | None = None) -> tuple[Job, ...]:
    """Hand out the feeds that are due and nobody's, each host's first before any host's second.

    With a limit, what is handed out already counts for its host, so that no host takes up all the room.
    """
    leased = sa.case((_leased(now), 0), else_=1)
    rank = sa.func.row_number().over(partition_by=feed.c.host, order_by=[leased, feed.c.next_poll_at])
    ranked = (
        sa.select(feed.c.id, leased.label("free"), rank.label("rank"))
        .where(_active, sa.or_(feed.c.next_poll_at <= now, _leased(now)))
        .subquery()
    )
    wanted = sa.select(feed).join(ranked, ranked.c.id == feed.c.id).where(ranked.c.free == 1)
    if limit is not None:
        wanted = wanted.where(ranked.c.rank <= OF_ONE_HOST).limit(limit)
    return _lease(connection, wanted.order_by(ranked.c.rank, feed.c.next_poll_at), now)


def _leased(now: datetime) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(feed.c.leased_until >= now, sa.false())


def lease_all(connection: sa.Connection, now: datetime) -> tuple[Job, ...]:
    """Hand out every feed that is not paused, due or not."""
    return _lease(connection, sa.select(feed).where(_active).order_by(feed.c.id), now)


def lease_named(connection: sa.Connection, urls: Iterable[str], now: datetime) -> tuple[Job, ...]:
    """Hand out the feeds with these addresses, paused or not; raises UsageError for an unknown one."""
    rows = [row_of(connection, url).id for url in urls]
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
        options=options_of(row.options),
    )


def _seconds(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def settle(
    connection: sa.Connection, job: Job, state: PollState, parsed: ParsedFeed | None, now: datetime
) -> None:
    """Write what a poll came to on its feed's row, in the transaction that writes its stories."""
    values: dict[str, Any] = {
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
    }
    if state.error is None:
        values |= {"last_success_at": now, "polls": feed.c.polls + 1}
    if parsed:
        values["entries"] = len(parsed.entries)
    connection.execute(sa.update(feed).where(feed.c.id == job.feed_id).values(**values))
    if parsed and job.polls == 0:
        _describe(connection, job, parsed)


def _describe(connection: sa.Connection, job: Job, parsed: ParsedFeed) -> None:
    """Keep what a feed says of itself, where nobody named it otherwise."""
    title = sa.func.coalesce(feed.c.title, parsed.title)
    connection.execute(sa.update(feed).where(feed.c.id == job.feed_id).values(title=title, site=parsed.site))
    named = sa.select(feed.c.title).where(feed.c.id == job.feed_id).scalar_subquery()
    connection.execute(sa.update(source).where(source.c.id == job.source_id).values(title=named))


def views(connection: sa.Connection) -> tuple[FeedView, ...]:
    """Return every subscription with its health; what left the file is shown paused."""
    rows = connection.execute(sa.select(feed).where(_shown).order_by(feed.c.folder, feed.c.title, feed.c.url))
    return tuple(map(_view, rows))


def neediest(connection: sa.Connection, limit: int, offset: int = 0) -> tuple[FeedView, ...]:
    """Return a page of subscriptions: failing ones first, then those never polled, paused ones last."""
    need = sa.case((~_active, 3), (feed.c.failures > 0, 0), (feed.c.last_poll_at.is_(None), 1), else_=2)
    order = (need, feed.c.failures.desc(), sa.func.coalesce(feed.c.title, feed.c.url), feed.c.id)
    page = sa.select(feed).where(_shown).order_by(*order).limit(limit).offset(offset)
    return tuple(map(_view, connection.execute(page)))


def states(connection: sa.Connection, now: datetime) -> Mapping[str, int]:
    """Count the subscriptions that are ok, failing, never polled and paused; and, of all, those due."""
    good = sa.and_(_active, feed.c.failures == 0)
    counted = {
        "ok": sa.and_(good, feed.c.last_poll_at.is_not(None)),
        "failing": sa.and_(_active, feed.c.failures > 0),
        "new": sa.and_(good, feed.c.last_poll_at.is_(None)),
        "paused": ~_active,
        "due": sa.and_(_active, feed.c.next_poll_at <= now),
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
        every=_seconds(row.every_seconds),
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
