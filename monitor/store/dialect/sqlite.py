"""SQLite: one writer, many readers, FTS5, lock files beside the database."""

import fcntl
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from monitor.errors import Busy, StoreError
from monitor.model.topics import And, Near, Query, Term
from monitor.store.dialect import Indexed
from monitor.store.dialect.fts import LANGUAGE, certain, neighbours
from monitor.store.dialect.near import stands
from monitor.store.dialect.query import render
from monitor.store.migrate import HEAD
from monitor.store.schema import story, wording
from monitor.words import UNPARTED, fold_words

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=60000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32768",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA wal_autocheckpoint=8000",  # 32 MB: a fifth less is written than with 4, which a turn fills
)
_INDEX = "CREATE VIRTUAL TABLE search USING fts5(title, summary, text, content='', tokenize='ascii')"
_OURS = frozenset({"alembic_version", "feed", "source", "wording", "story", "copy", "search"})
"""Tables that every schema of ours has had."""

_said_words = wording.alias("said")
_search = sa.table("search", sa.column("rowid"), sa.column("search"))


class Sqlite:
    """One file, written by one transaction at a time (BEGIN IMMEDIATE), read by many."""

    listing = "SELECT rowid AS id FROM search"

    def __init__(self, url: str) -> None:
        database = sa.engine.make_url(url).database
        if not database or database == ":memory:":
            raise StoreError("store.url: SQLite needs a file, such as sqlite:///data/monitor.db")
        self.file = Path(database)
        self.writer = self._engine(url, "BEGIN IMMEDIATE", pool_size=1, max_overflow=0, pool_timeout=300)
        self.reader = self._engine(url, "BEGIN", "PRAGMA query_only=ON", pool_size=8)

    def _engine(self, url: str, begin: str, *pragmas: str, **pool: Any) -> sa.Engine:
        engine = sa.create_engine(url, poolclass=sa.QueuePool, **pool)

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            for pragma in (*_PRAGMAS, *pragmas):
                connection.execute(pragma).close()
            connection.create_function("stands_near", 4, _stands_near, deterministic=True)

        @sa.event.listens_for(engine, "begin")
        def start(connection: sa.Connection) -> None:
            connection.exec_driver_sql(begin)

        @sa.event.listens_for(engine, "do_connect")
        def make_folder(*_: object) -> None:
            self._make_folder()

        return engine

    def _make_folder(self) -> None:
        with _said(f"there is no folder for the store {self.file} and none can be made"):
            self.file.parent.mkdir(parents=True, exist_ok=True)

    def enter_lane(self, connection: sa.Connection) -> None:
        """BEGIN IMMEDIATE has already made this transaction the only writer."""

    @contextmanager
    def hold(self, lock: str, *, wait: bool) -> Iterator[None]:
        """Hold a lock file; the system drops the lock when the process dies."""
        with self._lock_file(lock) as file:
            self._lock(file, lock, wait=wait)
            yield

    def _lock_file(self, lock: str) -> IO[str]:
        self._make_folder()
        with _said(f"the {lock} lock of the store {self.file} cannot be opened"):
            return self.file.with_name(f"{self.file.name}.{lock}.lock").open("a")

    def _lock(self, file: IO[str], lock: str, *, wait: bool) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Busy(f"another monitor process holds the {lock} lock of {self.file}") from error

    def create_index(self, connection: sa.Connection) -> None:
        """Create a contentless FTS5 table; it is given folded words, so it only cuts at spaces."""
        connection.exec_driver_sql(_INDEX)

    def fill_index(self, connection: sa.Connection, pages: Iterable[Indexed]) -> None:
        """Create the table and fill it."""
        self.create_index(connection)
        for page in pages:
            self.index(connection, page)

    def outdated(self, connection: sa.Connection) -> bool:
        """FTS5 knew the fields all along; only runs of letters are cut otherwise, where there are any."""
        said = (wording.c.title, wording.c.summary, wording.c.text)
        runs = sa.or_(*(column.op("GLOB")(f"*[{UNPARTED}]*") for column in said))
        return bool(connection.scalar(sa.select(sa.exists().where(runs))))

    def index(self, connection: sa.Connection, wordings: Indexed) -> None:
        """Put wordings into the index under their ids."""
        if wordings:
            connection.exec_driver_sql(
                "INSERT INTO search(rowid, title, summary, text) VALUES (?, ?, ?, ?)",
                [(key, words.title, words.summary, words.text) for key, words in wordings],
            )

    def indexed(self, connection: sa.Connection, wordings: Sequence[int]) -> set[int]:
        """Ask for the rows by their numbers, which a contentless table knows."""
        return set(connection.scalars(sa.select(_search.c.rowid).where(_search.c.rowid.in_(wordings))))

    def matching(self, query: Query) -> sa.Select[Any]:
        """Ask FTS5, which has a language of its own."""
        return _found(render(query, LANGUAGE))

    def nearly(self, near: Near) -> tuple[sa.Select[Any], bool]:
        """Ask FTS5 for the spellings of the terms near one another, where they are not too many."""
        written = neighbours(near)
        return (_found(written), certain(near)) if written else (self.matching(And(near.terms)), False)

    def near(self, near: Near) -> sa.ColumnElement[bool]:
        """Ask a function of our own, which reads the words."""
        stands = sa.func.stands_near(
            _said_words.c.title, _said_words.c.summary, _said_words.c.text, _written(near), type_=sa.Boolean
        )
        return sa.exists().where(_said_words.c.id == story.c.wording_id, stands).correlate(story)

    def problems(self) -> list[str]:
        """Run SQLite's own checks of pages and references."""
        with self.reader.connect() as connection:
            found = [
                str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"
            ]
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return found + [
            f"table {row[0]}, row {row[1]}: refers to a missing row of {row[2]}" for row in broken
        ]

    def backup(self, file: Path) -> None:
        """Copy page by page through SQLite's online backup; writers are not kept waiting for long."""
        part = file.with_name(f"{file.name}.part")
        with _said(f"the backup {file} cannot be written"):
            part.unlink(missing_ok=True)
            with closing(sqlite3.connect(self.file)) as store, closing(sqlite3.connect(part)) as target:
                store.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
            part.replace(file)

    def restore(self, file: Path) -> None:
        """Copy a backup over the store in one transaction; what is none of ours, or newer, is refused."""
        with _said(f"{file} does not open"):
            backup = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        with closing(backup):
            _refuse_foreign(backup, file)
            self._make_folder()
            with (
                _said(f"{file} cannot be restored"),
                closing(sqlite3.connect(self.file, timeout=60)) as store,
            ):
                backup.backup(store)


