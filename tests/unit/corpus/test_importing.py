"""Archives in: every line is a document or is named with what is wrong, and nothing comes twice."""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.corpus.importing import BadLine, Imported, record, take_in
from monitor.model.documents import ImportRecord
from monitor.model.entries import Words
from monitor.model.views import StoryView
from monitor.store import Store, corpus, open_store
from tests.builders import NOW, StoppedClock, entry, seed
from tests.polls import everything, poll, untagged

TEXT = "The first ferry in three days left the harbour this morning with sixty people."


def line(**fields: Any) -> bytes:
    """Return one line of an archive."""
    return json.dumps({"id": "1", "title": "Ferry sails"} | fields).encode()


def load(store: Store, lines: Iterable[bytes]) -> Imported:
    """Import lines; return the whole account."""
    *_, account = take_in(store, lines, untagged, StoppedClock())
    return account


def stored(store: Store) -> list[StoryView]:
    """Return every story."""
    with store.read() as connection:
        return everything(connection)


def test_every_field_is_read() -> None:
    """A full line gives a full record: cleaned words, a time in UTC, a number as id taken as text."""
    full = {
        "id": 7,
        "source": " Harbour Post ",
        "url": "https://harbour.example/7",
        "title": "Ferry\nsails",
        "summary": "At  last.",
        "text": "One.\n\nTwo.",
        "language": "en",
        "published": "2025-12-18T08:00:00+02:00",
    }
    assert record(json.dumps(full).encode()) == ImportRecord(
        words=Words("Ferry sails", "At last.", "One.\nTwo."),
        source="Harbour Post",
        id="7",
        url="https://harbour.example/7",
        language="en",
        published=NOW.replace(2025, 12, 18, 6),
    )


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"source": "Post"}, "Post"),
        ({"url": "https://Harbour.example/7"}, "harbour.example"),
        ({"source": None, "url": None, "published": None, "text": None}, "archive"),
    ],
)
def test_a_source_without_a_name_is_its_host(fields: dict[str, Any], source: str) -> None:
    """Where no source is named the address's host is it, else the archive as such."""
    assert record(line(**fields)).source == source


BAD = {
    b"{": "not JSON",
    b"[]": "not a JSON object",
    b'"a"': "not a JSON object",
    b"\xff": "not JSON",
    b"[" * 100_000: "not JSON",
    b'{"id": "1"}': "title is missing",
    line(title=""): "title is empty",
    line(title=5): "title is int",
    line(id=""): "one of id and url",
    line(id=True): "id is bool",
    line(id=None): "one of id and url",
    line(url="ftp://harbour.example/"): "not an http address",
    line(url="http:///"): "not an http address",
    line(url="http://[::1"): "not an http address",
    line(text=["a"]): "text is list",
    line(published="yesterday"): "RFC 3339",
    line(published="2025-12-18T06:00:00"): "no zone",
    line(published=1766037600): "published is int",
    line(published="0001-01-01T00:00:00+14:00"): "outside the years",
    line(source="s" * 500): "more than 400",
}


def test_bad_lines_are_numbered_and_the_rest_goes_on(sqlite_store: Store) -> None:
    """Each bad line is reported with its number and reason; empty ones count as lines and are no fault."""
    lines = [b"\n", *BAD, line(id="good")]
    account = load(sqlite_store, lines)
    assert [bad.number for bad in account.bad] == list(range(2, len(BAD) + 2))
    for bad, reason in zip(account.bad, BAD.values(), strict=True):
        assert isinstance(bad, BadLine)
        assert reason in bad.reason
    assert (account.records, account.kinds) == (1, Counter(new=1))
    assert len(stored(sqlite_store)) == 1


def test_what_no_database_holds_is_taken_out(store: Store) -> None:
    """Null characters and halves of pairs in any field cost only themselves."""
    url = "https://a.example/\x00\ud800"
    broken = line(id="a\x00b", url=url, source="\x00s", title="T\x00\ud800", text="\udfff")
    assert load(store, [broken]).bad == []
    (story,) = stored(store)
    assert (story.words, story.url, story.source) == (Words("T"), "https://a.example/", "s")


