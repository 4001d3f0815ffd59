"""What every rung of the ladder owes, and what the whole does with feeds as publishers really made them."""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.dedupe import LIKENESSES, RUNGS, mark
from monitor.dedupe.likeness import Between, read
from monitor.dedupe.link import canonical
from monitor.model.entries import Entry, ParsedFeed, Words
from monitor.model.fetching import Document
from monitor.model.stories import Batch, StoryKey
from monitor.parse import parse
from monitor.parse.text import tidy
from monitor.store import Store, sources
from tests.builders import NOW, entry, folded
from tests.polls import everything, judge_batch, poll, undone, untagged
from tests.shared_data import shared

SAMPLE = entry(
    "Harbour ferry resumes after a long storm",
    guid="1",
    link="https://harbour.example/news/1?id=7",
    text="The first ferry in three days left the harbour this morning with sixty passengers.",
    published=NOW,
)


def traits(one: Entry) -> list[StoryKey | None]:
    """Return what every rung says of an entry."""
    return [rung(one, folded(one), canonical(one.link) if one.link else None) for rung in RUNGS]


def test_every_rung_has_a_name_of_its_own() -> None:
    """Each rung finds its trait in a full entry, and says by its name and evidence what it found."""
    found = [trait for trait in traits(SAMPLE) if trait]
    assert len({trait.rule for trait in found}) == len(RUNGS)
    assert all(trait.evidence for trait in found)


@pytest.mark.parametrize(
    "other",
    [
        Entry(SAMPLE.words, "2", SAMPLE.link, None, None, "uk"),
        Entry(
            Words(tidy(f"  {SAMPLE.words.title.upper()} "), text=f"{SAMPLE.words.text}\n\n"),
            None,
            f"{SAMPLE.link}&utm_source=rss#top",
        ),
    ],
)
def test_an_entry_is_its_own_copy(other: Entry) -> None:
    """Guid, time, language, spacing, case and tracking change no trait."""
    assert traits(other) == traits(SAMPLE)


def test_every_likeness_proposes_and_decides() -> None:
    """Each rung that compares proposes a full entry to itself, and calls it the same elsewhere too."""
    (marked,) = mark([SAMPLE])
    assert [one.rule for one in marked.proposals] == [rung.rule for rung in LIKENESSES]
    apart = Between(same_outlet=False, apart=timedelta(0), dated=True)
    for rung in LIKENESSES:
        found = rung.same(read(SAMPLE.words), read(SAMPLE.words), apart)
        assert found
        assert found.score == 1
        assert found.evidence


def test_an_entry_without_anything_has_no_trait() -> None:
    """What says nothing is a copy of nothing."""
    assert traits(entry("")) == [None] * len(RUNGS)


# ---------------------------------------------------------------- as publishers made them

REPLAYED = {
    "aljazeeraenglish": 20,
    "ap-dec2025": 3,
    "bbc": 12,
    "cnn": 8,
    "kyivindependent-2024": 2,
    "nyt-2025": 12,
    "nytimes": 8,
    "nzherald": 20,
    "rnz": 25,
    "smh": 12,
}


def steps(feed: str) -> Iterator[dict[str, Any]]:
    """Give the polls of a feed with what is right for each."""
    with gzip.open(shared("feeds", "snapshots", "expected.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            step = json.loads(line)
            if step["feed"] == feed and "step" in step:
                yield step


def opened(folder: Path, step: dict[str, Any]) -> ParsedFeed | None:
    """Return a stored document, read; None where it is no feed."""
    at = datetime.strptime(step["fetched_utc"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    body = gzip.decompress((folder / step["path"]).read_bytes())
    parsed = parse(Document("https://feed.example/", body), at)
    return parsed if isinstance(parsed, ParsedFeed) else None


@pytest.mark.parametrize("feed", REPLAYED)
def test_a_real_feed_polled_in_order(sqlite_store: Store, feed: str) -> None:
    """Poll by poll there are as many new items and as many changed ones as the publisher brought."""
    folder = shared("feeds", "snapshots")
    with undone(sqlite_store) as lane:
        source = sources.source_row(lane, "press", feed)
        for step in list(steps(feed))[: REPLAYED[feed]]:
            parsed = opened(folder, step)
            appearances = mark(parsed.entries) if parsed else ()
            verdicts = judge_batch(lane, Batch(source, appearances, NOW), untagged)
            kinds = Counter(verdict.kind for verdict in verdicts)
            assert kinds["new"] + kinds["copy"] == len(step["new"]), step["path"]
            assert kinds["revision"] >= len(step["retitled"]), step["path"]


def rows(*parts: str) -> list[dict[str, Any]]:
    """Return the lines of a file of the shared data."""
    with gzip.open(shared(*parts), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_a_retitled_item_is_a_revision(sqlite_store: Store) -> None:
    """Of items that publishers retitled, every title after the first is a revision, none a new story."""
    with undone(sqlite_store) as lane:
        for row in rows("retitled.jsonl.gz")[::40]:
            versions = [entry(title, guid=row["key"], link=row["url"]) for _, title in row["titles"]]
            kinds = [poll(lane, version, feed=row["source"])[0] for version in versions]
            assert kinds[0] in {"new", "copy"}
            assert set(kinds[1:]) <= {"revision", "seen"}


def test_exact_repeats_are_one_story(sqlite_store: Store) -> None:
    """Documents that repeat one title and text are one story each, and no others are joined."""
    groups = defaultdict(list)
    for row in rows("pairs", "repeats-bbc.jsonl.gz"):
        groups[row["group"]].append(entry(row["title"], guid=row["id"], text=row["text"]))
    assert len(groups) > 10
    with undone(sqlite_store) as lane:
        for number, copies in enumerate(zip(*(group[:2] for group in groups.values()), strict=True)):
            poll(lane, *copies, feed=f"feed {number}")
        found = everything(lane)
    assert [len(story.copies) for story in found] == [2] * len(groups)
