"""What is known of a story beside its words, as conditions on its row."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from monitor.hosts import reversed_labels
from monitor.model import Dated, Fact, Outlets
from monitor.store.dialect import listed
from monitor.store.schema import author, copy, source, story, tag
from monitor.words import folded

Condition = sa.ColumnElement[bool]

_other = story.alias("other")

outlet = sa.func.coalesce(copy.c.domain, sa.func.nullif(source.c.title, ""), source.c.name)
"""Who carries a copy: the registrable domain of its link, else its source."""


def of_fact(connection: sa.Connection, asked: Fact | Dated | Outlets) -> Condition:
    """Return the condition that a fact holds of a story; it is true or false, never unknown."""
    match asked:
        case Dated():
            return _dated(asked)
        case Outlets(least):
            return sa.and_(story.c.event_id.is_not(None), _outlets() >= least)
        case Fact("lang"):
            language = sa.func.lower(sa.func.coalesce(story.c.language, ""))
            return sa.or_(language == asked.value[0], language.startswith(f"{asked.value[0]}-", autoescape=True))
        case Fact("tag"):
            return sa.exists().where(tag.c.story_id == story.c.id, tag.c.topic == asked.value[0])
        case _:
            return sa.exists().where(copy.c.story_id == story.c.id, carried(connection, asked))


def carried(connection: sa.Connection, asked: Fact) -> Condition:
    """Return the condition that a fact holds of a copy."""
    match asked:
        case Fact("source", value):
            return copy.c.source_id.in_(listed(connection, _named(connection, value)))
        case Fact("author", value):
            run = author.c.words.contains(f" {' '.join(value)} ")
            return copy.c.author.in_(sa.select(author.c.name).where(run))
        case _:
            host = reversed_labels(asked.value[0])
            return sa.or_(copy.c.host == host, copy.c.host.between(f"{host}.", f"{host}/"))


def _dated(asked: Dated) -> Condition:
    moment = story.c[asked.by]
    since = moment >= asked.since if asked.since else sa.true()
    return sa.and_(since, moment < asked.before if asked.before else sa.true())


def _outlets() -> sa.ScalarSelect[Any]:
    """Return how many outlets carry a story's event."""
    joined = copy.join(_other, _other.c.id == copy.c.story_id).join(source, source.c.id == copy.c.source_id)
    found = sa.select(sa.func.count(outlet.distinct())).select_from(joined)
    return found.where(_other.c.event_id == story.c.event_id).correlate(story).scalar_subquery()


def _named(connection: sa.Connection, words: Sequence[str]) -> list[int]:
    """Return the rows of the sources whose title or name has the words side by side."""
    run = f" {' '.join(words)} "
    rows = connection.execute(sa.select(source.c.id, source.c.title, source.c.name))
    return [row.id for row in rows if run in _spaced(row.title or "") or run in _spaced(row.name)]


@lru_cache(maxsize=1 << 15)
def _spaced(text: str) -> str:
    return f" {' '.join(folded(text))} "
