"""Of which stories a query is asked: of all, of those of a time, of a few."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.operators import custom_op

from monitor.store.dialect import listed
from monitor.store.schema import story

Condition = sa.ColumnElement[bool]
Column = sa.ColumnElement[Any]

_PLUS = custom_op[Any]("+")

_EACH = 2_000
"""Up to so many wordings are looked up in the index one by one (50 µs each), more by all its answers."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A bound on what has to be gathered to answer for some stories; it may let others through.

    about bounds a column of stories' rows. said tells that a story's wording is among those given. by gives
    a column as conditions on it are to be written, so that it is the scope by which stories are found.
    """

    connection: sa.Connection
    about: Callable[[Column], Condition] | None
    said: Callable[[sa.Select[Any]], Condition]
    by: Callable[[Column], Column]


def unindexed(column: Column) -> Column:
    """Return a column as no index of SQLite is used for it (sqlite.org/optoverview.html, 4)."""
    return sa.UnaryExpression(column, operator=_PLUS, type_=column.type)


def of_all(connection: sa.Connection) -> Scope:
    """Return the scope of every story."""
    return Scope(connection, None, story.c.wording_id.in_, lambda column: column)


def of_said(connection: sa.Connection) -> Scope:
    """Return the scope of stories that are found by their words: all else is looked up for each of them."""
    return Scope(connection, lambda _: sa.true(), story.c.wording_id.in_, unindexed)


def between(connection: sa.Connection, first: int, last: int) -> Scope:
    """Return the scope of stories whose rows, and those of their wordings, lie in a range."""

    def said(found: sa.Select[Any]) -> Condition:
        some = found.where(found.selected_columns[0].between(first, last))
        return unindexed(story.c.wording_id).in_(some)

    return Scope(connection, lambda column: column.between(first, last), said, unindexed)


def of_page(connection: sa.Connection, after: int, upto: int) -> Scope:
    """Return the scope of a run of stories: after one, up to another; PostgreSQL plans by itself.

    What a story said first stands before it in the index; what was said anew stands elsewhere, and is looked
    up one by one.
    """
    if connection.dialect.name != "sqlite":
        return of_all(connection)
    here = sa.and_(story.c.id > after, story.c.id <= upto)
    first = connection.scalar(sa.select(sa.func.min(story.c.wording_id)).where(here)) or 0
    anew = connection.scalars(sa.select(story.c.wording_id).where(here, story.c.wording_id > upto)).all()

    def said(found: sa.Select[Any]) -> Condition:
        row = found.selected_columns[0]
        parts = [found.where(row.between(first, upto))]
        if anew:
            parts.append(found.where(row.in_(listed(connection, anew))) if len(anew) <= _EACH else found)
        return sa.or_(*map(unindexed(story.c.wording_id).in_, parts))

    return Scope(connection, lambda column: sa.and_(column > after, column <= upto), said, unindexed)


def of_few(connection: sa.Connection, rows: Collection[int]) -> Scope:
    """Return the scope of the stories with these rows."""

    def said(found: sa.Select[Any]) -> Condition:
        return sa.exists(found.where(found.selected_columns[0] == story.c.wording_id)).correlate(story)

    among = unindexed(story.c.wording_id).in_ if len(rows) > _EACH else said
    return Scope(connection, lambda column: column.in_(listed(connection, rows)), among, unindexed)
