"""Documents that publishers really served, cut and whole: the judge finds the same in both."""

import gzip
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.dedupe import mark
from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document
from monitor.model.stories import Batch
from monitor.parse import parse
from monitor.store import Store, sources
from tests.builders import NOW
from tests.polls import judge_batch, undone, untagged
from tests.shared_data import shared

FULL = bool(os.environ.get("MONITOR_FULL_REPLAY"))
FEEDS = ("aljazeeraenglish", "bbc", "cnn", "nyt-2025", "nytimes", "nzherald", "rnz", "smh")
MORE = ("ap-dec2025", "dailymail", "guardian-dec2025", "kyivindependent-2024", "latimes", "world90-dec2025")
STEPS = 5
"""How many documents of a feed, from a third of them on, are replayed by default."""

Found = list[tuple[str, tuple[str, ...]]]


def _documents(feed: str) -> list[Path]:
    paths = sorted(shared("feeds", "snapshots", feed).glob("*.gz"))
    return paths if FULL else paths[len(paths) // 3 :][:STEPS]


def _parsed(paths: Sequence[Path], *, cut: bool) -> Iterator[ParsedFeed]:
    record = None
    for path in paths:
        document = Document("https://feed.example/", gzip.decompress(path.read_bytes()))
        parsed = parse(document, NOW, record if cut else None)
        if isinstance(parsed, ParsedFeed):
            record = parsed.record
            yield parsed


def _judged(lane: sa.Connection, parsed: Iterator[ParsedFeed]) -> Iterator[Found]:
    source = sources.source_row(lane, "press", "https://feed.example/")
    for document in parsed:
        verdicts = judge_batch(lane, Batch(source, mark(document.entries), NOW), untagged)
        yield [
            (verdict.kind, verdict.appearance.identities) for verdict in verdicts if verdict.kind != "seen"
        ]


@pytest.mark.parametrize("feed", (*FEEDS, *MORE) if FULL else FEEDS)
def test_cut_documents_are_judged_as_whole_ones(sqlite_store: Store, feed: str) -> None:
    """Proves that poll by poll the same items are new, copies and revisions, and that documents are cut."""
    paths = _documents(feed)
    with undone(sqlite_store) as lane:
        whole = list(_judged(lane, _parsed(paths, cut=False)))
    with undone(sqlite_store) as lane:
        assert list(_judged(lane, _parsed(paths, cut=True))) == whole
    if feed in FEEDS:
        assert any(parsed.unchanged for parsed in _parsed(paths, cut=True))
