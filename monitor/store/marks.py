"""Marks: a person's word that a story is on a topic or off it, which no machine overrules."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from monitor.model.topics import Mark
from monitor.store import ids
from monitor.store.dialect import given, upsert
from monitor.store.schema import state
from monitor.store.tracking import mark

_VERSION = "taught"


def put(connection: sa.Connection, said: Mark) -> None:
    """Keep a person's word; a later one replaces an earlier one."""
    row = {"topic": said.topic, "story_id": said.story_id, "on": said.on, "at": said.at, "who": said.who}
    upsert(connection, mark, [row], update=["on", "at", "who"])
    taught(connection)


def withdraw(connection: sa.Connection, topic: str, story: int) -> Mark | None:
    """Take a person's word back; return what it was, or None where there was none."""
    here = (mark.c.topic == topic, mark.c.story_id == story)
    row = connection.execute(sa.select(mark).where(*here)).one_or_none()
    if row is None:
        return None
    connection.execute(sa.delete(mark).where(*here))
    taught(connection)
    return Mark(*row)


def of_topic(connection: sa.Connection, topic: str) -> tuple[Mark, ...]:
    """Return the marks of a topic, the oldest first."""
    rows = sa.select(mark).where(mark.c.topic == topic).order_by(mark.c.at, mark.c.story_id)
    return tuple(Mark(*row) for row in connection.execute(rows))


def of_story(connection: sa.Connection, story: int) -> tuple[Mark, ...]:
    """Return the marks of a story, by topic."""
    rows = sa.select(mark).where(mark.c.story_id == story).order_by(mark.c.topic)
    return tuple(Mark(*row) for row in connection.execute(rows))


def off(connection: sa.Connection, pairs: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return which of these topics and stories a person has taken apart."""
    if not pairs:
        return set()
    asked = given(connection, sorted(pairs), sa.Text, sa.BigInteger)
    topic, story = asked.columns
    joined = asked.table.join(mark, sa.and_(mark.c.topic == topic, mark.c.story_id == story))
    rows = sa.select(mark.c.topic, mark.c.story_id).select_from(joined).where(~mark.c.on)
    return {(row[0], row[1]) for row in connection.execute(rows, asked.values)}


def version(connection: sa.Connection) -> str:
    """Return what changes with every mark and seed, by which every process sees that one came."""
    return connection.scalar(sa.select(state.c.value).where(state.c.name == _VERSION)) or ""


def taught(connection: sa.Connection) -> None:
    """Note that what profiles of topics are made of has changed: a mark, or a seed."""
    (number,) = ids.allocate(connection, 1)
    upsert(connection, state, [{"name": _VERSION, "value": str(number)}], update=["value"])


def follow(connection: sa.Connection, gone: Sequence[int], into: int) -> None:
    """Let the marks of stories that were merged be those of the one they are now; the last word counts."""
    found = sa.select(mark).where(mark.c.story_id.in_([*gone, into])).order_by(mark.c.at)
    rows = {row["topic"]: {**row, "story_id": into} for row in connection.execute(found).mappings()}
    connection.execute(sa.delete(mark).where(mark.c.story_id.in_(gone)))
    if rows:
        upsert(connection, mark, list(rows.values()), update=["on", "at", "who"])
        taught(connection)
