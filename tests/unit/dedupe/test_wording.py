"""The same words are one story where they tell enough and were published close together."""

from datetime import timedelta

import pytest

from monitor.dedupe import wording
from monitor.model.entries import Entry
from monitor.store import Store
from tests.builders import NOW, entry, folded
from tests.polls import poll, undone

BODY = "The first ferry in three days left the harbour this morning with sixty passengers."
TITLE = "Ferry leaves harbour after three stormy days"
ELSEWHERE = "https://courier.example/feed"
LATER = NOW + wording.WINDOW


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (entry(TITLE, text=BODY), entry(TITLE.upper(), text=BODY + "!"), True),
        (entry("Паром вийшов у море", text=BODY), entry("Паром  вийшов у море.", text=BODY), True),
        (entry(TITLE, text=BODY), entry(TITLE, summary=BODY), True),
        (entry(TITLE, text=BODY, summary="Now."), entry(TITLE, text=BODY, summary="Then."), True),
        (entry(TITLE, text=BODY), entry(TITLE), False),
        (entry(TITLE, text=BODY), entry("Ferry leaves", text=BODY), False),
        (entry(TITLE, text=BODY), entry(TITLE, text=BODY + " More follows."), False),
        (entry(TITLE), entry(TITLE, summary="More follows."), True),
        (entry(TITLE), entry(TITLE, summary=TITLE), True),
        (entry("a b c d e", text=BODY), entry("a b c d", text="e " + BODY), False),
    ],
)
def test_words_are_compared_folded(one: Entry, other: Entry, is_same: bool) -> None:
    """Case, accents and marks do not count; title and text are told apart; a few words are no text."""
    first, second = (wording.key(said, folded(said), None) for said in (one, other))
    assert first is not None
    assert (first == second) is is_same


@pytest.mark.parametrize("title", ["", "!!!", "Morning quiz", "Quote of the day"])
def test_a_short_title_alone_tells_nothing(title: str) -> None:
    """Four words without a text are no trait."""
    assert wording.key(entry(title), folded(entry(title)), None) is None


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (entry(TITLE, text=BODY, published=NOW), entry(TITLE, text=BODY, published=LATER), "copy"),
        (
            entry(TITLE, text=BODY, published=NOW),
            entry(TITLE, text=BODY, published=LATER + timedelta(seconds=1)),
            "new",
        ),
        (entry(TITLE, text=BODY, published=LATER), entry(TITLE, text=BODY, published=NOW), "copy"),
        (entry(TITLE, published=NOW), entry(TITLE, published=NOW), "copy"),
        (entry(TITLE), entry(TITLE), "copy"),
        (entry(TITLE, published=NOW - wording.WINDOW), entry(TITLE), "copy"),
        (entry(TITLE, published=NOW - timedelta(days=9)), entry(TITLE), "new"),
        (entry("Morning quiz"), entry("Morning quiz"), "new"),
    ],
)
def test_a_story_of_another_feed(sqlite_store: Store, first: Entry, second: Entry, kind: str) -> None:
    """Equal words of two feeds are one story within the window; an undated one counts from now."""
    with undone(sqlite_store) as lane:
        assert poll(lane, first) == ["new"]
        assert poll(lane, second, feed=ELSEWHERE) == [kind]


def test_serial_titles_of_one_feed_are_different_items(sqlite_store: Store) -> None:
    """A telling title that one feed repeats without a text makes no copy; with the same text it does."""
    serial = [entry(TITLE, guid=f"{n}") for n in range(3)]
    whole = [entry(TITLE, guid=f"w{n}", text=BODY) for n in range(2)]
    with undone(sqlite_store) as lane:
        assert poll(lane, *serial[:2]) == ["new", "new"]
        assert poll(lane, serial[2]) == ["new"]
        assert poll(lane, *whole) == ["new", "copy"]


@pytest.mark.parametrize("together", [True, False])
def test_only_one_of_a_serial_joins_another_feed(sqlite_store: Store, together: bool) -> None:
    """Of two items with a title that another feed has too one is a copy, however they arrive."""
    serial = [entry(TITLE, guid=f"{n}") for n in range(2)]
    with undone(sqlite_store) as lane:
        assert poll(lane, entry(TITLE), feed=ELSEWHERE) == ["new"]
        kinds = poll(lane, *serial) if together else poll(lane, serial[0]) + poll(lane, serial[1])
        assert kinds == ["copy", "new"]


def test_equal_words_in_other_letters_both_find_the_story(sqlite_store: Store) -> None:
    """Two copies in one document that differ in case are both copies of another feed's story."""
    shouted = entry(TITLE.upper(), guid="2", text=BODY)
    with undone(sqlite_store) as lane:
        assert poll(lane, entry(TITLE, text=BODY)) == ["new"]
        assert poll(lane, entry(TITLE, guid="1", text=BODY), shouted, feed=ELSEWHERE) == ["copy", "copy"]
