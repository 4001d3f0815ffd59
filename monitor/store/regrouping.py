"""Events that a person puts right: merged, split, pinned."""

from collections.abc import Collection

import sqlalchemy as sa

from monitor.model.stories import Cause
from monitor.store import ids, rulings
from monitor.store.dialect import insert
from monitor.store.grouping import event, membership
from monitor.store.housing import drop, recount
from monitor.store.merging import record
from monitor.store.schema import story
from monitor.store.window import changed, rearranged


def merge(connection: sa.Connection, rows: Collection[int], cause: Cause) -> int:
    """Merge two or more events into the oldest of them, the one with the lowest id; return it."""
    into, *gone = sorted(rows)
    connection.execute(sa.update(story).where(story.c.event_id.in_(gone)).values(event_id=into))
    drop(connection, gone, into)
    rearranged(connection)
    for one in gone:
        record(connection, "merge", into, one, cause)
    recount(connection, [into], cause.at)
    return into


def split(connection: sa.Connection, row: int, off: Collection[int], cause: Cause) -> int:
    """Make some stories of an event, not all, an event of their own; return it."""
    (fresh,) = ids.allocate(connection, 1)
    born = {"id": fresh, "headline_id": min(off), "stories": len(off), "checked": len(off)}
    insert(connection, event, [born | {"pinned": False, "changed_at": cause.at}])
    connection.execute(sa.update(story).where(story.c.id.in_(off)).values(event_id=fresh))
    connection.execute(
        sa.update(membership)
        .where(membership.c.story_id.in_(off))
        .values(score=1.0, shared=[], joined_at=cause.at)
    )
    rearranged(connection)
    record(connection, "split", row, fresh, cause)
    recount(connection, [row, fresh], cause.at)
    return fresh


def pin(connection: sa.Connection, row: int, cause: Cause) -> None:
    """Let an event keep its stories and its id; a later word replaces an earlier one."""
    said = rulings.Said("event", cause.at, cause.who, cause.evidence)
    rulings.rule(connection, "pinned", [(row, row)], said)
    connection.execute(sa.update(event).where(event.c.id == row).values(pinned=True))
    changed(connection, events=[row])


def unpin(connection: sa.Connection, row: int) -> None:
    """Take a pin back."""
    rulings.withdraw(connection, "event", "pinned", [row], [row])
    connection.execute(sa.update(event).where(event.c.id == row).values(pinned=False))
    changed(connection, events=[row])


def speak(connection: sa.Connection, row: int, headline: int) -> None:
    """Let a story speak for an event."""
    connection.execute(sa.update(event).where(event.c.id == row).values(headline_id=headline))
    changed(connection, events=[row])
