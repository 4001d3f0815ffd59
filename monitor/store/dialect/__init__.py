"""What SQLite and PostgreSQL do differently; nothing else in the program knows which one it is.

A dialect opens the engines, takes the locks, keeps the search index, checks and copies the files.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from monitor.errors import StoreError
from monitor.model.topics import Near, Query
from monitor.store.columns import Utc
from monitor.words import FoldedWords

__all__ = ["Dialect", "add", "each", "given", "insert", "listed", "open_dialect", "upsert"]

_MOMENTS = 4096
"""How many times are kept as SQLite writes them; the rows of a turn share most of theirs."""


Indexed = Sequence[tuple[int, FoldedWords]]
"""Wordings to be put into the search index, by their ids."""


class Dialect(Protocol):
    """One database behind the store."""

    writer: sa.Engine
    reader: sa.Engine
    listing: str
    """The statement that lists which wordings are indexed."""

    def enter_lane(self, connection: sa.Connection) -> None:
        """Make this transaction the only one that judges, waiting for its turn."""
        ...

    def hold(self, lock: str, *, wait: bool) -> AbstractContextManager[None]:
        """Hold a lock against other processes until the block ends or the process dies.

        The locks are migrate, outbox, alerts, daemon. Raises Busy where another holds it and wait is false.
        """
        ...

    def create_index(self, connection: sa.Connection) -> None:
        """Create the search index in an empty database."""
        ...

    def fill_index(self, connection: sa.Connection, pages: Iterable[Indexed]) -> None:
        """Create the search index and put pages of wordings into it."""
        ...

    def outdated(self, connection: sa.Connection) -> bool:
        """Tell whether an index that knew no fields, or cut no runs of letters, answers otherwise now."""
        ...

    def index(self, connection: sa.Connection, wordings: Indexed) -> None:
        """Put wordings, by their ids, into the search index; a wording never changes."""
        ...

    def indexed(self, connection: sa.Connection, wordings: Sequence[int]) -> set[int]:
        """Return which of these wordings are in the search index."""
        ...

    def matching(self, query: Query) -> sa.Select[Any]:
        """Return the ids of the wordings that match a query that `indexed` says can be asked at once."""
        ...

    def nearly(self, near: Near) -> tuple[sa.Select[Any], bool]:
        """Return the ids of the wordings that may have terms near one another, and whether they all do."""
        ...

    def near(self, near: Near) -> sa.ColumnElement[bool]:
        """Return the condition that a story's wording has terms near one another; they must stand there."""
        ...

    def problems(self) -> list[str]:
        """Return what the database finds wrong with itself, as sentences."""
        ...

    def backup(self, file: Path) -> None:
        """Write a consistent copy while others read and write."""
        ...

    def restore(self, file: Path) -> None:
        """Put back what backup wrote, in place of everything there is."""
        ...


def open_dialect(url: str) -> Dialect:
    """Return the dialect of a store's address; nothing connects yet."""
    backend = url.partition(":")[0].partition("+")[0]
    if backend == "sqlite":
        from monitor.store.dialect.sqlite import Sqlite

        return Sqlite(url)
    if backend in {"postgresql", "postgres"}:
        from monitor.store.dialect.postgresql import Postgresql

        return Postgresql(url)
    raise StoreError(
        f"store.url: {backend!r} is no database this program knows; use sqlite:/// or postgresql://"
    )


@dataclass(frozen=True, slots=True)
class Given:
    """Rows given to a statement to join with: a table, its columns, and the parameter to execute with."""

    table: sa.FromClause
    columns: tuple[sa.ColumnElement[Any], ...]
    values: Mapping[str, str]


def given(
    connection: sa.Connection, rows: Sequence[tuple[Any, ...]], *types: type[sa.types.TypeEngine[Any]]
) -> Given:
    """Give rows as one JSON parameter, so that a statement is the same however many there are."""
    parameter: sa.BindParameter[Any] = sa.bindparam("given")
    if connection.dialect.name == "sqlite":
        table = sa.func.json_each(parameter).table_valued("value", name="given")
    else:
        cast = sa.cast(sa.cast(parameter, sa.Text), JSONB)
        table = sa.func.jsonb_array_elements(cast).table_valued("value", name="given")
    columns = tuple(
        sa.cast(table.c.value.op("->>")(sa.literal_column(str(place))), type_)
        for place, type_ in enumerate(types)
    )
    return Given(table, columns, {"given": json.dumps(rows)})


