"""An archive judged by the product: records in, the story of each out."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from monitor.corpus.importing import take_in
from monitor.store import Store, open_store
from monitor.store.schema import copy
from tests.polls import untagged

_FIELDS = ("id", "source", "url", "title", "summary", "text", "language", "published")
_NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a record: its story, and the rule and evidence by which it is there."""

    story: int
    rule: str
    evidence: str


@contextmanager
def empty_store() -> Iterator[Store]:
    """Give a store of nothing, on disk for as long as the block lasts."""
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'quality.db'}")
        store.migrate()
        yield store
        store.close()


def judged(records: Iterable[Record]) -> dict[str, Told]:
    """Import records in their order, as `monitor import` does; return what became of each, by its id."""
    with empty_store() as store:
        lines = (json.dumps({name: one.get(name) for name in _FIELDS}).encode() for one in records)
        for account in take_in(store, lines, untagged, lambda: _NOW):
            assert not account.bad
        with store.read() as connection:
            rows = connection.execute(sa.select(copy.c.guid, copy.c.story_id, copy.c.rule, copy.c.evidence))
            return {row.guid: Told(row.story_id, row.rule, row.evidence) for row in rows}
