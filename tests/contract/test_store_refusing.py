"""What a store refuses, and what it says where the place or the server does not let it go on."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from monitor.errors import StoreError
from monitor.store import Store, open_store
from tests.builders import entry
from tests.polls import everything, poll


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("DROP TABLE story", "it has no table story"),
        ("DROP TABLE alembic_version", "no such table"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer monitor"),
    ],
)
def test_what_is_foreign_or_newer_is_refused(
    sqlite_store: Store, tmp_path: Path, change: str, sentence: str
) -> None:
    """A database that is no store, or a newer one, is refused before anything is overwritten."""
    with sqlite_store.write() as lane:
        poll(lane, entry(guid="1"))
    file = tmp_path / "backup"
    sqlite_store.backup(file)
    with closing(sqlite3.connect(file)) as other, other:
        other.execute(change)
    with pytest.raises(StoreError, match=sentence):
        sqlite_store.restore(file)
    with sqlite_store.read() as connection:
        assert len(everything(connection)) == 1


def test_a_place_that_takes_no_file_is_a_sentence(sqlite_store: Store, tmp_path: Path) -> None:
    """Where neither a store nor a backup can be, it is said what the system says."""
    letter = tmp_path / "letter"
    letter.write_text("Dear desk")
    with pytest.raises(StoreError, match=r"letter/copy.* cannot be written: .*Not a directory"):
        sqlite_store.backup(letter / "copy")
    (tmp_path / "copy").mkdir()
    with pytest.raises(StoreError, match=r"copy cannot be written: .*directory"):
        sqlite_store.backup(tmp_path / "copy")
    other = open_store(f"sqlite:///{letter}/monitor.db")
    with pytest.raises(StoreError, match="no folder for the store"), other.hold("daemon"):
        raise AssertionError
    with pytest.raises(StoreError, match="no folder for the store"):
        other.migrate()
    other.close()


def test_a_lock_goes_with_the_server(postgres_database: str) -> None:
    """What ends the holder's connection ends the lock too; the work under it is not told again."""
    store = open_store(postgres_database)
    with store.hold("daemon"), store.write() as lane:
        lane.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND objid = 4 AND pid <> pg_backend_pid()"
        )
    with store.hold("daemon"):
        pass
    store.close()


def test_the_servers_zone_is_not_ours(postgres_database: str) -> None:
    """Times to the end of the year 9999 come back from a server in whatever zone."""
    name = urlsplit(postgres_database).path.lstrip("/")
    last = datetime(9999, 12, 31, 23, tzinfo=UTC)
    store = open_store(postgres_database)
    with store.write() as lane:
        lane.exec_driver_sql(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'")
    store.close()
    with store.read() as connection:
        assert connection.scalar(sa.select(sa.literal(last, sa.DateTime(timezone=True)))) == last
    store.close()
