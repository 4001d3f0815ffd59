"""What is known of a story beside its words, as conditions on its row."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from monitor.hosts import reversed_labels
from monitor.model.topics import Dated, Fact, Outlets
from monitor.store.carriers import named
from monitor.store.dialect import listed
from monitor.store.grouping import event, several
from monitor.store.schema import author, copy, source, story, tag
from monitor.store.scope import Condition, Scope, of_all

_other = story.alias("other")


def of_fact(scope: Scope, asked: Fact | Dated | Outlets) -> Condition:
    """Return the condition that a fact holds of a story; it is true or false, never unknown."""
    match asked:
        case Dated():
            return _dated(scope, asked)
        case Outlets(least):
            return sa.and_(story.c.event_id.is_not(None), _carried_by(scope, least))
        case Fact("lang"):
            spoken = _spoken(scope.connection, asked.value[0])
            return sa.and_(story.c.language.is_not(None), scope.by(story.c.language).in_(spoken))
        case Fact("source"):
            return sa.or_(_told_by(scope, asked), scope.by(story.c.id).in_(_bearers(scope, asked)))
        case _:
            return scope.by(story.c.id).in_(_bearers(scope, asked))


def bearers(connection: sa.Connection, asked: Fact | Dated | Outlets) -> Iterator[sa.Select[Any]]:
    """Yield statements, each answered by an index, that give all stories of which a fact holds."""
    scope = of_all(connection)
    if isinstance(asked, Dated | Outlets) or asked.field == "lang":
        yield sa.select(story.c.id).where(of_fact(scope, asked))
        return
    yield _bearers(scope, asked)
    if asked.field == "source":
        yield sa.select(story.c.id).where(_told_by(scope, asked))


def _bearers(scope: Scope, asked: Fact) -> sa.Select[Any]:
    """Return the stories that a fact holds of by a copy or a tag of theirs."""
    if asked.field == "tag":
        borne = sa.select(tag.c.story_id).where(scope.by(tag.c.topic) == asked.value[0])
        return borne.where(scope.about(tag.c.story_id)) if scope.about else borne
    carried = sa.select(copy.c.story_id).where(_of_copy(scope, asked))
    return carried.where(scope.about(copy.c.story_id)) if scope.about else carried


def _of_copy(scope: Scope, asked: Fact) -> Condition:
    match asked:
        case Fact("source"):
            return scope.by(copy.c.source_id).in_(_sources(scope.connection, asked.value))
        case Fact("author"):
            run = author.c.words.contains(f" {' '.join(asked.value)} ")
            return scope.by(copy.c.author).in_(sa.select(author.c.name).where(run))
        case _:
            top, host = reversed_labels(asked.value[0]), scope.by(copy.c.host)
            return sa.or_(host == top, sa.and_(host >= f"{top}.", host < f"{top}/"))


def _told_by(scope: Scope, asked: Fact) -> Condition:
    """Return the condition that a story's first source is meant; of a seed there is no copy."""
    return scope.by(story.c.source_id).in_(_sources(scope.connection, asked.value))


def _sources(connection: sa.Connection, words: Sequence[str]) -> sa.Select[Any]:
    """Return the sources whose title or name has the words side by side."""
    run = f" {' '.join(words)} "
    rows = connection.execute(sa.select(source.c.id, source.c.title, source.c.name))
    return listed(connection, [row.id for row in rows if any(run in f" {name} " for name in named(row))])


def _spoken(connection: sa.Connection, language: str) -> list[str]:
    """Return the languages of stories, as they were declared, that are the one meant."""
    first = sa.select(sa.func.min(story.c.language).label("name")).cte("declared", recursive=True)
    after = sa.select(sa.func.min(_other.c.language)).where(_other.c.language > first.c.name)
    each = first.union_all(sa.select(after.scalar_subquery()).where(first.c.name.is_not(None)))
    declared = connection.scalars(sa.select(each.c.name).where(each.c.name.is_not(None)))
    return [name for name in declared if name.lower().partition("-")[0] == language]


def _dated(scope: Scope, asked: Dated) -> Condition:
    moment = story.c.at if asked.by == "at" else scope.by(story.c.first_seen)
    since = moment >= asked.since if asked.since else sa.true()
    return sa.and_(since, moment < asked.before if asked.before else sa.true())


def _carried_by(scope: Scope, least: int) -> Condition:
    """Return the condition that so many outlets carry a story's event: of a few stories each is looked up."""
    many = sa.select(event.c.id).where(scope.by(event.c.outlets) >= least)
    if scope.about:
        return sa.exists(many.where(event.c.id == story.c.event_id)).correlate(story)
    return story.c.event_id.in_(many.where(several) if least > 1 else many)
