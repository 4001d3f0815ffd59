"""Archives out: everything that is known of a story, in a form that others can take in."""

import csv
import io
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from monitor.corpus.exporting import as_csv, jsonl, written
from monitor.corpus.importing import take_in
from monitor.model.entries import Words
from monitor.model.topics import Span, Tag
from monitor.model.views import RevisionView, StoryView
from monitor.store import Store, corpus, open_store
from tests.builders import FEED, NOW, StoppedClock, copy_view, entry, story, tag, topic
from tests.polls import everything, poll, untagged


def test_a_record_says_all() -> None:
    """A line has the story, its tags with evidence, every appearance and every earlier wording."""
    full = story(
        "s7",
        "Ferry resumes",
        text="«Пором»\nвийшов",
        tags=[tag("ferries", 0.75)],
        copies=[copy_view(), copy_view("https://courier.example/", rule="wording")],
        revisions=[RevisionView(FEED, "g1", Words("Ferry resumed", "S", "T"), NOW)],
    )
    (line,) = jsonl([full])
    assert line.endswith("\n")
    assert "«Пором»" in line
    made = json.loads(line)
    assert {name: made[name] for name in ("id", "url", "title", "summary", "text", "language", "source")} == {
        "id": "s7",
        "url": "https://harbour.example/1",
        "title": "Ferry resumes",
        "summary": "",
        "text": "«Пором»\nвийшов",
        "language": "en",
        "source": FEED,
    }
    assert (made["published"], made["first_seen"]) == ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z")
    assert (made["seed"], made["event"]) == (False, None)
    assert made["topics"] == [
        {
            "topic": "ferries",
            "score": 0.75,
            "evidence": [
                {"term": "ferry", "matched": "Ferry", "field": "title", "start": 0, "end": 5, "alias": None}
            ],
            "back_applied": False,
        }
    ]
    assert [(copy["source"], copy["guid"], copy["rule"], copy["score"]) for copy in made["copies"]] == [
        (FEED, "g1", "first", 1.0),
        ("https://courier.example/", "g1", "wording", 1.0),
    ]
    assert set(made["copies"][0]) == {
        *("source", "guid", "url", "title", "published", "first_seen", "rule", "score")
    }
    assert made["revisions"] == [
        {
            "guid": "g1",
            "source": FEED,
            "title": "Ferry resumed",
            "summary": "S",
            "text": "T",
            "seen_at": "2026-03-02T09:00:00Z",
        }
    ]


def test_line_breaks_of_a_text_break_no_line() -> None:
    """A record is one line, whatever stands in its text."""
    texts = "a\nb", "a\u2028b", 'a"b'
    assert [line.count("\n") for line in jsonl(story(text=text) for text in texts)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, None),
        (NOW, "2026-03-02T09:00:00Z"),
        (NOW + timedelta(microseconds=5), "2026-03-02T09:00:00.000005Z"),
        (datetime(2026, 3, 2, 11, tzinfo=timezone(timedelta(hours=2))), "2026-03-02T09:00:00Z"),
    ],
)
def test_times_are_written_in_utc(moment: datetime | None, text: str | None) -> None:
    """A time is RFC 3339 with a Z."""
    assert written(moment) == text


def sheet(*stories: StoryView) -> list[list[str]]:
    """Return the cells of the stories as a sheet reads them."""
    return list(csv.reader(io.StringIO("".join(as_csv(stories)), newline="")))


def test_a_sheet_has_a_row_a_story() -> None:
    """Quotes, commas and line breaks stay in their cells."""
    head, row = sheet(story(title='A "b", c', text="1\n2", tags=[Tag("ferries", 1.0), Tag("ports", 0.5)]))
    cells = dict(zip(head, row, strict=True))
    assert (cells["title"], cells["text"], cells["seed"]) == ('A "b", c', "1\n2", "False")
    assert (cells["topics"], cells["copies"]) == ("ferries ports", "1")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(sign: str) -> None:
    """What a sheet would take for a formula gets an apostrophe, in every column of text."""
    evil = f'{sign}HYPERLINK("https://evil.example/")'
    head, row = sheet(story("s1", evil, summary=evil, text=evil, url=evil))
    cells = dict(zip(head, row, strict=True))
    assert {cells[name] for name in ("title", "summary", "text", "url")} == {f"'{evil}"}


def test_an_export_taken_in_elsewhere_gives_the_same_stories(sqlite_store: Store, tmp_path: Path) -> None:
    """Words, addresses, languages and times of every story survive; once more changes nothing."""
    with sqlite_store.write() as lane:
        corpus.declare_topics(lane, [topic("ferries")])
        for n in range(3):
            item = entry(f"Ferry number {n}", guid=f"{n}", link=f"https://a.example/{n}", text="Один.\nДва.")
            span = Span("ferry", "Ferry", "title", 0, 5)
            poll(lane, item, tagger=lambda _: (Tag("ferries", 1.0, (span,)),))  # noqa: B023  # used at once
        poll(lane, entry("Dated", guid="d", published=NOW - timedelta(days=3), language="uk"))
    with sqlite_store.read() as connection:
        before = everything(connection)
    lines = [line.encode() for line in jsonl(before)]
    elsewhere = open_store(f"sqlite:///{tmp_path}/elsewhere/monitor.db")
    elsewhere.migrate()
    for kinds in ({"new": 4}, {"seen": 4}):
        *_, account = take_in(elsewhere, lines, untagged, StoppedClock())
        assert (account.kinds, account.bad) == (kinds, [])
    with elsewhere.read() as connection:
        after = everything(connection)
    elsewhere.close()
    assert [(one.words, one.url, one.source, one.language, one.published) for one in after] == [
        (one.words, one.url, one.source, one.language, one.published) for one in before
    ]
    assert [one.copies[0].guid for one in after] == [one.id for one in before]
