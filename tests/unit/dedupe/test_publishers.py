"""What publishers have done to guids, links and dates, poll after poll: nothing is lost and nothing twice."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from monitor.model.entries import Entry
from monitor.store import Store, stories
from monitor.store.stories import Wanted
from tests.builders import NOW, entry
from tests.polls import everything, poll, undone

SITE = "https://harbour.example/news"
SAID = ", the harbour master said on Monday to whoever asked."
TITLES = ("Ferry resumes after storm", "Harvest begins early", "Snow closes the pass")
Document = Sequence[Entry]


def items(guid: Callable[[int], str | None], link: Callable[[int], str | None]) -> Document:
    """Return a document whose items have these guids and links."""
    return [entry(title, guid=guid(n), link=link(n)) for n, title in enumerate(TITLES)]


def page(number: int) -> str:
    """Return an item's page."""
    return f"{SITE}/{number}"


STEADY: dict[str, tuple[Document, Document]] = {
    "18: one guid for all": (items(lambda _: "g", page), items(lambda _: "g", page)),
    "18: an invalid guid for all": (
        items(lambda _: "Invalid Date", page),
        items(lambda _: "Invalid Date", page),
    ),
    "18: guids that differ in their fragment, one link": (
        items(lambda n: f"{SITE}#{n}", lambda _: SITE),
        items(lambda n: f"{SITE}#{n}", lambda _: SITE),
    ),
    "19: http becomes https in guid and link": (
        items(lambda n: page(n).replace("https", "http"), lambda n: page(n).replace("https", "http")),
        items(page, page),
    ),
    "19: another platform's guids, the same pages": (items(str, page), items(lambda n: f"post-{n}", page)),
    "19: the guid is now a number, now the page": (items(str, page), items(page, page)),
    "19: a random guid each time": (
        items(lambda n: str(UUID(int=n)), page),
        items(lambda n: str(UUID(int=n + 9)), page),
    ),
    "21: one link for all": (items(str, lambda _: SITE), items(str, lambda _: SITE)),
    "21: no guid, one link for all": (
        items(lambda _: None, lambda _: SITE),
        items(lambda _: None, lambda _: SITE),
    ),
    "21: neither guid nor link": (
        items(lambda _: None, lambda _: None),
        items(lambda _: None, lambda _: None),
    ),
}


@pytest.mark.parametrize(("first", "second"), STEADY.values(), ids=STEADY.keys())
def test_odd_identities_lose_and_double_nothing(
    sqlite_store: Store, first: Document, second: Document
) -> None:
    """FAILURES 18, 19, 21: all items are kept, and the next polls bring nothing, in any order."""
    with undone(sqlite_store) as lane:
        assert poll(lane, *first) == ["new"] * len(TITLES)
        for document in (second, second[::-1], first, second):
            assert poll(lane, *document) == ["seen"] * len(TITLES)
        assert len(everything(lane)) == len(TITLES)


def test_a_guid_used_again_years_later_loses_no_story(sqlite_store: Store) -> None:
    """FAILURES 20: a new article under an old article's guid is a story of its own."""
    then = NOW - timedelta(days=1100)
    old = entry(TITLES[0], guid="12", link=page(1), published=then)
    new = entry(TITLES[1], guid="12", link=page(2), published=NOW)
    with undone(sqlite_store) as lane:
        assert poll(lane, old, at=then) == ["new"]
        assert poll(lane, new) == ["new"]


def test_a_copy_without_a_date_is_a_copy(sqlite_store: Store) -> None:
    """FAILURES 26: what carries no date is compared with what is known like anything else."""
    with undone(sqlite_store) as lane:
        assert poll(lane, entry(f"{TITLES[0]} in the north", guid="1", published=NOW)) == ["new"]
        undated = entry(f"{TITLES[0]} in the north", guid="x")
        assert poll(lane, undated, feed="https://coast.example/") == ["copy"]


def test_a_long_document_is_kept_whole(sqlite_store: Store) -> None:
    """FAILURES 26: a document of five hundred items has no item that is one too many."""
    many = [entry(f"Item {n} of the long list", guid=str(n), link=page(n)) for n in range(500)]
    with undone(sqlite_store) as lane:
        assert poll(lane, *many) == ["new"] * 500
        assert poll(lane, *many) == ["seen"] * 500


def test_what_is_dated_back_is_not_lost(sqlite_store: Store) -> None:
    """FAILURES 45: an item that comes later with an earlier date, of another century even, is new."""
    with undone(sqlite_store) as lane:
        assert poll(lane, entry(TITLES[0], guid="1", published=NOW)) == ["new"]
        late = entry(TITLES[1], guid="2", published=NOW - timedelta(days=3))
        ancient = entry(TITLES[2], guid="3", published=datetime(1969, 7, 20, tzinfo=UTC))
        assert poll(lane, late, ancient) == ["new", "new"]


def test_items_of_one_moment_are_each_on_one_page(sqlite_store: Store) -> None:
    """FAILURES 45: a list of items with one timestamp shows each of them once, page by page."""
    many = [entry(f"Item {n} of the long list", guid=str(n), published=NOW) for n in range(23)]
    with undone(sqlite_store) as lane:
        poll(lane, *many)
        pages = [stories.newest(lane, Wanted(), 5, start) for start in range(0, 25, 5)]
    shown = [story.words.title for page_of in pages for story in page_of]
    assert sorted(shown) == sorted(one.words.title for one in many)
