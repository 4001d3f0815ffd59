"""How the subscriptions are: each in a word, counted, the worst first, and what happened to them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, get_args

import sqlalchemy as sa

from monitor.model.fetching import Reason
from monitor.model.polls import Push
from monitor.model.views import FeedHealth, FeedView, IncidentView, Trouble
from monitor.store import websub
from monitor.store.columns import seconds
from monitor.store.schema import active, feed, incident

TROUBLES: tuple[Trouble, ...] = get_args(Trouble)

_shown = sa.or_(feed.c.origin == "file", ~feed.c.removed)


def views(connection: sa.Connection) -> tuple[FeedView, ...]:
    """Return every subscription with its last poll; what left the file is shown paused."""
    rows = connection.execute(sa.select(feed).where(_shown).order_by(feed.c.folder, feed.c.title, feed.c.url))
    pushes = websub.every(connection)
    return tuple(_view(row, pushes.get(row.id)) for row in rows)


def _trouble(now: datetime) -> sa.ColumnElement[int]:
    """Return what is wrong with a feed, as a place in TROUBLES; of several the worst."""
    conditions: dict[Trouble, sa.ColumnElement[bool]] = {
        "paused": ~active,
        "gone": sa.and_(feed.c.failures > 0, feed.c.reason == Reason.GONE),
        "certificate": sa.and_(feed.c.broken, feed.c.reason == Reason.CERTIFICATE),
        "html": sa.and_(feed.c.broken, feed.c.reason == Reason.NOT_A_FEED),
        "broken": feed.c.broken,
        "duplicate": feed.c.duplicate_of.is_not(None),
        "gap": feed.c.rare_until > now,
        "stale": feed.c.stale_at <= now,
        "moved": sa.and_(feed.c.address.is_not(None), feed.c.origin == "file"),
        "failing": feed.c.failures > 0,
        "new": feed.c.polls == 0,
    }
    cases = ((condition, TROUBLES.index(trouble)) for trouble, condition in conditions.items())
    return sa.case(*cases, else_=TROUBLES.index("ok"))


def neediest(
    connection: sa.Connection,
    now: datetime,
    limit: int | None = None,
    offset: int = 0,
    *,
    kinds: Collection[Trouble] = TROUBLES,
) -> tuple[FeedHealth, ...]:
    """Return subscriptions in these kinds of trouble, the worst and longest first."""
    trouble = _trouble(now).label("trouble")
    other = feed.alias("other")
    page = (
        sa.select(feed.c.id, trouble)
        .where(_shown, trouble.in_([TROUBLES.index(kind) for kind in kinds]))
        .order_by(trouble, feed.c.failures.desc(), sa.func.coalesce(feed.c.title, feed.c.url), feed.c.id)
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    whole = (
        sa.select(feed, page.c.trouble, other.c.url.label("other_url"))
        .join(page, page.c.id == feed.c.id)
        .outerjoin(other, other.c.id == feed.c.duplicate_of)
        .order_by(
            page.c.trouble, feed.c.failures.desc(), sa.func.coalesce(feed.c.title, feed.c.url), feed.c.id
        )
    )
    rows = connection.execute(whole).all()
    pushes = websub.every(connection, [row.id for row in rows if row.has_hub])
    return tuple(_health(row, pushes.get(row.id)) for row in rows)


def states(connection: sa.Connection, now: datetime) -> Mapping[str, int]:
    """Count the subscriptions in each kind of trouble, and the well ones; and, of all, those due."""
    trouble = _trouble(now).label("trouble")
    due = sa.func.count().filter(active, feed.c.next_poll_at <= now)
    found = connection.execute(
        sa.select(trouble, sa.func.count(), due).select_from(feed).where(_shown).group_by(trouble)
    ).all()
    counts = {TROUBLES[place]: count for place, count, _ in found}
    return {kind: counts.get(kind, 0) for kind in TROUBLES} | {"due": sum(row[2] for row in found)}


def _health(row: Any, push: Push | None) -> FeedHealth:
    trouble = TROUBLES[row.trouble]
    since = {"gap": row.last_gap_at, "stale": row.last_new_at, "duplicate": row.moved_since}
    return FeedHealth(
        feed=_view(row, push),
        trouble=trouble,
        since=since.get(trouble, row.failing_since),
        address=row.address,
        duplicate_of=row.other_url,
        gaps=row.gaps,
        last_new_at=row.last_new_at,
        mean_gap=seconds(row.mean_gap_seconds),
    )


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


def incidents(connection: sa.Connection, *, after: int = 0) -> tuple[IncidentView, ...]:
    """Return what happened to feeds since the incident with this id, in the order in which it happened."""
    rows = connection.execute(
        sa.select(incident, feed.c.url, feed.c.title)
        .join(feed, feed.c.id == incident.c.feed_id)
        .where(incident.c.id > after)
        .order_by(incident.c.id)
    )
    return tuple(IncidentView(row.id, row.url, row.title, row.kind, row.at, row.detail) for row in rows)


def totals(connection: sa.Connection) -> Mapping[str, int]:
    """Count the incidents on record by their kind."""
    rows = connection.execute(sa.select(incident.c.kind, sa.func.count()).group_by(incident.c.kind))
    return {row[0]: row[1] for row in rows}


def gaps(connection: sa.Connection) -> int:
    """Count the polls that found no known item, of all feeds."""
    return connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(feed.c.gaps), 0))) or 0
