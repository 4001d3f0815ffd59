"""Every kind of trouble has a word and, but for health, something to do about it."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from monitor.model.fetching import Reason
from monitor.model.views import FeedHealth, Trouble
from monitor.schedule.advice import LABELS, advice
from tests.builders import FEED, feed_view

VIEW = feed_view("Harbour Post")


@pytest.mark.parametrize("trouble", get_args(Trouble))
def test_every_trouble_has_a_word_and_an_advice(trouble: Trouble) -> None:
    """Whatever is wrong with a feed is named and answered; a feed that is well needs nothing."""
    assert LABELS[trouble]
    said = advice(FeedHealth(replace(VIEW, reason="timeout"), trouble))
    assert bool(said) is (trouble != "ok")
    assert "{" not in said


@pytest.mark.parametrize("reason", sorted(set(Reason) - {Reason.GONE, Reason.CERTIFICATE, Reason.NOT_A_FEED}))
def test_every_reason_has_an_advice(reason: Reason) -> None:
    """Reasons that are no kind of trouble of their own are answered one by one."""
    assert advice(FeedHealth(replace(VIEW, reason=reason), "broken"))


def test_a_page_instead_of_a_feed_is_to_be_discovered() -> None:
    """The command stands there whole: with the site that the feed once named, else with its address."""
    assert f"`monitor feeds discover {FEED}`" in advice(FeedHealth(VIEW, "html"))
    there = replace(VIEW, site="https://harbour.example/")
    assert "`monitor feeds discover https://harbour.example/`" in advice(FeedHealth(there, "html"))


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (timedelta(seconds=20), "every 1 minutes"),
        (timedelta(minutes=12), "every 12 minutes"),
        (timedelta(hours=5), "every 5 hours"),
        (timedelta(days=9), "every 9 days"),
    ],
)
def test_the_pace_is_told_where_it_matters(gap: timedelta, said: str) -> None:
    """Who must choose an interval or judge a silence is told how often the feed brings something."""
    for trouble in ("gap", "stale"):
        assert said in advice(FeedHealth(VIEW, trouble, mean_gap=gap))


def test_what_moves_names_the_other_address() -> None:
    """A move names where to, a duplicate whose place it would take, what left the file that it did."""
    assert "https://new.example/" in advice(FeedHealth(VIEW, "moved", address="https://new.example/"))
    assert "https://twin.example/" in advice(
        FeedHealth(VIEW, "duplicate", duplicate_of="https://twin.example/")
    )
    assert "left the configuration" in advice(FeedHealth(replace(VIEW, removed=True), "paused"))
