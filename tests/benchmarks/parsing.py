"""How fast documents are read: `python -m tests.benchmarks.parsing [DOCUMENTS]`.

Reads a document of our own wording and, where the shared data is, consecutive ones of real feeds: by bare
feedparser (its two options off), whole by this program, and cut by the record of the one before. Times are
the best of some rounds in CPU milliseconds, their medians over the documents; ratios hold on any machine.
Bare feedparser has its joining of addresses remembered here, as in this program.
"""

import gzip
import io
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

import feedparser

from monitor import clock
from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document
from monitor.parse import parse
from tests.benchmarks.documents import document, item

_SNAPSHOTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "feeds" / "snapshots"
_ROUNDS = 5


def _feeds(count: int) -> Iterator[tuple[str, list[bytes]]]:
    start = datetime(2026, 11, 22, tzinfo=UTC)
    items = [item(2, number, start) for number in range(31)]
    first, second = (document(2, some, start) for some in (items[:30], items[1:]))
    yield "our own, nothing new", [first] * 2
    yield "our own, one new", [first, second]
    for folder in sorted(_SNAPSHOTS.glob("*")):
        files = sorted(folder.glob("*.gz"))
        bodies = [gzip.decompress(file.read_bytes()) for file in files[:count]]
        if len(bodies) > 1 and folder.name != "failures":
            yield folder.name, bodies


def _milliseconds(work: Callable[..., object], *of: object) -> float:
    taken = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        work(*of)
        taken.append(1000 * (time.process_time() - started))
    return min(taken)


def _bare(body: bytes) -> object:
    return feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)  # noqa: TID251  # measured


def _measured(before: bytes, body: bytes) -> tuple[float, ...] | None:
    """Return items, new items, and the times of bare feedparser, of the whole and of the cut document."""
    now = clock.now()
    first, second = (Document("https://feed.example/", one, "application/xml") for one in (before, body))
    last, whole = parse(first, now), parse(second, now)
    if not isinstance(last, ParsedFeed) or not isinstance(whole, ParsedFeed):
        return None
    cut = parse(second, now, last.record)
    return (
        len(whole.entries),
        len(getattr(cut, "entries", ())),
        _milliseconds(_bare, body),
        _milliseconds(parse, second, now),
        _milliseconds(parse, second, now, last.record),
    )


def _row(name: str, bodies: list[bytes]) -> None:
    measured = [one for one in (_measured(*pair) for pair in pairwise(bodies)) if one]
    items, new, bare, whole, cut = (median(column) for column in zip(*measured, strict=True))
    print(
        f"{name:<22} {items:6.0f} {new:6.1f} {bare:9.2f} {whole:8.2f} {cut:8.2f}"
        f" {bare / whole:10.1f} {whole / cut:9.1f} {bare / cut:8.1f}"
    )


def main(count: int = 6) -> None:
    """Run the benchmark and print a table."""
    print("feed                    items    new   bare ms    whole      cut bare/whole whole/cut bare/cut")
    for name, bodies in _feeds(count):
        _row(name, bodies)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
