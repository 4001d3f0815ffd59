"""One headline is one story unless the leads or the days say otherwise."""

from datetime import datetime, timedelta

import pytest

from monitor.dedupe import mark
from monitor.model.entries import Entry
from monitor.store import Store
from tests.builders import NOW, entry
from tests.polls import everything, poll, undone

TITLE = "Ferry leaves harbour after three stormy days"
LEAD = "The first ferry in three days left the harbour of Northport this morning with sixty passengers."
RETOLD = "Sixty passengers were on board when a ferry left Northport on Monday, the first since the storm."
STRANGE = "Shares of the bank fell by a tenth after its report on bad loans, and dealers spoke of panic."


def told(title: str, lead: str = "", host: str = "harbour", hours: float = 0, dated: bool = True) -> Entry:
    """Return an item of a host."""
    at = NOW - timedelta(hours=72) + timedelta(hours=hours)
    link = f"https://{host}.example/{hash((title, lead, hours))}"
    return entry(
        title, guid=f"{title}{lead}{hours}", link=link, summary=lead, published=at if dated else None
    )


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (told(TITLE), told(f"UPDATE 1-{TITLE}", host="courier"), "copy"),
        (told(TITLE), told(f"{TITLE} - The Courier", host="courier"), "copy"),
        (told(TITLE, LEAD), told(f"Live: {TITLE}", host="courier"), "copy"),
        (told(TITLE, LEAD), told(TITLE, RETOLD, host="courier", hours=71), "copy"),
        (told(TITLE, LEAD), told(TITLE, STRANGE, host="courier"), "new"),
        (told(TITLE), told(f"Live: {TITLE}", host="courier", hours=73), "new"),
        (told("Morning quiz"), told("Live: Morning quiz", host="courier"), "new"),
        (told(TITLE), told(f"WATCH: {TITLE}", hours=5), "copy"),
        (told(TITLE), told(f"WATCH: {TITLE}", hours=7), "new"),
        (told(TITLE), told(f"WATCH: {TITLE}", hours=5, dated=False), "new"),
        (told(TITLE, LEAD), told(TITLE, f"{LEAD} More follows.", hours=5), "copy"),
        (told(TITLE, LEAD), told(TITLE, f"{LEAD} More follows.", hours=7), "new"),
        (told(TITLE, LEAD), told(TITLE, RETOLD, hours=1), "new"),
    ],
)
def test_one_headline(sqlite_store: Store, first: Entry, second: Entry, kind: str) -> None:
    """Other outlets' leads need some words in common; one outlet repeats itself within hours only."""
    with undone(sqlite_store) as lane:
        assert poll(lane, first, feed="https://one.example/feed") == ["new"]
        assert poll(lane, second, feed="https://two.example/feed") == [kind]


def test_hosts_of_one_feed_are_outlets(sqlite_store: Store) -> None:
    """An aggregator's feed carries many outlets: their links tell them apart."""
    with undone(sqlite_store) as lane:
        kinds = poll(lane, told(TITLE), told(TITLE, host="courier", hours=20), told(TITLE, hours=20))
        assert kinds == ["new", "copy", "copy"]
        (story,) = everything(lane)
        assert [copy.rule for copy in story.copies] == ["first", "headline", "headline"]


def test_an_outlet_that_the_feed_names(sqlite_store: Store) -> None:
    """What the feed calls itself is taken off its titles."""
    plain, named = (
        mark([entry(title)], "Courier of the North")[0] for title in (TITLE, f"{TITLE} | Courier")
    )
    assert plain.proposals == named.proposals


def test_a_story_told_anew_is_found_by_its_new_words(sqlite_store: Store) -> None:
    """A revision of a story's first copy lets copies of the new wording find it."""
    with undone(sqlite_store) as lane:
        assert poll(lane, entry("Ferry stays in port", guid="1", text=STRANGE)) == ["new"]
        assert poll(lane, entry(TITLE, guid="1", text=LEAD)) == ["revision"]
        assert poll(lane, entry(f"WATCH: {TITLE}", guid="2", text=LEAD), feed="b") == ["copy"]


def moments() -> list[datetime]:
    """Return times on either side of where one period ends."""
    return [NOW + timedelta(hours=hours) for hours in range(0, 144, 6)]


@pytest.mark.parametrize("at", moments())
def test_periods_part_nothing(sqlite_store: Store, at: datetime) -> None:
    """A copy a day later is found, wherever the period of the store ends."""
    with undone(sqlite_store) as lane:
        assert poll(lane, entry(TITLE, guid="1"), at=at) == ["new"]
        assert poll(lane, entry(f"WATCH: {TITLE}", guid="1"), at=at + timedelta(days=1), feed="b") == ["copy"]
