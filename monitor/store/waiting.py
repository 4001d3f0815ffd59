"""What waits for events: tags that hang on how many outlets carry a story's event, or the like."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from monitor.model.topics import Span, Tag
from monitor.store import marks
from monitor.store.dialect import given, upsert
from monitor.store.schema import story
from monitor.store.tags import pending_row
from monitor.store.tracking import pending


@dataclass(frozen=True, slots=True)
class Hanging:
    """What will be a tag of a story, in that wording, once the tag's rest holds; event is the story's."""

    story: int
    wording: int
    event: int | None
    tag: Tag


def around(connection: sa.Connection, rows: Collection[int]) -> list[Hanging]:
    """Return what waits in the events of these stories."""
    if not rows:
        return []
    asked = given(connection, [(row,) for row in sorted(rows)], sa.BigInteger)
    known = story.alias()
    joined = (
        asked.table.join(known, known.c.id == asked.columns[0])
        .join(story, story.c.event_id == known.c.event_id)
        .join(pending, pending.c.story_id == story.c.id)
    )
    found = sa.select(pending, story.c.event_id).select_from(joined)
    ordered = found.order_by(pending.c.story_id, pending.c.topic)
    return list(dict.fromkeys(map(_hanging, connection.execute(ordered, asked.values))))


def of_stories(connection: sa.Connection, rows: Collection[int]) -> list[Hanging]:
    """Return what waits of these stories."""
    joined = pending.join(story, story.c.id == pending.c.story_id)
    found = sa.select(pending, story.c.event_id).select_from(joined).where(pending.c.story_id.in_(rows))
    return list(map(_hanging, connection.execute(found.order_by(pending.c.topic))))


def put(connection: sa.Connection, hanging: Collection[Hanging]) -> None:
    """Let what hangs on events wait for them."""
    off = marks.off(connection, {(one.tag.topic, one.story) for one in hanging})
    rows = [
        pending_row(one.story, one.wording, one.tag)
        for one in hanging
        if (one.tag.topic, one.story) not in off
    ]
    upsert(connection, pending, rows, update=["wording_id", "score", "evidence", "rest"])


def _hanging(row: Any) -> Hanging:
    evidence = tuple(Span(**span) for span in row.evidence)
    return Hanging(
        row.story_id, row.wording_id, row.event_id, Tag(row.topic, row.score, evidence, rest=row.rest)
    )


def clear(connection: sa.Connection, topic: str, rows: Collection[int]) -> None:
    """Forget what waits of a topic in these stories."""
    here = (pending.c.topic == topic, pending.c.story_id.in_(rows))
    connection.execute(sa.delete(pending).where(*here))


def drop(connection: sa.Connection, hanging: Collection[Hanging]) -> None:
    """Forget what has become a tag, or can become none."""
    for one in hanging:
        here = (pending.c.story_id == one.story, pending.c.topic == one.tag.topic)
        connection.execute(sa.delete(pending).where(*here))
