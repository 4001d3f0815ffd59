"""What tells the items of one source apart, sentence by sentence of DESIGN section 3."""

from datetime import timedelta

import pytest

from monitor.dedupe.identity import identify
from monitor.model.entries import Entry
from monitor.store import Store
from tests.builders import NOW, entry
from tests.polls import everything, poll, undone

PAGE = "https://harbour.example/news/1"
OTHER = "https://harbour.example/news/2"
HOME = "https://harbour.example/"
DAY = timedelta(days=1)

DOCUMENTS: dict[str, tuple[tuple[Entry, ...], int]] = {
    "each guid is one": ((entry("A", guid="1"), entry("A", guid="2")), 2),
    "without guids each link is one": ((entry("A", link=PAGE), entry("A", link=OTHER)), 2),
    "without both each title is one": ((entry("A"), entry("B"), entry("a!")), 2),
    "the same guid, link and title twice is one": (
        (entry("A", guid="1", link=PAGE), entry("A", guid="1", link=PAGE)),
        1,
    ),
    "a guid of several links is not trusted": (
        (entry("A", guid="1", link=PAGE), entry("A", guid="1", link=OTHER)),
        2,
    ),
    "of a link of several guids the guid counts": (
        (entry("A", guid="1", link=PAGE), entry("A", guid="2", link=PAGE)),
        2,
    ),
    "a guid and a link that everybody has leave the title": (
        (
            entry("Ferry resumes after storm", guid="feed", link=PAGE),
            entry("Harvest begins early this year", guid="feed", link=PAGE),
        ),
        2,
    ),
    "a guid without links and with several titles is not trusted": (
        (entry("Ferry resumes", guid="feed"), entry("Harvest begins", guid="feed")),
        2,
    ),
    "a link that is plainly everybody's leaves the title": (
        (entry("Ferry resumes today", link=PAGE), entry("Ferry stops today", link=PAGE)),
        2,
    ),
    "a link with two unlike titles leaves the title": (
        (
            entry("Ferry resumes after storm", link=PAGE),
            entry("Harvest begins early", link=PAGE),
            entry("C", link=OTHER),
        ),
        3,
    ),
    "an item retitled within the document is one": (
        (
            entry("Ferry resumes after storm", link=PAGE),
            entry("Ferry resumes after long storm", link=PAGE),
            entry("C", link=OTHER),
        ),
        2,
    ),
    "three titles of a link are more than a retitled item": (
        (
            entry("Live: ferry leaves", link=PAGE),
            entry("Live: ferry sails", link=PAGE),
            entry("Live: ferry lands", link=PAGE),
            entry("C", link=OTHER),
        ),
        4,
    ),
    "a home page is no item": ((entry("A", link=HOME), entry("B", link=HOME), entry("C", link=PAGE)), 3),
    "an untitled item is known by its text": ((entry("", text="One."), entry("", text="Two.")), 2),
}


