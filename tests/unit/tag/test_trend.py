"""What is rising against its own past, and what is not."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.tag.trend import DAY, HOUR, PAST, bursts, chance, likelihood_ratio, rising, trend
from tests.builders import NOW

COUNTS = st.lists(st.integers(0, 40), min_size=28, max_size=28)


@given(count=st.integers(0, 200), before=COUNTS)
def test_a_chance_is_a_probability_and_falls_as_more_come(count: int, before: list[int]) -> None:
    """So many or more are at least as probable as one more."""
    here, next_one = chance(count, before), chance(count + 1, before)
    assert 0 <= next_one <= here <= 1


@given(before=COUNTS)
def test_none_or_more_are_certain(before: list[int]) -> None:
    """The tail from nought on is everything."""
    assert chance(0, before) == pytest.approx(1)


@given(count=st.integers(1, 60), before=COUNTS, more=st.integers(1, 20))
def test_a_busier_past_explains_more(count: int, before: list[int], more: int) -> None:
    """With an even past, the same count is the less remarkable the busier the past was."""
    even = [sum(before) // 28] * 28
    busier = [one + more for one in even]
    assert chance(count, even) <= chance(count, busier) + 1e-12


def test_the_tail_is_that_of_the_table() -> None:
    """After 28 days with one each, three or more have the probability that adding up by hand gives."""
    size, p = 28.5, 28 / 29
    below = sum(
        math.exp(math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)) * p**size * (1 - p) ** k
        for k in range(3)
    )
    assert chance(3, [1] * 28) == pytest.approx(1 - below)


def test_days_that_differ_much_explain_a_high_count() -> None:
    """Twenty in a day are no surprise after quiet days and storms, but after even days of the same mean."""
    assert chance(20, [0] * 21 + [20] * 7) > 0.05
    assert chance(20, [5] * 28) < 1e-4


def test_a_steady_topic_has_no_burst() -> None:
    """Four stories a day, every day, are no burst today."""
    assert bursts([nth * DAY / 4 for nth in range(4 * 30)], PAST + 1) == ()


def test_ten_stories_in_two_hours_are_a_burst_of_a_quiet_topic() -> None:
    """The windows that hold them are all named, with what was to be expected, and the level is small."""
    quiet = [DAY + nth * DAY for nth in range(28)]
    found = bursts([*quiet, *(nth * HOUR / 5 for nth in range(10))], PAST + 1)
    assert [one.hours for one in found] == [3, 6, 24]
    assert found[2].stories == 10
    assert found[2].expected == 1
    assert all(one.level < 0.001 for one in found)


def test_a_past_of_days_is_no_past() -> None:
    """In its first week nothing is a burst; after it, it is held against as many days as are known."""
    rush = [nth * HOUR / 5 for nth in range(10)]
    assert bursts(rush, 7) == ()
    assert {one.days for one in bursts(rush, 8)} == {7}


def test_two_stories_are_no_burst() -> None:
    """Where nothing ever came, two stories are no trend."""
    assert bursts([HOUR, HOUR], PAST + 1) == ()


def test_volume_is_counted_by_hours_and_days_that_end_now() -> None:
    """Every story of 48 hours is in one hour, of 30 days in one day; later ones are not counted yet."""
    found = trend(
        [NOW - HOUR / 2, NOW - 47.5 * HOUR, NOW - 29.5 * DAY, NOW - 31 * DAY, NOW + HOUR], NOW, PAST
    )
    assert [one.stories for one in found.hours if one.stories] == [1, 1]
    assert (found.hours[-1].since, found.hours[-1].stories) == (NOW - HOUR, 1)
    assert found.hours[0].since == NOW - timedelta(hours=48)
    assert sum(one.stories for one in found.days) == 3
    assert (found.days[0].since, found.days[0].stories) == (NOW - timedelta(days=30), 1)


def test_a_term_that_is_new_is_named_first() -> None:
    """What stands in this week's stories and stood in none before rises; what always stands does not."""
    now, before = {"patriot": 8, "air": 10, "odd": 1}, {"air": 40}
    found = rising(now, 10, before, 40, 5)
    assert [(one.term, one.now, one.before) for one in found] == [("patriot", 8, 0)]
    assert rising(now, 10, {}, 0, 5) == ()


@given(many=st.integers(1, 50), others=st.integers(1, 50), data=st.data())
def test_a_likelihood_ratio_is_never_negative(many: int, others: int, data: st.DataObject) -> None:
    """Two shares fit two groups at least as well as one share does."""
    count, other = data.draw(st.integers(0, many)), data.draw(st.integers(0, others))
    assert likelihood_ratio(count, many, other, others) >= -1e-9
