"""Likeness to seeds on what publishers file by section, as their links of 2020 say: BBC, CNN, SMH."""

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from monitor.model.fetching import Document
from monitor.parse import parse
from tests.quality.figures import DATA, Figure
from tests.quality.topics import Filed, f1s_of, ranking, scores_of, seeds_of, threshold

_SECTIONS = {
    "bbc": r"/news/(?:av/)?([a-z-]+?)-\d+$|/(sport)/",
    "cnn": r"/\d{4}/\d\d/\d\d/([a-z-]+)/",
    "smh": r"smh\.com\.au/(([a-z-]+)/[a-z-]+|[a-z-]+)/",
}
"""Where a link says its section; of SMH's "sport/afl" an item is under both."""

_READ = datetime(2021, 1, 1, tzinfo=UTC)


def measure() -> Iterator[Figure]:
    """Return the figures of ranking and of the threshold, with many seeds and with few."""
    for feed, section in _SECTIONS.items():
        filed = Filed(list(_items(feed, section)))
        for seeds in (20, 3):
            of = f"sections, {seeds} {feed} seeds"
            drawn = list(seeds_of(filed, seeds))
            scores = scores_of(filed, drawn)
            yield from ranking(of, filed, drawn, scores, None)
            yield threshold(of, f1s_of(filed, drawn, scores), None)


def _items(feed: str, section: str) -> Iterator[dict[str, Any]]:
    """Yield the items of a feed's polls with their sections, each headline once, as it was first seen."""
    seen: set[str] = set()
    for path in sorted((DATA / "feeds" / "snapshots" / feed).glob("*.xml.gz")):
        parsed = parse(Document("https://feed.example/", gzip.decompress(path.read_bytes())), _READ)
        for entry in getattr(parsed, "entries", ()):
            if entry.words.title in seen:
                continue
            seen.add(entry.words.title)
            told = re.search(section, entry.link or "")
            yield {
                "title": entry.words.title,
                "summary": entry.words.summary,
                "text": "",
                "topics": [name for name in told.groups() if name] if told else [],
            }
