"""Ids that moved: where the id of what was merged away leads now, for stories and events alike."""

from collections.abc import Collection, Mapping

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


def move(connection: sa.Connection, gone: Mapping[int, int | None], into: int) -> None:
    """Let the ids of what was merged away, and all that led there, lead to what it was merged into.

    gone are the ids, each with the copy that it showed, where it is a story's.
    """
    connection.execute(sa.update(moved).where(moved.c.now_id.in_(list(gone))).values(now_id=into))
    rows = [{"id": row, "now_id": into, "copy_id": shown} for row, shown in gone.items()]
    upsert(connection, moved, rows, update=["now_id", "copy_id"])


def move_events(connection: sa.Connection, gone: Mapping[int, int]) -> None:
    """Let the ids of events that were merged away, and all that led there, lead to where each one went."""
    led = sa.update(moved).where(moved.c.now_id == sa.bindparam("old"))
    rows = [{"old": row, "into": now} for row, now in gone.items()]
    connection.execute(led.values(now_id=sa.bindparam("into")), rows)
    upsert(
        connection,
        moved,
        [{"id": row, "now_id": now, "copy_id": None} for row, now in gone.items()],
        update=["now_id", "copy_id"],
    )


def follow(connection: sa.Connection, row: int, copies: Collection[int], to: int) -> None:
    """Let the ids that came to a story with these copies go with them to another."""
    leaving = sa.update(moved).where(moved.c.now_id == row, moved.c.copy_id.in_(copies))
    connection.execute(leaving.values(now_id=to))
