"""A title is compared without the desk's labels before it and the outlet's name after it."""

import pytest

from monitor.dedupe.title import is_telling, plain_title
from monitor.words import folded

TITLE = "Ferry leaves harbour after three stormy days"
PLAIN = "ferry leaves harbour after three stormy days"


@pytest.mark.parametrize(
    "label",
    [
        "Opinion | ",
        "Live: ",
        "LIVE UPDATES: ",
        "WATCH: ",
        "UPDATE 1-",
        "UPDATE 3-",
        "REFILE-",
        "Exclusive: ",
        "EXCLUSIVE-",
        "Breaking news: ",
        "[Video] | ",
        "Аналіз | ",
        "Відео: ",
        "EILMELDUNG: ",
        "Northern news | ",
    ],
)
def test_a_label_is_no_part_of_a_title(label: str) -> None:
    """Sections, agencies' running numbers and the words of the desk are taken off."""
    assert plain_title(label + TITLE) == PLAIN


@pytest.mark.parametrize(
    ("tail", "link", "outlet"),
    [
        (" - The Harbour Post", "https://www.theharbourpost.example/1", ""),
        (" | Harbour", "https://harbour.example/1", ""),
        (" — Harbour News", "https://harbour.example/1", ""),
        (" - The North York Times", "https://nytimes.example/1", ""),
        (" | The Courier", "https://c.example/1", "World news | The Courier"),
        (" | World | The Courier", "https://c.example/1", "World | The Courier"),
        (" - Any Name At All", "https://news.google.com/rss/articles/abc", ""),
    ],
)
def test_an_outlet_is_no_part_of_a_title(tail: str, link: str, outlet: str) -> None:
    """A tail that the host abbreviates or the feed calls itself is taken off, an aggregator's always."""
    assert plain_title(TITLE + tail, link, outlet) == PLAIN


@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        f"{TITLE} - Karlsby",
        f"{TITLE} | Karlsby",
        f"{TITLE} - !!",
        f"Karlsby: {TITLE}",
        f"F-16 {TITLE}",
        f"Liverpool: {TITLE}",
        "Live: ferries",
        "Ferries - Harbour",
    ],
)
def test_what_tells_something_stays(title: str) -> None:
    """Places, names and titles of few words are left alone."""
    assert plain_title(title, "https://harbour.example/1", "Harbour Post") is None


def test_an_address_that_is_none_tells_no_outlet() -> None:
    """A broken link is no reason to fail."""
    assert plain_title(f"{TITLE} - Harbour", "http://[harbour/1") is None


@pytest.mark.parametrize(
    ("title", "telling"),
    [
        *(("", False), ("morning quiz", False), (PLAIN, True), ("і в на до з", True)),
        *(("台风过后渡轮恢复航行", True), ("台风", False), ("台风过后渡轮", False)),
    ],
)
def test_a_telling_title_has_five_words(title: str, telling: bool) -> None:
    """Scripts without spaces count two characters for a word."""
    assert is_telling(" ".join(folded(title))) is telling