@contextmanager
def _said(failing: str) -> Iterator[None]:
    """Turn what the system or SQLite says into our error."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{failing}: {error}") from error


def _refuse_foreign(backup: sqlite3.Connection, file: Path) -> None:
    with _said(f"{file} is not a backup of a monitor store"):
        tables = {name for (name,) in backup.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        versions = backup.execute("SELECT version_num FROM alembic_version").fetchall()
    if missing := sorted(_OURS - tables):
        raise StoreError(f"{file} is not a backup of a monitor store: it has no table {missing[0]}")
    for (version,) in versions:
        if version > HEAD:
            raise StoreError(f"{file} was made by a newer monitor (schema {version}, this one knows {HEAD})")


def _found(written: str) -> sa.Select[Any]:
    return sa.select(_search.c.rowid).where(_search.c.search.op("MATCH")(written))


def _written(near: Near) -> str:
    """Write a Near as SQLite passes it on."""
    terms = [(term.spellings, term.fields, term.prefix) for term in near.terms]
    return json.dumps([near.distance, terms])


@lru_cache(maxsize=256)
def _read(written: str) -> Near:
    distance, terms = json.loads(written)
    return Near(
        tuple(
            Term("", tuple(map(tuple, spellings)), fields=tuple(fields), prefix=prefix)
            for spellings, fields, prefix in terms
        ),
        distance,
    )


def _stands_near(title: str, summary: str, text: str, written: str) -> bool:
    return stands(_read(written), fold_words(title, summary, text))
