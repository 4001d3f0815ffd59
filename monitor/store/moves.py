"""Ids that moved: where the id of what was merged away leads now, for stories and events alike."""

from collections.abc import Iterable

import sqlalchemy as sa

from monitor.store.corrections import moved
from monitor.store.dialect import upsert


def now(connection: sa.Connection, row: int) -> int:
    """Return the row that an id leads to: its own, unless it was merged away."""
    found: int | None = connection.scalar(sa.select(moved.c.now_id).where(moved.c.id == row))
    return row if found is None else found


def former(connection: sa.Connection, row: int) -> list[int]:
    """Return the ids of what was merged away and leads to a row now."""
    return list(connection.scalars(sa.select(moved.c.id).where(moved.c.now_id == row)))


def move(connection: sa.Connection, gone: Iterable[int], into: int) -> None:
    """Let the ids of what was merged away, and all that led there, lead to what it was merged into."""
    gone = list(gone)
    connection.execute(sa.update(moved).where(moved.c.now_id.in_(gone)).values(now_id=into))
    upsert(connection, moved, [{"id": row, "now_id": into} for row in gone], update=["now_id"])
