"""What is known, on SQLite or PostgreSQL.

`open_store(url)` gives a `Store`; its `read()` and `write()` give a connection, on which the
functions of the modules beside this file work:

    subscriptions  which feeds there are, whose they are, how each is asked for
    feeds      how they are
    polls      feeds handed out to be polled, and what that left
    judging    the lane: what is known of a batch, and what came of it
    stories    looking: lists, search, one story with all its evidence
    events     looking: lists, and one event with its timeline
    placing    the lane: what is known of events, and what came of placing; grouping: their tables
    readers    who reads which digest, and how far they have been told
    outbox     digests reserved, sent, settled
    alerts     what rules saw, until it has arrived
    corpus     seeds and topics, as the configuration declares them
    sources    where words come from
    merging    stories that turn out to be one; splitting: copies that turn out to be another
    regrouping events put right by a person; housing: events kept right where stories are merged and split
    rulings    a person's word on that, and the account of it; moves: where ids lead
    websub     subscriptions at hubs
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock

import sqlalchemy as sa

from monitor.errors import StoreError
from monitor.model.topics import Query
from monitor.store import migrate
from monitor.store.asked import Asked, Likes, unscored
from monitor.store.dialect import Dialect, open_dialect

__all__ = ["Asked", "Lane", "Store", "is_lost", "open_store"]

Lane = sa.Connection
"""A connection that `Store.read` or `Store.write` gave."""

_GONE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_CANTOPEN")
_GONE_STATES = ("08", "40", "53", "57", "58")
"""Classes of PostgreSQL's SQLSTATE: connection, rollback, resources, intervention, system."""


def is_lost(error: Exception) -> bool:
    """Tell a database that cannot go on, whatever it is asked, from one that refuses what it was asked."""
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    said = getattr(error.orig, "sqlite_errorname", None) or ""
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or said.startswith(_GONE) or state.startswith(_GONE_STATES)


class Store:
    """A database of feeds, stories and messages; safe to use from many threads."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._remembered: dict[str, object] = {}
        self._lane, self._next = Lock(), Lock()

    def migrate(self) -> None:
        """Bring the schema up to date; processes that start together take turns."""
        migrate.upgrade(self._dialect)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the database and changes nothing."""
        with _said(), self._dialect.reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Give the one transaction that may write; it commits when the block ends without error.

        Threads take turns: who has had the lane does not have it again while another waits for it.
        """
        with self._turn(), _said(), self._dialect.writer.begin() as connection:
            self._dialect.enter_lane(connection)
            connection.info["index"] = self._dialect.index
            connection.info["indexed"] = self._dialect.indexed
            connection.info["remembered"] = self._remembered
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._next:
            self._lane.acquire()
        try:
            yield
        finally:
            self._lane.release()

    def containing(self, query: Query, likes: Likes = unscored) -> Asked:
        """Return a query as what stories may be looked for by; likes gives the stories that are like a seed.

        Its words are those that a story is shown with; its facts are those of all its copies.
        """
        return Asked(query, self._dialect, likes)

    def hold(self, lock: str, *, wait: bool = True) -> AbstractContextManager[None]:
        """Hold a lock against other processes (Dialect.hold)."""
        return self._dialect.hold(lock, wait=wait)

    def problems(self) -> list[str]:
        """Return what is wrong with the database, as sentences; none is well."""
        return self._dialect.problems()

    def backup(self, file: Path) -> None:
        """Write a consistent copy to a file, while others work."""
        self._dialect.backup(file)

    def restore(self, file: Path) -> None:
        """Put a backup in place of everything; refused with Busy while a daemon runs."""
        with self.hold("daemon", wait=False):
            self._dialect.restore(file)
        self.migrate()

    def close(self) -> None:
        """Close every connection."""
        self._dialect.writer.dispose()
        self._dialect.reader.dispose()


@contextmanager
def _said() -> Iterator[None]:
    """Turn what a database says when it cannot go on (no space, no server, locked) into our error."""
    try:
        yield
    except sa.exc.OperationalError as error:
        raise StoreError(f"the store cannot go on: {error.orig}") from error


def open_store(url: str) -> Store:
    """Return the store at an address (`sqlite:///…`, `postgresql://…`); nothing connects yet."""
    return Store(open_dialect(url))
