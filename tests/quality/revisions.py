"""Tell whether an item that its publisher retitled or edited stays what it was, and what is new is new."""

import gzip
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from monitor.dedupe import mark
from monitor.model.entries import Entry, ParsedFeed, Words
from monitor.model.fetching import Document
from monitor.model.stories import Batch, Verdict
from monitor.parse import parse
from monitor.pipeline.judging import judge_batches
from monitor.store import open_store, sources
from tests.quality.figures import DATA, Figure, records

_ITEMS = 50
"""Items of a document that retitled items are put into, as many as feeds have."""

_STEPS = 10
"""How many polls of every stored feed are judged, from its first on: later ones need all before them."""

_BARS = {"new": 0.995, "known": 0.999, "retitled": 0.995, "changed": None}


def measure() -> Iterator[Figure]:
    """Yield the share of retitled items taken as revisions, and of polled items judged as they should be."""
    with _lane() as lane:
        kinds = Counter(_retitled(lane))
    apart = kinds["new"] + kinds["copy"]
    total = kinds.total()
    yield _figure("retitled items", "not taken for new", total - apart, total, 0.995)
    yield _figure("retitled items", "taken as revisions", kinds["revision"] + kinds["back"], total, 0.995)
    found: Counter[tuple[str, bool]] = Counter()
    for feed, steps in _steps().items():
        with _lane() as lane:
            found.update(_replayed(lane, feed, steps))
    for what, bar in _BARS.items():
        right = found[what, True]
        yield _figure("polls of real feeds", f"{what} as expected", right, right + found[what, False], bar)


def _figure(of: str, what: str, right: int, total: int, bar: float | None) -> Figure:
    return Figure(of, what, right / max(total, 1), bar, detail=f"{right} of {total}")


@contextmanager
def _lane() -> Iterator[sa.Connection]:
    """Give the lane of an empty store that is gone afterwards."""
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/quality.db")
        store.migrate()
        try:
            with store.write() as lane:
                yield lane
        finally:
            store.close()


def _judged(lane: sa.Connection, source: int, entries: Sequence[Entry], at: datetime) -> tuple[Verdict, ...]:
    (verdicts,) = judge_batches(lane, [Batch(source, mark(entries), at, undated_is_news=True)], lambda _: ())
    return verdicts


# ---------------------------------------------------------------- items that are known to be one


def _retitled(lane: sa.Connection) -> Iterator[str]:
    """Yield the verdict on every title after an item's first; dates move on with the titles."""
    of: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in records("retitled.jsonl.gz"):
        of[f"{row['set']} {row['source']}"].append(row)
    for name, rows in of.items():
        source = sources.source_row(lane, "press", name)
        for start in range(0, len(rows), _ITEMS):
            some = rows[start : start + _ITEMS]
            for turn in range(max(len(row["titles"]) for row in some)):
                entries = [_entry(row, turn) for row in some if turn < len(row["titles"])]
                verdicts = _judged(
                    lane, source, entries, max(one.published for one in entries if one.published)
                )
                if turn:
                    yield from (verdict.kind for verdict in verdicts)


def _entry(row: dict[str, Any], turn: int) -> Entry:
    at, title = row["titles"][turn]
    return Entry(Words(title), _guid(row["key"]), row["url"], _time(at))


def _guid(key: str) -> str | None:
    return None if key.startswith("http") else key


def _time(written: str) -> datetime:
    return datetime.strptime(written, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


# ---------------------------------------------------------------- polls as they were


@dataclass(slots=True)
class _Steps:
    ids: list[str] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)


def _steps() -> dict[str, _Steps]:
    found: defaultdict[str, _Steps] = defaultdict(_Steps)
    for row in records("feeds", "snapshots", "expected.jsonl.gz"):
        if "ids" in row:
            found[row["feed"]].ids = row["ids"]
        elif len(found[row["feed"]].steps) < _STEPS:
            found[row["feed"]].steps.append(row)
    return dict(found)


def _replayed(lane: sa.Connection, feed: str, of: _Steps) -> Iterator[tuple[str, bool]]:
    """Yield of every item of every poll what it was to be, and whether it was taken for that."""
    source = sources.source_row(lane, "press", feed)
    for step in of.steps:
        parsed = _parsed(DATA / "feeds" / "snapshots" / step["path"], _time(step["fetched_utc"]))
        if parsed is None:
            continue
        verdicts = _judged(lane, source, parsed.entries, _time(step["fetched_utc"]))
        wanted = {of.ids[one]: what for what in ("new", "changed", "retitled") for one in step[what]}
        for verdict in verdicts:
            what = wanted.get(_key(verdict.appearance.entry), "known")
            yield what, _is(verdict.kind, what)


def _parsed(path: Path, at: datetime) -> ParsedFeed | None:
    parsed = parse(Document("https://feed.example/", gzip.decompress(path.read_bytes())), at)
    return parsed if isinstance(parsed, ParsedFeed) else None


def _key(entry: Entry) -> str:
    title = hashlib.sha1(entry.words.title.encode(), usedforsecurity=False).hexdigest()
    return entry.guid or entry.link or f"title:{title}"


def _is(kind: str, what: str) -> bool:
    """Tell whether a verdict is what was to be said; what changed in its markup alone may be seen only."""
    appeared = kind in {"new", "copy"}
    return {"new": appeared, "known": not appeared, "retitled": not appeared, "changed": kind == "revision"}[
        what
    ]
