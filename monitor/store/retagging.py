"""How far topics are applied to the archive, and what a page of it bears."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from monitor.model.entries import Words
from monitor.store.asked import Asked
from monitor.store.dialect import given
from monitor.store.schema import copy, source, story, tag, topic, wording
from monitor.store.scope import of_page
from monitor.store.tracking import mark, pending


@dataclass(frozen=True, slots=True)
class Applied:
    """By which definition the archive was last tagged, and by which it is being tagged, up to which story."""

    applied: str | None = None
    applying: str | None = None
    reached: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A run of stories: after one, up to another."""

    after: int
    upto: int

    def holds(self, column: sa.Column[int]) -> sa.ColumnElement[bool]:
        """Return the condition that a story is in it."""
        return sa.and_(column > self.after, column <= self.upto)


def states(connection: sa.Connection) -> Mapping[str, Applied]:
    """Return how far each topic is applied."""
    rows = connection.execute(sa.select(topic.c.name, topic.c.applied, topic.c.applying, topic.c.reached))
    return {row.name: Applied(row.applied, row.applying, row.reached or 0) for row in rows}


def reach(connection: sa.Connection, name: str, definition: str, reached: int) -> None:
    """Note that a topic is applied by a definition as far as a story."""
    values = {"applying": definition, "reached": reached}
    connection.execute(sa.update(topic).where(topic.c.name == name).values(values))


def finish(connection: sa.Connection, name: str, definition: str) -> None:
    """Note that a topic is applied to all that is stored."""
    values = {"applied": definition, "applying": None, "reached": None}
    connection.execute(sa.update(topic).where(topic.c.name == name).values(values))


def seed_digests(connection: sa.Connection) -> dict[str, str]:
    """Return digests of the words of the seeds, by their files' names."""
    joined = story.join(wording, wording.c.id == story.c.wording_id).join(
        source, source.c.id == story.c.source_id
    )
    rows = sa.select(source.c.name, wording.c.hash).select_from(joined).where(source.c.kind == "seed")
    return {row.name: row.hash for row in connection.execute(rows)}


def is_empty(connection: sa.Connection) -> bool:
    """Tell whether there is no story yet but seeds."""
    return connection.scalar(sa.select(story.c.id).where(~story.c.seed).limit(1)) is None


def last(connection: sa.Connection) -> int:
    """Return the newest story."""
    return connection.scalar(sa.select(sa.func.max(story.c.id)).where(~story.c.seed)) or 0


def next_page(connection: sa.Connection, after: int, size: int) -> Page | None:
    """Return the next so many stories, None where there are no more."""
    here = sa.select(story.c.id).where(story.c.id > after, ~story.c.seed).order_by(story.c.id).limit(size)
    upto = connection.scalar(sa.select(sa.func.max(here.subquery().c.id)))
    return None if upto is None else Page(after, upto)


def matching(connection: sa.Connection, page: Page, asked: Asked | None) -> set[int]:
    """Return which stories of a page match, all where nothing is asked."""
    found = sa.select(story.c.id).where(page.holds(story.c.id), ~story.c.seed)
    if asked is not None:
        found = found.where(asked.condition(of_page(connection, page.after, page.upto)))
    return set(connection.scalars(found))


def bearing(connection: sa.Connection, page: Page, name: str) -> set[int]:
    """Return which stories of a page bear a topic's tag, or one that waits."""
    found: set[int] = set()
    for table in (tag, pending):
        joined = table.join(story, story.c.id == table.c.story_id)
        rows = sa.select(table.c.story_id).select_from(joined)
        here = (table.c.topic == name, page.holds(table.c.story_id), ~story.c.seed)
        found.update(connection.scalars(rows.where(*here)))
    return found


def marked(connection: sa.Connection, page: Page, name: str) -> set[int]:
    """Return the stories of a page of which a person has said whether they are on a topic."""
    rows = sa.select(mark.c.story_id).where(mark.c.topic == name, page.holds(mark.c.story_id))
    return set(connection.scalars(rows))


def said(connection: sa.Connection, rows: Iterable[int]) -> dict[int, tuple[int, Words]]:
    """Return the wordings that stories are shown with."""
    asked = given(connection, [(row,) for row in sorted(rows)], sa.BigInteger)
    joined = asked.table.join(story, story.c.id == asked.columns[0]).join(
        wording, wording.c.id == story.c.wording_id
    )
    found = sa.select(story.c.id.label("told"), wording).select_from(joined)
    return {
        row.told: (row.id, Words(row.title, row.summary, row.text))
        for row in connection.execute(found, asked.values)
    }


def said_elsewhere(connection: sa.Connection, rows: Iterable[int]) -> dict[int, list[tuple[int, Words]]]:
    """Return the present wordings of the copies of stories that are not the ones shown."""
    asked = given(connection, [(row,) for row in sorted(rows)], sa.BigInteger)
    joined = (
        asked.table.join(story, story.c.id == asked.columns[0])
        .join(copy, copy.c.story_id == story.c.id)
        .join(wording, sa.and_(wording.c.id == copy.c.wording_id, wording.c.id != story.c.wording_id))
    )
    found = sa.select(story.c.id.label("told"), wording).select_from(joined).order_by(copy.c.id)
    others: dict[int, list[tuple[int, Words]]] = {}
    for row in connection.execute(found, asked.values):
        others.setdefault(row.told, []).append((row.id, Words(row.title, row.summary, row.text)))
    return others


def told_otherwise(connection: sa.Connection, page: Page) -> set[int]:
    """Return the stories of a page of which a copy says something else than is shown."""
    own, shown = wording.alias(), wording.alias()
    joined = (
        copy.join(story, story.c.id == copy.c.story_id)
        .join(own, own.c.id == copy.c.wording_id)
        .join(shown, shown.c.id == story.c.wording_id)
    )
    here = (page.holds(story.c.id), ~story.c.seed, own.c.hash != shown.c.hash)
    return set(connection.scalars(sa.select(story.c.id).select_from(joined).where(*here)))
