"""What the pure stages cost for one document of fifty items, beside bare feedparser in the same run.

The ratio is the number to compare between machines and between commits: feedparser sets the measure.
"""

import io
import sys
import timeit
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

import feedparser

from monitor.dedupe import mark
from monitor.demo import render
from monitor.demo.samples import Outlet, outlets
from monitor.model import Document, Failed, Topic
from monitor.parse import parse
from monitor.tag import Tagger

_ITEMS = 50
_TOPICS = Path(__file__).resolve().parents[2] / "config" / "topics.toml"
_NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


def document() -> Document:
    """Return an RSS document of fifty different items made of the demo's sample articles."""
    written = [article for outlet in outlets() for article in outlet.articles]
    articles = [
        replace(article, slug=f"{article.slug}-{number}", title=f"{article.title}, part {number}")
        for number, article in enumerate(islice(cycle(written), _ITEMS))
    ]
    outlet = Outlet("sample", "Sample", "Fifty items", "rss", "en")
    return Document(
        "http://sample.example/feed", render.feed(outlet, articles, _NOW, 80), "application/rss+xml"
    )


def tagger() -> Tagger:
    """Return the shipped topics, compiled."""
    shipped = tomllib.loads(_TOPICS.read_text(encoding="utf-8"))
    topics = [Topic(topic["name"], topic["title"], topic["query"]) for topic in shipped["topics"]]
    return Tagger(topics, shipped["aliases"])


def milliseconds(work: Callable[[], object]) -> float:
    """Return the time of the fastest of seven runs."""
    return min(timeit.repeat(work, number=1, repeat=7)) * 1000


def main() -> None:
    """Measure each stage and print a line about it."""
    sample, tag = document(), tagger()
    parsed = parse(sample, _NOW)
    if isinstance(parsed, Failed):
        sys.exit(parsed.detail)
    stages: dict[str, Callable[[], object]] = {
        "feedparser": lambda: feedparser.parse(io.BytesIO(sample.body)),  # noqa: TID251 - the measure
        "parse": lambda: parse(sample, _NOW),
        "mark": lambda: mark(parsed.entries),
        "tag": lambda: [tag(entry.words) for entry in parsed.entries],
    }
    times = {name: milliseconds(work) for name, work in stages.items()}
    sys.stdout.write(f"one document, {len(parsed.entries)} items, {len(sample.body)} bytes\n")
    for name, time in times.items():
        sys.stdout.write(f"{name:12}{time:8.2f} ms{time / times['feedparser']:8.2f} x feedparser\n")


if __name__ == "__main__":
    main()
