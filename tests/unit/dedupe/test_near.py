"""Nearly the same text is one story; look-alikes are not."""

from datetime import timedelta

import pytest

from monitor.dedupe import near
from monitor.dedupe.body import body_of
from monitor.dedupe.likeness import Alike, Between, read
from monitor.model.entries import Entry
from tests.builders import entry, folded

APART = Between(same_outlet=False, apart=timedelta(hours=1), dated=True)
LEAD = (
    "The first ferry in three days left Northport this morning with sixty passengers on board, the harbour "
    "master Anna Lind said, after the storm that had closed the strait to all traffic since Monday. "
)
REST = (
    "Two more crossings are planned for the afternoon if the wind does not rise again. The islands had been "
    "cut off from the mainland, and shops in Karlsby had begun to run out of bread and milk. The coast guard "
    "brought medicine to the clinic on Tuesday. Forecasters expect calmer seas until the weekend, when "
    "another "
    "front is due from the west. The company said that tickets bought for the days of the storm stay valid."
)
TEXT = LEAD + REST
TITLE = "Ferry leaves harbour after three stormy days"
AGENCY = "NORTHPORT, March 2 (Agency) - "
OPENING = 3512398019274939932
BOILERPLATE = (
    " Reporting by A. Writer; editing by B. Editor. Sign up for our newsletter to get more of this each day."
)


def alike(one: Entry, other: Entry, between: Between = APART) -> Alike | None:
    """Return how alike two items are, if they propose each other at all; either way round."""
    keys = [
        set(near.keys(said, "", body_of(said.words, folded(said), near.SKETCHED))) for said in (one, other)
    ]
    if keys[0].isdisjoint(keys[1]):
        return None
    found = near.same(read(one.words), read(other.words), between)
    back = near.same(read(other.words), read(one.words), between)
    assert (found is None) is (back is None)
    return found


@pytest.mark.parametrize(
    "other",
    [
        entry(TITLE, text=TEXT),
        entry("Islands reached again", text=AGENCY + TEXT + BOILERPLATE),
        entry(
            "Islands reached again",
            text=TEXT.replace("Two more crossings are planned", "One more is planned"),
        ),
        entry("First ferry reaches the islands", text=TEXT[: len(TEXT) * 6 // 10]),
        entry("First ferry reaches the islands", summary=LEAD),
        entry("", summary=LEAD),
        entry("Islands reached again", text=REST),
    ],
)
def test_a_wire_copy_is_the_same(other: Entry) -> None:
    """Dateline, credits, a sentence changed, cut to six tenths, the lead alone, a new headline: one text."""
    found = alike(entry(TITLE, text=TEXT), other)
    assert found
    assert 0.6 <= found.score <= 1
    assert found.evidence.split(": ", 1)[1] in " ".join(read(entry(TITLE, text=TEXT).words).body)


def bulletin(place: str, size: str) -> Entry:
    """Return what a machine writes of an earthquake."""
    text = (
        f"An earthquake of magnitude {size} was recorded near {place} this morning, the service said. "
        "There were no "
        f"immediate reports of damage. The service asks people in {place} who felt it to report it on its "
        "page."
    )
    return entry(f"Earthquake of magnitude {size} near {place}", text=text)


def day(number: int) -> Entry:
    """Return an issue of a serial."""
    return entry(
        f"What we know on day {number} of the war", text=f"This is what we know on day {number}. {TEXT}"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (bulletin("Northport", "4.1"), bulletin("Karlsby", "5.3")),
        (day(812), day(813)),
        (
            entry(
                "Live: the storm",
                text="Follow the latest with our reporters on the coast as it happens tonight.",
            ),
            entry(
                "Live: the vote",
                text="Follow the latest with our reporters on the coast as it happens tonight.",
            ),
        ),
        (entry(TITLE, text=LEAD), entry("Morning briefing", text=f"{LEAD} In other news: {REST * 3}")),
        (entry(TITLE, text=LEAD), entry(TITLE, text=f"{REST * 2} As we said: {LEAD}")),
        (entry(TITLE, text="Too short to tell."), entry(TITLE, text="Too short to tell.")),
    ],
)
def test_look_alikes_are_not_the_same(one: Entry, other: Entry) -> None:
    """Templates filled in anew, days of a serial, standing text, an item in a round-up or quoted later."""
    assert alike(one, other) is None


@pytest.mark.parametrize(
    ("other", "apart", "is_same"),
    [
        (entry(TITLE, text=TEXT + " It said so on its page."), 24, True),
        (entry("Islands reached again", text=TEXT), 1, False),
        (entry(TITLE, text=TEXT + BOILERPLATE * 2), 1, False),
        (entry(TITLE, summary=LEAD), 1, False),
        (entry(TITLE, text=TEXT.replace("sixty", "60").replace("Monday", "2 March")), 1, False),
    ],
)
def test_one_outlet_must_say_it_again(other: Entry, apart: int, is_same: bool) -> None:
    """Within one outlet title and text must agree both ways, in every name and number."""
    between = Between(same_outlet=True, apart=timedelta(hours=apart), dated=True)
    assert (alike(entry(TITLE, text=TEXT), other, between) is not None) is is_same


@pytest.mark.parametrize(("apart", "is_same"), [(5, True), (7, False)])
def test_few_words_of_one_outlet_are_repeated_within_hours(apart: int, is_same: bool) -> None:
    """The same short text a day later is the next issue of a serial."""
    short = entry(
        TITLE, text="The first ferry in three days left Northport this morning with sixty on board."
    )
    between = Between(same_outlet=True, apart=timedelta(hours=apart), dated=True)
    assert (alike(short, short, between) is not None) is is_same


def test_signatures_are_the_same_everywhere() -> None:
    """What stands in the store does not depend on the process or the version of Python that wrote it."""
    found = list(
        near.keys(
            entry(TITLE),
            "",
            body_of(entry(TITLE, text=LEAD).words, folded(entry(TITLE, text=LEAD)), near.SKETCHED),
        )
    )
    assert (len(found), found[0]) == (8, OPENING)
    assert all(-(1 << 63) <= one < 1 << 63 for one in found)
