"""A large archive out of a small one: all its rows again and again, each time some weeks earlier.

The search index is left as it is: filling it would take hours, and it grows by logarithmic merges.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

_WEEKS = 6
_PERIODS_A_WEEK = 7 / 3
_IDS: Mapping[str, Sequence[str]] = {
    "wording": ("id", "copy_id"),
    "story": ("id", "wording_id", "event_id"),
    "copy": ("id", "story_id", "wording_id"),
    "identity": ("copy_id",),
    "story_key": ("story_id",),
    "nearness": ("copy_id",),
    "membership": ("story_id",),
    "posting": ("story_id",),
    "event": ("id", "headline_id"),
}
"""The columns of each table that hold ids."""


def repeat(file: Path, times: int) -> None:
    """Give a store's file so many times its rows; those that it had stay the newest, and are the last ids."""
    with closing(sqlite3.connect(file, isolation_level=None)) as store:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            store.execute(f"PRAGMA {pragma}").close()
        (span,) = store.execute("SELECT next FROM counter WHERE name = 'row'").fetchone()
        store.execute("UPDATE counter SET next = next * ? WHERE name = 'row'", (times,))
        for table in _IDS:
            store.execute(f"CREATE TEMP TABLE own AS SELECT * FROM {table}")  # names are ours
            store.execute(f"DELETE FROM {table}")
            for ago in range(times - 1, -1, -1):
                moved = ", ".join(_moved(store, table, ago, span * (times - 1 - ago)))
                store.execute(f"INSERT INTO {table} SELECT {moved} FROM own")
            store.execute("DROP TABLE own")
        store.execute("PRAGMA journal_mode=WAL").close()


def _moved(store: sqlite3.Connection, table: str, ago: int, ids: int) -> list[str]:
    """Return the values of a table's columns, so many times six weeks earlier and under ids of their own."""
    days, periods = ago * _WEEKS * 7, round(ago * _WEEKS * _PERIODS_A_WEEK)
    earlier = {
        "at": f"strftime('%Y-%m-%d %H:%M:%S.000000', at, '-{days} days')",
        "published": f"strftime('%Y-%m-%d %H:%M:%S.000000', published, '-{days} days')",
        "key": f"key || '#{ago}'" if ago else "key",
        "period": f"period - {periods}",
        "week": f"week - {ago * _WEEKS}",
    }
    columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    return [f"{name} + {ids}" if name in _IDS[table] else earlier.get(name, name) for name in columns]
