"""The fast path and feedparser, over other parsers' suites and over documents that publishers served."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.model.fetching import Document
from monitor.parse import authority, fast, feed
from tests.contract import suites
from tests.contract.conformance import NOW
from tests.shared_data import shared

_STEP = 1 if os.environ.get("MONITOR_FULL_REPLAY") else 60

_SUITES = {
    "feedparser": (suites.feedparser, ("encoding", "entities", "illformed", "wellformed"), 0.6),
    "gofeed": (suites.gofeed, (".",), 0.4),
    "feed-rs": (suites.feed_rs, (".",), 0.5),
    "miniflux": (suites.miniflux, (".",), 0.4),
}
"""Folders of the suites and the share of their files that is well-formed and common enough to be read."""


def _answers(document: Document) -> bool:
    """Tell whether the fast path answers; where it does, it must find what feedparser finds."""
    data = authority.utf8(document.body, document.content_type)
    found = fast.read(data) if data else None
    if found is not None:
        whole = authority.parse_somehow(document.body, document.content_type)
        assert feed.understood(document, found, NOW) == feed.understood(document, whole, NOW)
    return found is not None


@pytest.mark.parametrize("suite", sorted(_SUITES))
def test_where_it_answers_it_agrees_with_feedparser(suite: str) -> None:
    """Proves equal entries on every file of a suite that the fast path reads, and that these are many."""
    read, folders, share = _SUITES[suite]
    cases = [case for folder in folders for case in read(shared("feeds", "conformance", suite, folder))]
    answered = sum(_answers(case.document) for case in cases)
    assert answered > share * len(cases)


def _snapshots() -> Iterator[Path]:
    for folder in sorted(shared("feeds", "snapshots").iterdir()):
        yield from sorted(folder.glob("*.xml.gz"))[::_STEP] if folder.is_dir() else ()


def test_nearly_all_real_documents_are_its_own() -> None:
    """Proves equal entries on what publishers served, of which the fast path reads nine in ten and more."""
    bodies = (gzip.decompress(path.read_bytes()) for path in _snapshots())
    answers = [_answers(Document("https://a.example/feed", body)) for body in bodies if body]
    assert len(answers) > 30
    assert sum(answers) > 0.9 * len(answers)