def test_the_same_file_twice_changes_nothing(sqlite_store: Store) -> None:
    """A second import of the same lines finds everything known."""
    lines = [line(id=f"{n}", title=f"Item number {n} of the archive", text=TEXT) for n in range(5)]
    load(sqlite_store, lines)
    before = stored(sqlite_store)
    assert load(sqlite_store, lines).kinds == Counter(seen=5)
    assert stored(sqlite_store) == before


def test_the_same_id_with_other_words_is_a_revision(sqlite_store: Store) -> None:
    """Later words of one id replace the earlier ones, which are kept, also within one file."""
    account = load(sqlite_store, [line(title="One"), line(title="Two"), line(title="Two")])
    assert account.kinds == Counter(new=1, revision=1, seen=1)
    (story,) = stored(sqlite_store)
    assert story.words.title == "Two"
    assert [old.words.title for old in story.revisions] == ["One"]


def test_without_an_id_the_address_is_the_identity(sqlite_store: Store) -> None:
    """Two lines with one page's address in two spellings are one document."""
    urls = ("https://a.example/1", "http://www.a.example/1/?utm_source=x", "https://a.example/2")
    account = load(sqlite_store, [line(id=None, source="A", url=url) for url in urls])
    assert account.kinds == Counter(new=2, seen=1)


def test_an_archive_is_deduplicated_like_a_poll(sqlite_store: Store) -> None:
    """The same words in two sources are one story with two copies, and a polled one joins them."""
    when = NOW.isoformat()
    lines = [line(source=source, title="Ferry sails", text=TEXT, published=when) for source in "ab"]
    assert load(sqlite_store, lines).kinds == Counter(new=1, copy=1)
    with sqlite_store.write() as lane:
        assert poll(lane, entry("Ferry sails!", text=TEXT, published=NOW)) == ["copy"]
    (story,) = stored(sqlite_store)
    assert [copy.rule for copy in story.copies] == ["first", "wording", "wording"]
    assert [copy.guid for copy in story.copies] == ["1", "1", None]
    assert not story.news


def test_nothing_is_a_copy_of_a_seed(sqlite_store: Store) -> None:
    """A document with a seed's words is a story of its own."""
    with sqlite_store.write() as lane:
        corpus.put_seed(lane, seed(title="Ferry sails", text=TEXT), untagged, NOW)
    assert load(sqlite_store, [line(text=TEXT)]).kinds == Counter(new=1)


def test_a_long_file_is_stored_in_parts(sqlite_store: Store) -> None:
    """The account grows with every part that is safely stored."""
    lines = [line(id=f"{n}", title=f"Item number {n}") for n in range(1100)]
    accounts = take_in(sqlite_store, lines, untagged, StoppedClock())
    assert list(dict.fromkeys(account.records for account in accounts)) == [500, 1000, 1100]


RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from("123"),
            "source": st.sampled_from("ab"),
            "url": st.sampled_from([None, "https://a.example/1", "https://a.example/2"]),
            "title": st.sampled_from(["Ferry leaves harbour after stormy days", "Harvest begins", "Snow"]),
            "text": st.sampled_from(["", TEXT]),
            "published": st.sampled_from([NOW, NOW - timedelta(hours=48), NOW - timedelta(hours=96)]).map(
                lambda moment: moment.isoformat()
            ),
        }
    ),
    max_size=8,
)


@contextmanager
def emptied(file: Path) -> Iterator[Store]:
    """Give a store of its own, a copy of an empty one."""
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{shutil.copy(file, folder)}")
        yield store
        store.close()


def shape(found: Iterable[StoryView]) -> list[Any]:
    """Return all of stories but their ids."""
    return [(one.words, one.url, one.published, one.copies, one.revisions) for one in found]


@settings(max_examples=15, deadline=None)
@given(RECORDS)
def test_in_pieces_or_whole(migrated_sqlite: Path, records: list[dict[str, Any]]) -> None:
    """A file imported line by line gives the same stories as the whole at once."""
    lines = [json.dumps(fields).encode() for fields in records]
    results = []
    for pieces in ([lines], [[one] for one in lines]):
        with emptied(migrated_sqlite) as store:
            for piece in pieces:
                list(take_in(store, piece, untagged, StoppedClock()))
            results.append(shape(stored(store)))
    assert results[0] == results[1]
