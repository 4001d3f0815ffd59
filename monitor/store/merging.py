"""Stories that turn out to be one: everything of theirs goes to the oldest, whose id stays."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.model.stories import Cause
from monitor.store import housing, ids, marks, moves, speaking, tags
from monitor.store.corrections import change
from monitor.store.dialect import insert, upsert
from monitor.store.schema import article, copy, story, story_key


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge came to: the story that stays, its time, the copy that it shows, the ids that are gone.

    dated tells whether the time is that of its publication.
    """

    into: int
    at: datetime
    dated: bool
    shown: int
    gone: tuple[int, ...]


def merge(connection: sa.Connection, rows: Collection[int], cause: Cause) -> Merged:
    """Merge two or more stories into the oldest of them, the one with the lowest id."""
    into, *gone = sorted(rows)
    shown, homes = _shown(connection, rows), housing.homes(connection, rows)
    told = speaking.heard_of(connection, rows)
    best = {one["topic"]: one for one in reversed(speaking.tags_of(connection, rows))}
    speaking.forget(connection, rows)
    _move_keys(connection, gone, into)
    _move_copies(connection, shown.values(), gone, into, cause)
    _keep_article(connection, into, gone)
    news = connection.scalar(sa.select(sa.func.count()).where(story.c.id.in_(rows), story.c.news))
    connection.execute(sa.update(story).where(story.c.id == into).values(news=bool(news)))
    connection.execute(sa.delete(story).where(story.c.id.in_(gone)))
    housing.merged(connection, into, homes, cause.at)
    speaking.remember(connection, into, told)
    marks.follow(connection, gone, into)
    off = marks.off(connection, {(topic, into) for topic in best})
    kept = [one for topic, one in best.items() if (topic, into) not in off]
    speaking.retag(connection, into, kept, cause.at)
    tags.follow(connection, gone, into)
    speaking.show(connection, into)
    moves.move(connection, {row: shown[row] for row in gone}, into)
    for one in gone:
        record(connection, "merge", into, one, cause)
    now = connection.execute(sa.select(story.c.at, story.c.published).where(story.c.id == into)).one()
    return Merged(into, now.at, now.published is not None, min(shown.values()), tuple(gone))


def record(connection: sa.Connection, kind: str, kept: int, other: int, cause: Cause) -> None:
    """Note that one story was merged into another, or split off it, and why."""
    (row,) = ids.allocate(connection, 1)
    said = {"rule": cause.rule, "evidence": cause.evidence, "at": cause.at, "who": cause.who}
    values = {"id": row, "kind": kind, "kept_id": kept, "other_id": other, "copy_id": cause.copy} | said
    connection.execute(sa.insert(change).values(**values))


def _shown(connection: sa.Connection, rows: Collection[int]) -> dict[int, int]:
    """Return the copy that each of these stories shows."""
    joined = story.join(copy, copy.c.wording_id == story.c.wording_id)
    found = sa.select(story.c.id, copy.c.id.label("copy_id")).select_from(joined)
    return {row.id: row.copy_id for row in connection.execute(found.where(story.c.id.in_(rows)))}


def _move_keys(connection: sa.Connection, gone: Sequence[int], into: int) -> None:
    keys = connection.scalars(sa.select(story_key.c.key).where(story_key.c.story_id.in_(gone)).distinct())
    upsert(connection, story_key, [{"key": key, "story_id": into} for key in keys])
    connection.execute(sa.delete(story_key).where(story_key.c.story_id.in_(gone)))


def _move_copies(
    connection: sa.Connection, shown: Collection[int], gone: Sequence[int], into: int, cause: Cause
) -> None:
    """Move the copies; those that were shown and are no more say what made them copies."""
    connection.execute(sa.update(copy).where(copy.c.story_id.in_(gone)).values(story_id=into))
    silent = [one for one in shown if one != min(shown)]
    connection.execute(
        sa.update(copy)
        .where(copy.c.id.in_(silent))
        .values(rule=cause.rule, score=1.0, evidence=": ".join(filter(None, (cause.who, cause.evidence))))
    )


def _keep_article(connection: sa.Connection, into: int, gone: Sequence[int]) -> None:
    """Keep one page: one that was read rather than none, and the older story's of several."""
    found = (
        connection.execute(sa.select(article).where(article.c.story_id.in_([into, *gone]))).mappings().all()
    )
    kept = min(found, key=lambda row: (row["status"] != "read", row["story_id"]), default=None)
    if kept is not None and (kept["story_id"] != into or len(found) > 1):
        connection.execute(sa.delete(article).where(article.c.story_id.in_([into, *gone])))
        insert(connection, article, [{**kept, "story_id": into}])
