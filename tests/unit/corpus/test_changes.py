"""Merges, splits and rulings as people read them."""

from dataclasses import replace

import pytest

from monitor.corpus.changes import records, sentences
from monitor.model.views import ChangeView, RulingView
from tests.builders import NOW, story

BRIDGED = ChangeView("merge", "s1", "s2", "bridge", "link https://a.example; wording Ferry", NOW, "", "Post")
MERGED = ChangeView("merge", "s1", "s2", "person", "the same ship", NOW, "Anna")
SPLIT = ChangeView("split", "s1", "s3", "person", "", NOW, "Anna")
DAY = "2026-03-02 09:00"
SAID = f"Anna said so on {DAY}"


@pytest.mark.parametrize(
    ("seen_from", "change", "sentence"),
    [
        ("s1", MERGED, f"s2 was merged into it: {SAID} (the same ship)."),
        ("s0", MERGED, f"s2 was merged into s1: {SAID} (the same ship)."),
        ("s1", SPLIT, f"s3 was split off it: {SAID}."),
        ("s0", SPLIT, f"s3 was split off s1: {SAID}."),
        ("s3", SPLIT, f"It was split off s1: {SAID}."),
        (
            "s1",
            BRIDGED,
            f"It and s2 became one on {DAY}, since a copy in Post belongs to both: {BRIDGED.evidence}.",
        ),
    ],
)
def test_a_change_is_a_sentence(seen_from: str, change: ChangeView, sentence: str) -> None:
    """Each tells which stories, who or which copy, when and why, as seen from the story one looks at."""
    assert list(sentences(replace(story(seen_from), changes=(change,)))) == [sentence]


@pytest.mark.parametrize(("seen_from", "other"), [("s1", "s3"), ("s3", "s1")])
def test_what_is_kept_apart_is_a_sentence(seen_from: str, other: str) -> None:
    """A ruling names the other story, from either side."""
    ruling = RulingView("apart", "s1", "s3", ("A", "B"), NOW, "Anna", "two ships")
    told = replace(story(seen_from), apart=(ruling,))
    assert list(sentences(told)) == [f"It stays apart from {other}: {SAID} (two ships)."]
    assert records(told) == {
        "changes": [],
        "rulings": [
            {
                "kind": "apart",
                "stories": ["s1", "s3"],
                "at": "2026-03-02T09:00:00Z",
                "who": "Anna",
                "note": "two ships",
            }
        ],
    }
