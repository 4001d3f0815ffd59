"""What is known of a story beside its words, as conditions on its row."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from monitor.hosts import reversed_labels
from monitor.model import Dated, Fact, Outlets
from monitor.store.carriers import named, outlet
from monitor.store.dialect import listed
from monitor.store.schema import author, copy, source, story, tag

Condition = sa.ColumnElement[bool]

_other = story.alias("other")


def of_fact(connection: sa.Connection, asked: Fact | Dated | Outlets) -> Condition:
    """Return the condition that a fact holds of a story; it is true or false, never unknown."""
    match asked:
        case Dated():
            return _dated(asked)
        case Outlets(least):
            return sa.and_(story.c.event_id.is_not(None), _outlets() >= least)
        case Fact("lang"):
            language = sa.func.lower(sa.func.coalesce(story.c.language, ""))
            return sa.or_(
                language == asked.value[0], language.startswith(f"{asked.value[0]}-", autoescape=True)
            )
        case Fact("tag"):
            return _there(tag.c.story_id == story.c.id, tag.c.topic == asked.value[0])
        case Fact("source"):
            named = listed(connection, _named(connection, asked.value))
            return sa.or_(story.c.source_id.in_(named), _carried(copy.c.source_id.in_(named)))
        case Fact("author"):
            return _carried(copy.c.author.in_(_written_by(asked.value)))
        case _:
            return _carried(_below(asked.value[0]))


def _carried(by: Condition) -> Condition:
    return _there(copy.c.story_id == story.c.id, by)


def _there(*conditions: Condition) -> Condition:
    return sa.exists().where(*conditions).correlate(story)


def _written_by(words: Sequence[str]) -> sa.Select[Any]:
    return sa.select(author.c.name).where(author.c.words.contains(f" {' '.join(words)} "))


def _below(site: str) -> Condition:
    host = reversed_labels(site)
    return sa.or_(copy.c.host == host, sa.and_(copy.c.host >= f"{host}.", copy.c.host < f"{host}/"))


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
    return [row.id for row in rows if any(run in f" {name} " for name in named(row))]
