"""PostgreSQL: advisory locks, tsvector with GIN, pg_dump."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from monitor.errors import Busy, StoreError
from monitor.model.topics import And, Near, Query
from monitor.store.dialect import Indexed
from monitor.store.dialect.positions import near_condition
from monitor.store.dialect.query import render
from monitor.store.dialect.vectors import LANGUAGE, vector

_SPACE = 0x6D6F6E
_LOCKS = {"migrate": 1, "judge": 2, "outbox": 3, "daemon": 4, "alerts": 5}
_TABLE = "CREATE TABLE search (wording_id bigint PRIMARY KEY, words tsvector NOT NULL)"
_BY_WORDS = "CREATE INDEX ix_search_words ON search USING gin (words)"
_search = sa.table("search", sa.column("wording_id"), sa.column("words", TSVECTOR))


class Postgresql:
    """One database; transactions that judge take turns by an advisory lock."""

    listing = "SELECT wording_id AS id FROM search"

    def __init__(self, url: str) -> None:
        address = sa.engine.make_url(url).set(drivername="postgresql+psycopg")
        options = f"{address.query.get('options', '')} -c timezone=UTC".strip()
        self.writer = sa.create_engine(
            address, pool_size=8, max_overflow=16, connect_args={"options": options}
        )
        self.reader: sa.Engine = self.writer.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def enter_lane(self, connection: sa.Connection) -> None:
        """Wait for the judge's lock; it is dropped with the transaction."""
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SPACE, _LOCKS["judge"])))

    @contextmanager
    def hold(self, lock: str, *, wait: bool) -> Iterator[None]:
        """Hold a session's advisory lock on a connection of its own; it dies with the connection."""
        take = sa.func.pg_advisory_lock if wait else sa.func.pg_try_advisory_lock
        with self.writer.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            if connection.scalar(sa.select(take(_SPACE, _LOCKS[lock]))) is False:
                raise Busy(f"another monitor process holds the {lock} lock of this database")
            try:
                yield
            finally:
                try:
                    connection.scalar(sa.select(sa.func.pg_advisory_unlock(_SPACE, _LOCKS[lock])))
                except sa.exc.OperationalError:  # the server has gone, and the lock with it
                    connection.invalidate()

    def create_index(self, connection: sa.Connection) -> None:
        """Create the table of word vectors; it is given folded words with their positions."""
        connection.exec_driver_sql(_TABLE)
        connection.exec_driver_sql(_BY_WORDS)

    def fill_index(self, connection: sa.Connection, pages: Iterable[Indexed]) -> None:
        """Fill the table first: it is quicker to index by words what is all there."""
        connection.exec_driver_sql(_TABLE)
        for page in pages:
            self.index(connection, page)
        connection.exec_driver_sql(_BY_WORDS)

    def outdated(self, _connection: sa.Connection) -> bool:
        """Vectors without weights tell nothing of fields."""
        return True

    def index(self, connection: sa.Connection, wordings: Indexed) -> None:
        """Put wordings into the index under their ids."""
        if wordings:
            connection.execute(
                sa.insert(_search), [{"wording_id": key, "words": vector(words)} for key, words in wordings]
            )

    def indexed(self, connection: sa.Connection, wordings: Sequence[int]) -> set[int]:
        """Ask for the rows by their key."""
        found = sa.select(_search.c.wording_id).where(_search.c.wording_id.in_(wordings))
        return set(connection.scalars(found))

    def matching(self, query: Query) -> sa.Select[Any]:
        """Ask the vectors."""
        written = sa.cast(render(query, LANGUAGE), TSQUERY)
        return sa.select(_search.c.wording_id).where(_search.c.words.op("@@")(written))

    def nearly(self, near: Near) -> tuple[sa.Select[Any], bool]:
        """Ask for the terms, however far apart."""
        return self.matching(And(near.terms)), False

    def near(self, near: Near) -> sa.ColumnElement[bool]:
        """Ask for the places in the vector: a tsquery knows exact distances only."""
        return near_condition(near)

    def problems(self) -> list[str]:
        """PostgreSQL checks its own files; a broken reference cannot be committed."""
        return []

    def backup(self, file: Path) -> None:
        """Run pg_dump, which reads one snapshot."""
        part = file.with_name(f"{file.name}.part")
        self._run(file, "pg_dump", "--format=custom", f"--file={part}")
        part.replace(file)

    def restore(self, file: Path) -> None:
        """Run pg_restore in one transaction over what is there."""
        self._run(
            file, "pg_restore", "--clean", "--if-exists", "--single-transaction", "--no-owner", str(file)
        )

    def _run(self, file: Path, program: str, *arguments: str) -> None:
        if not shutil.which(program):
            raise StoreError(f"{program} is not installed; it comes with PostgreSQL's client programs")
        url = self.writer.url.set(drivername="postgresql")
        secret = {"PGPASSWORD": str(url.password)} if url.password else {}
        words = [program, f"--dbname={url.set(password=None).render_as_string()}", *arguments]
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ | secret)  # noqa: S603  # our own words
        if done.returncode:
            raise StoreError(f"{program} failed with {file}: {done.stderr.strip()}")
