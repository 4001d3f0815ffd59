"""How much of the archive is wanted: when it is from, and which sources have it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.store.asked import Asked
from monitor.store.schema import source, story
from monitor.store.scope import of_all


def times(connection: sa.Connection, asked: Asked, since: datetime) -> list[datetime]:
    """Return when the matching stories from a time on are from."""
    found = _select(connection, asked, story.c.at)
    return list(connection.scalars(found.where(story.c.at >= since)))


def sources(connection: sa.Connection, asked: Asked) -> list[tuple[str, int]]:
    """Return the sources of the matching stories with how many each has, the one with most first."""
    many = sa.func.count()
    found = _select(connection, asked, story.c.source_id, many.label("many")).group_by(story.c.source_id)
    counted = found.subquery()
    named = sa.select(sa.func.coalesce(source.c.title, source.c.name), counted.c.many).join(
        counted, counted.c.source_id == source.c.id
    )
    rows = connection.execute(named.order_by(counted.c.many.desc(), source.c.id))
    return [(row[0], row[1]) for row in rows]


def rows(connection: sa.Connection, asked: Asked, after: datetime | None = None) -> list[int]:
    """Return the matching stories, the newest first; after bounds first_seen."""
    found = _select(connection, asked, story.c.id).order_by(story.c.at.desc(), story.c.id.desc())
    return list(connection.scalars(found if after is None else found.where(story.c.first_seen >= after)))


def newest_first(connection: sa.Connection) -> Sequence[int]:
    """Return every story but seeds, the newest first."""
    found = sa.select(story.c.id).where(~story.c.seed)
    return connection.scalars(found.order_by(story.c.at.desc(), story.c.id.desc())).all()


def _select(connection: sa.Connection, asked: Asked, *columns: Any) -> sa.Select[Any]:
    return sa.select(*columns).where(asked.condition(of_all(connection)), ~story.c.seed)
