"""What a story says and has said: the copy it shows, its tags, and what readers have heard of it.

A digest knows by the ids of a story's tags who has been told it (outbox.untold). A merge or a split gives
stories other tags; it writes them anew, and notes the old ones as heard, so that nobody is told a thing
twice and nobody misses one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.store import ids
from monitor.store.corrections import heard
from monitor.store.dialect import insert, upsert
from monitor.store.schema import copy, story, tag, wording
from monitor.store.window import changed
from monitor.words import fold_words

Row = dict[str, Any]

_SAID = ("topic", "wording_id", "score", "evidence", "likeness", "back_applied", "by")


@dataclass(frozen=True, slots=True)
class Heard:
    """A tag that readers may have been told a story by, and the copy that the story showed then."""

    copy: int
    topic: str
    tag: int


def show(connection: sa.Connection, row: int) -> None:
    """Let a story show its first appearance, in its latest words, and let search find it by these."""
    columns = (copy.c.source_id, copy.c.wording_id, copy.c.url, copy.c.published, copy.c.first_seen)
    of_it = sa.select(copy.c.id, *columns).where(copy.c.story_id == row)
    first = dict(connection.execute(of_it.order_by(copy.c.id).limit(1)).mappings().one())
    copied = first.pop("id")
    at = first["published"] or first["first_seen"]
    connection.execute(sa.update(story).where(story.c.id == row).values(**first, at=at))
    changed(connection, stories=[row])
    _index(connection, copied)


def _index(connection: sa.Connection, copied: int) -> None:
    said = connection.execute(sa.select(wording).where(wording.c.copy_id == copied)).all()
    there = connection.info["indexed"](connection, [row.id for row in said])
    folded = [(row.id, fold_words(row.title, row.summary, row.text)) for row in said if row.id not in there]
    connection.info["index"](connection, folded)


def tags_of(connection: sa.Connection, rows: Collection[int]) -> list[Row]:
    """Return what the tags of stories say, a person's first, then the best.

    Of equal ones what may be news is first, then the older story's.
    """
    said = sa.select(*(tag.c[name] for name in _SAID))
    best = (tag.c.by == "", tag.c.score.desc(), tag.c.back_applied, tag.c.story_id, tag.c.topic)
    return [
        dict(row)
        for row in connection.execute(said.where(tag.c.story_id.in_(rows)).order_by(*best)).mappings()
    ]


def heard_of(connection: sa.Connection, rows: Collection[int]) -> set[Heard]:
    """Return by which tags readers may have been told these stories, now and before."""
    now = (
        sa.select(copy.c.id, tag.c.topic, tag.c.id.label("tag_id"))
        .select_from(tag.join(story, story.c.id == tag.c.story_id))
        .join(copy, copy.c.wording_id == story.c.wording_id)
        .where(story.c.id.in_(rows), story.c.news, ~tag.c.back_applied)
    )
    return {Heard(*row) for row in connection.execute(now)} | earlier_of(connection, rows)


def earlier_of(connection: sa.Connection, rows: Collection[int]) -> set[Heard]:
    """Return by which tags readers may have been told these stories before their last merge or split."""
    before = sa.select(heard.c.copy_id, heard.c.topic, heard.c.tag_id).where(heard.c.story_id.in_(rows))
    return {Heard(*row) for row in connection.execute(before)}


def forget(connection: sa.Connection, rows: Collection[int]) -> None:
    """Take all tags from stories, and what readers have heard of them, to write both anew."""
    connection.execute(sa.delete(tag).where(tag.c.story_id.in_(rows)))
    connection.execute(sa.delete(heard).where(heard.c.story_id.in_(rows)))


def remember(connection: sa.Connection, row: int, told: Iterable[Heard]) -> None:
    """Note what readers have heard of a story."""
    rows = [{"story_id": row, "copy_id": one.copy, "topic": one.topic, "tag_id": one.tag} for one in told]
    upsert(connection, heard, rows)


def keep_heard(connection: sa.Connection, topic: str, rows: Collection[int]) -> None:
    """Note what readers may have heard of stories by a topic's tag, before it is taken from them."""
    columns = (
        story.c.id.label("story_id"),
        copy.c.id.label("copy_id"),
        tag.c.topic,
        tag.c.id.label("tag_id"),
    )
    found = (
        sa.select(*columns)
        .select_from(tag.join(story, story.c.id == tag.c.story_id))
        .join(copy, copy.c.wording_id == story.c.wording_id)
        .where(tag.c.topic == topic, story.c.id.in_(rows), story.c.news, ~tag.c.back_applied)
    )
    upsert(connection, heard, [dict(row) for row in connection.execute(found).mappings()])


def retag(connection: sa.Connection, row: int, tags: Sequence[Row], at: datetime) -> None:
    """Write a story's tags, as tags_of says them, under fresh ids."""
    fresh = ids.allocate(connection, len(tags))
    own = [{"id": one, "story_id": row, "tagged_at": at} for one in fresh]
    insert(connection, tag, [given | named for given, named in zip(tags, own, strict=True)])
