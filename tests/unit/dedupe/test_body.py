"""What an item says under its title is compared without the agency's dateline."""

import pytest

from monitor.dedupe.body import body_of
from monitor.model.entries import Words
from tests.builders import entry, folded

SAID = "The first ferry in three days left the harbour this morning."


def body(words: Words) -> str:
    """Return the folded body of a wording."""
    one = entry(words.title, summary=words.summary, text=words.text)
    return " ".join(body_of(one.words, folded(one), 100))


@pytest.mark.parametrize(
    "dateline",
    [
        "",
        "KYIV, Dec 19 (Reuters) - ",
        "LONDON (AP) — ",
        "КИЇВ, 19 грудня (Агенція) – ",  # as agencies write it
        "Berlin, 19 December (dpa) -- ",
        "PARIS -- ",
        "NEW YORK, Jan. 5 — ",
    ],
)
def test_a_dateline_is_no_part_of_a_body(dateline: str) -> None:
    """A place in capitals or an agency in brackets, up to a dash, is taken off."""
    assert (
        body(Words("Ferry", text=dateline + SAID))
        == "the first ferry in three days left the harbour this morning"
    )


@pytest.mark.parametrize(
    "said", ["The ferry - the first in days - left.", "Ferry-goers rejoice.", "IT IS SO."]
)
def test_a_dash_makes_no_dateline(said: str) -> None:
    """What begins like a sentence is one."""
    assert body(Words("Storm", text=said)).split() == list(folded(entry("", text=said)).text.split())


def test_the_longer_field_is_the_body() -> None:
    """A summary stands in for a text that is shorter."""
    assert body(Words("Ferry", summary=SAID, text="Read on")) == body(Words("Ferry", text=SAID))


def test_a_body_that_repeats_the_title_says_nothing() -> None:
    """A title again, with an outlet's name behind it, is no body."""
    assert body(Words("Ferry leaves harbour", summary="Ferry leaves harbour  Harbour Post")) == ""
