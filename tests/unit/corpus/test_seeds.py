"""The seed corpus: what a file says, what is wrong with one, and what loading it changes."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.corpus.seeds import document, read
from monitor.errors import Problem
from monitor.model.documents import SeedDocument
from monitor.model.entries import Words
from monitor.model.topics import Tag
from monitor.store import Store, corpus, stories
from monitor.store.stories import Wanted
from tests.builders import NOW, seed, topic
from tests.polls import everything

MATTER = """---
title: "Ferry: sails again"
Publisher: Harbour Post
date: 2025-09-23
url: https://harbour.example/1
language: en
---

# Ferry: sails again

The ferry sails.

It carries sixty.
"""


def test_front_matter_describes_a_seed() -> None:
    """Title, publisher, date, address and language come from the front matter, the text from below it."""
    assert document("ferry.md", MATTER) == SeedDocument(
        name="ferry.md",
        words=Words("Ferry: sails again", text="The ferry sails.\nIt carries sixty."),
        url="https://harbour.example/1",
        source="Harbour Post",
        language="en",
        published=datetime(2025, 9, 23, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("written", "title", "text"),
    [
        ("Ferry sails\n\nAt last.\n", "Ferry sails", "At last."),
        ("\n\n# Ferry sails\nAt last.", "Ferry sails", "At last."),
        ("Ferry sails", "Ferry sails", ""),
        ("Паром  вийшов\r\n\r\nУ\u00a0море.\r\n", "Паром вийшов", "У море."),
        ("---\ntitle: A\n---\nOther first line\nB", "A", "Other first line\nB"),
        ("---\nlanguage: en\n---\nFerry sails\nB", "Ferry sails", "B"),
        ("---\r\ntitle: 'A'\r\n---\r\nB", "A", "B"),
        ("Ferry \x00sails\nB\x07", "Ferry sails", "B"),
    ],
)
def test_a_title_is_the_first_line_unless_given(written: str, title: str, text: str) -> None:
    """Without a title in the front matter the first line is it; the text does not repeat it."""
    assert document("a.txt", written).words == Words(title, text=text)


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2025-09-23T10:00:00Z", datetime(2025, 9, 23, 10, tzinfo=UTC)),
        ("2025-09-23T10:00:00+03:00", datetime(2025, 9, 23, 7, tzinfo=UTC)),
        ("2025-09-23 10:00", datetime(2025, 9, 23, 10, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_date_is_in_utc(date: str, moment: datetime | None) -> None:
    """A date may have a time and a zone; without a zone it is UTC's."""
    assert document("a.md", f"---\ndate: {date}\n---\nA").published == moment
    assert moment is None or moment.utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        (b"---\ntitle: A\n\nno end", "does not end"),
        (b"", "neither a title nor a first line"),
        (b"---\ntitle:\n---\n\n", "neither a title nor a first line"),
        (b"---\ndate: 23 September\n---\nA", "23 September"),
        (b"---\ndate: 0001-01-01T00:00:00+14:00\n---\nA", "0001-01-01"),
        (b"\xff\xfe\x00A", "cannot be read as a seed"),
    ],
)
def test_a_bad_file_is_a_problem_and_the_rest_goes_on(tmp_path: Path, written: bytes, wrong: str) -> None:
    """What is wrong with one file is said with its path, and the other files are read."""
    (tmp_path / "a.md").write_text("Ferry sails")
    (tmp_path / "b.md").write_bytes(written)
    (tmp_path / "c.txt").write_bytes("\ufeffСнігопад\r\nУ горах.".encode())
    first, problem, last = read(tmp_path)
    assert isinstance(first, SeedDocument)
    assert isinstance(problem, Problem)
    assert problem.file == str(tmp_path / "b.md")
    assert wrong in str(problem)
    assert isinstance(last, SeedDocument)
    assert last.words == Words("Снігопад", text="У горах.")


def test_only_texts_are_seeds(tmp_path: Path) -> None:
    """Hidden files, folders and other kinds of file are left out; a folder named as a text is a problem."""
    for name in ("a.md", "b.MARKDOWN", "c.Txt", ".hidden.md", "d.html", "README"):
        (tmp_path / name).write_text(f"Title of {name}")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "e.md").mkdir()
    found = list(read(tmp_path))
    assert [one.name for one in found if isinstance(one, SeedDocument)] == ["a.md", "b.MARKDOWN", "c.Txt"]
    assert [Path(one.file).name for one in found if isinstance(one, Problem)] == ["e.md"]


def test_front_matter_is_cleaned() -> None:
    """What no database can hold is gone from every field, and a field of nothing else is not there."""
    written = "---\nurl: https://a.example/\0x\npublisher: The\0 \u200bPost\nlanguage: \0\n---\nFerry"
    read_one = document("a.md", written)
    assert (read_one.url, read_one.source, read_one.language) == ("https://a.example/x", "The Post", None)


@pytest.mark.parametrize("name", ["nowhere", "x" * 300])
def test_a_folder_that_cannot_be_read_is_a_problem(tmp_path: Path, name: str) -> None:
    """A folder that is not there, or that the system does not open, is said with what to set."""
    (problem,) = read(tmp_path / name)
    assert isinstance(problem, Problem)
    assert "seeds.path" in problem.right


# ---------------------------------------------------------------- loading


def tagger(words: Words) -> tuple[Tag, ...]:
    """Tag what speaks of ferries."""
    return (Tag("ferries", 1.0),) if "ferry" in words.text.lower() else ()


def load(store: Store, one: SeedDocument, hours: int = 0) -> str:
    """Store a seed; return what changed."""
    with store.write() as lane:
        corpus.declare_topics(lane, [topic("ferries")])
        return corpus.put_seed(lane, one, tagger, NOW + timedelta(hours=hours))


def rows(store: Store) -> Mapping[str, int]:
    """Return the seeds by name."""
    with store.read() as connection:
        return corpus.seed_rows(connection)


def test_loading_twice_changes_nothing(store: Store) -> None:
    """A seed that did not change is unchanged, and it is the same story, word for word."""
    assert load(store, seed()) == "new"
    with store.read() as connection:
        before = everything(connection)
    assert load(store, seed(), hours=1) == "unchanged"
    with store.read() as connection:
        assert everything(connection) == before


def test_a_changed_file_is_changed_and_tagged_anew(store: Store) -> None:
    """New words keep the seed's story and replace its words and its tags."""
    load(store, seed(text="The ferry sails."))
    before = rows(store)
    assert load(store, seed(text="The boat sails."), hours=1) == "changed"
    with store.read() as connection:
        (story,) = everything(connection)
    assert (story.words.text, story.tags, story.seed) == ("The boat sails.", (), True)
    assert load(store, seed(text="The ferry sails."), hours=2) == "changed"
    with store.read() as connection:
        (story,) = stories.newest(connection, Wanted(topic="ferries"), 9)
    assert story.tags[0].words == story.words
    assert rows(store) == before


def test_a_seed_is_its_files_name(store: Store) -> None:
    """Two files with the same words are two seeds."""
    assert [load(store, seed("a.md")), load(store, seed("b.md"))] == ["new", "new"]
    assert sorted(rows(store)) == ["a.md", "b.md"]