def listed(connection: sa.Connection, values: Collection[int]) -> sa.Select[Any]:
    """Give numbers as the rows of one JSON parameter: a statement is the same however many they are."""
    written = sa.literal(json.dumps(sorted(values)))
    if connection.dialect.name == "sqlite":
        return sa.select(sa.func.json_each(written).table_valued("value").c.value)
    array = sa.cast(sa.cast(written, sa.Text), JSONB)
    found = sa.func.jsonb_array_elements_text(array).table_valued("value")
    return sa.select(sa.cast(found.c.value, sa.BigInteger))


def each(
    connection: sa.Connection,
    asked: Given,
    found: sa.Select[Any],
    key: sa.ColumnElement[Any],
    *conditions: sa.ColumnElement[bool],
) -> sa.FromClause:
    """Join given rows each with the rows of a table whose key is among what a statement finds for it.

    conditions tell what else holds of these, so that they are looked up. SQLite has no LATERAL; PostgreSQL
    would look through the table to see what is in a statement that hangs on another row.
    """
    found = found.correlate(asked.table)
    if connection.dialect.name == "sqlite":
        return asked.table.join(key.table, sa.and_(key.in_(found), *conditions))
    these = found.lateral()
    return asked.table.join(these, sa.true()).join(key.table, sa.and_(key == these.c[0], *conditions))


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, which all have the same columns."""
    if rows:
        _execute_many(connection, _insert(connection.dialect.name, table, (), ()), rows)


def upsert(
    connection: sa.Connection,
    table: sa.Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    keys: Sequence[str] = (),
    update: Sequence[str] = (),
) -> None:
    """Insert rows; where the keys (the primary key's columns) exist, update those columns or nothing."""
    if rows:
        wanted = tuple(keys) or tuple(table.primary_key.columns.keys())
        _execute_many(connection, _insert(connection.dialect.name, table, wanted, tuple(update)), rows)


def add(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of all of a table's columns, plain numbers and text, but for those whose keys exist."""
    if not rows:
        return
    statement = _insert(connection.dialect.name, table, tuple(table.primary_key.columns.keys()), ())
    names = tuple(table.columns.keys())
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_written(statement, names, connection.dialect)[0], list(rows))
    else:
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


@cache
def _insert(dialect: str, table: sa.Table, keys: tuple[str, ...], update: tuple[str, ...]) -> sa.Insert:
    statement = (sqlite_insert if dialect == "sqlite" else postgresql_insert)(table)
    if not keys:
        return statement
    elements = [table.c[name] for name in keys]
    if not update:
        return statement.on_conflict_do_nothing(index_elements=elements)
    new = {name: statement.excluded[name] for name in update}
    return statement.on_conflict_do_update(index_elements=elements, set_=new)


def _execute_many(connection: sa.Connection, statement: sa.Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute for many rows; on SQLite by the driver itself, at a third of the time it takes through Core."""
    if connection.dialect.name != "sqlite":
        connection.execute(statement, list(rows))
        return
    written, values = _written(statement, tuple(rows[0]), connection.dialect)
    connection.exec_driver_sql(written, list(map(values, rows)))


Values = Callable[[Mapping[str, Any]], tuple[Any, ...]]


@lru_cache(maxsize=64)
def _written(statement: sa.Insert, columns: tuple[str, ...], dialect: sa.Dialect) -> tuple[str, Values]:
    """Return a statement as the driver takes it, and what makes its values of a row."""
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    places = tuple(compiled.positiontup or ())
    takes = itemgetter(*places)
    types = [compiled.binds[name].type for name in places]
    processors = [
        (place, lru_cache(maxsize=_MOMENTS)(processor) if isinstance(type_, Utc) else processor)
        for place, type_ in enumerate(types)
        if (processor := type_.dialect_impl(dialect).bind_processor(dialect))
    ]

    if not processors and len(places) > 1:
        return str(compiled), takes

    def values(row: Mapping[str, Any]) -> tuple[Any, ...]:
        taken = list(takes(row))
        for place, processor in processors:
            taken[place] = processor(taken[place])
        return tuple(taken)

    return str(compiled), values