@pytest.mark.parametrize(("entries", "items"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_items_of_one_document(entries: tuple[Entry, ...], items: int) -> None:
    """A document has as many items as the rule that names the case says."""
    assert len(list(identify(entries))) == items


Poll = tuple[Entry, ...]
POLLS: dict[str, tuple[Poll, Poll, list[str]]] = {
    "a new guid with a known link is an alias": (
        (entry(guid="1", link=PAGE),),
        (entry(guid="2", link=PAGE),),
        ["seen"],
    ),
    "a known guid with a new link is the same": (
        (entry(guid="1", link=PAGE),),
        (entry(guid="1", link=OTHER),),
        ["seen"],
    ),
    "a link in its other spelling is the same": (
        (entry(link=PAGE),),
        (entry(link="http://www.harbour.example/news/1/?utm_source=rss#top"),),
        ["seen"],
    ),
    "other words are a revision": (
        (entry(guid="1"),),
        (entry("Ferry resumes at last", guid="1"),),
        ["revision"],
    ),
    "another case of a letter is a revision": (
        (entry(guid="1"),),
        (entry("FERRY resumes after storm", guid="1"),),
        ["revision"],
    ),
    "another summary is a revision": (
        (entry(guid="1", summary="Ten hours late."),),
        (entry(guid="1", summary="Twelve hours late."),),
        ["revision"],
    ),
    "another time is nothing": (
        (entry(guid="1", published=NOW),),
        (entry(guid="1", published=NOW + DAY),),
        ["seen"],
    ),
    "same guid, new article": (
        (entry(guid="1", link=PAGE, published=NOW),),
        (entry("Harvest begins", guid="1", link=OTHER, published=NOW + DAY),),
        ["new"],
    ),
    "same guid, one significant word shared: a revision": (
        (entry(guid="1", link=PAGE, published=NOW),),
        (entry("Ferry strike ends", guid="1", link=OTHER, published=NOW + DAY),),
        ["revision"],
    ),
    "same guid, same link: a revision": (
        (entry(guid="1", link=PAGE, published=NOW),),
        (entry("Harvest begins", guid="1", link=PAGE, published=NOW + DAY),),
        ["revision"],
    ),
    "same guid, published has not moved on: a revision": (
        (entry(guid="1", link=PAGE, published=NOW),),
        (entry("Harvest begins", guid="1", link=OTHER, published=NOW),),
        ["revision"],
    ),
    "same guid, undated: a revision": (
        (entry(guid="1", link=PAGE, published=NOW),),
        (entry("Harvest begins", guid="1", link=OTHER),),
        ["revision"],
    ),
    "a home page with a new guid is a new item": (
        (entry("Tide table for Monday", guid="1", link=HOME),),
        (entry("Tide table for Tuesday", guid="2", link=HOME),),
        ["new"],
    ),
    "an item without a guid gets one": (
        (entry(link=PAGE),),
        (entry(guid="1", link=PAGE),),
        ["seen"],
    ),
    "what fell out of a document and comes back is known": (
        (entry("A", guid="1"), entry("B", guid="2")),
        (entry("B", guid="2"),),
        ["seen"],
    ),
}


@pytest.mark.parametrize(("first", "second", "kinds"), POLLS.values(), ids=POLLS.keys())
def test_the_second_poll_of_a_feed(sqlite_store: Store, first: Poll, second: Poll, kinds: list[str]) -> None:
    """An item of the second document is what the rule that names the case says, and then it is known."""
    with undone(sqlite_store) as lane:
        assert set(poll(lane, *first)) == {"new"}
        assert poll(lane, *second) == kinds
        assert set(poll(lane, *second)) == {"seen"}


def test_a_guid_in_use_again_leaves_both_articles_known(sqlite_store: Store) -> None:
    """When the old article comes back under the guid that a new one took over, both are known still."""
    old = entry(guid="1", link=PAGE, published=NOW)
    new = entry("Harvest begins", guid="1", link=OTHER, published=NOW + DAY)
    with undone(sqlite_store) as lane:
        assert poll(lane, old) == ["new"]
        assert poll(lane, new) == ["new"]
        assert poll(lane, old) == ["seen"]
        assert poll(lane, old, new) == ["seen", "seen"]
        assert poll(lane, new) == ["seen"]


def test_a_guid_is_distrusted_from_then_on(sqlite_store: Store) -> None:
    """A guid that one document used for several links identifies nothing in later ones."""
    one, two = entry("Ferry sails", guid="g", link=PAGE), entry("Harvest begins", guid="g", link=OTHER)
    three = entry("Ferry lands", guid="g", link="https://harbour.example/news/3")
    with undone(sqlite_store) as lane:
        assert poll(lane, one, two) == ["new", "new"]
        assert poll(lane, three) == ["new"]
        assert poll(lane, one) == poll(lane, two) == poll(lane, three) == ["seen"]


def test_an_ambiguous_link_makes_no_copies(sqlite_store: Store) -> None:
    """A link that served several guids joins nothing, also where later documents show one item."""
    items = [entry(f"Tide table number {n} of this week", guid=f"{n}", link=PAGE) for n in range(5)]
    with undone(sqlite_store) as lane:
        assert poll(lane, *items[:2]) == ["new", "new"]
        assert [poll(lane, item) for item in items[2:]] == [["new"]] * 3
        assert poll(lane, *items) == ["seen"] * 5
        assert len(everything(lane)) == 5


@pytest.mark.parametrize("guid", [None, "g"])
@pytest.mark.parametrize("link", [None, PAGE])
def test_a_key_that_turns_ambiguous_loses_and_doubles_nothing(
    sqlite_store: Store, guid: str | None, link: str | None
) -> None:
    """An item known by a key that later names several is known by its title, and the others are new."""
    items = [entry(title, guid=guid, link=link) for title in ("Ferry sails", "Harvest begins", "Snow falls")]
    with undone(sqlite_store) as lane:
        assert poll(lane, items[0]) == ["new"]
        assert poll(lane, *items) == ["seen", "new", "new"]
        assert poll(lane, *reversed(items)) == ["seen"] * 3
        assert [poll(lane, item) for item in items] == [["seen"]] * 3


def test_one_copy_is_not_recognised_twice(sqlite_store: Store) -> None:
    """Where one item took another's link, the surer key decides and the other is an appearance too."""
    moved = entry(guid="1", link=OTHER)
    fresh = entry("Harvest begins", guid="2", link=PAGE)
    with undone(sqlite_store) as lane:
        assert poll(lane, entry(guid="1", link=PAGE)) == ["new"]
        assert poll(lane, fresh, moved)[1] == "seen"
        assert poll(lane, moved, fresh) == ["seen", "seen"]
        copies = [copy for story in everything(lane) for copy in story.copies]
        assert sorted((copy.guid, copy.url) for copy in copies) == [("1", OTHER), ("2", PAGE)]


def test_sources_do_not_share_identities(sqlite_store: Store) -> None:
    """The same guid in two feeds is two items; only the ladder joins feeds."""
    with undone(sqlite_store) as lane:
        assert poll(lane, entry("Ferry sails", guid="1")) == ["new"]
        assert poll(lane, entry("Harvest begins", guid="1"), feed="https://other.example/") == ["new"]
