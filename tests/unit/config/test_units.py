"""Durations and sizes as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("5s", 5),
        ("15m", 900),
        (" 24h ", 86_400),
        ("7d", 604_800),
        ("90 m", 5_400),
        ("36500d", 3_153_600_000),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    """The four units of time are read, with or without a space."""
    assert units.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "s", "-5s", "5.5s", "5 s s", "5S", "1h30m", "5w", "٥s", "36501d", "9999999999s", "5ms"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    """Nothing is guessed: no bare numbers, signs, fractions, other units or absurd lengths."""
    with pytest.raises(ValueError, match=r".*"):
        units.duration(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0B", 0), ("12b", 12), ("500kB", 500_000), ("500KB", 500_000), ("10MB", 10_000_000), ("1 GB", 10**9)],
)
def test_a_size_is_decimal(text: str, number: int) -> None:
    """A kB is a thousand bytes, whatever the case of its letters."""
    assert units.size(text) == number


@pytest.mark.parametrize("text", ["", "10", "MB", "1.5MB", "-1kB", "1KiB", "1TB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    """A size without a unit, or with one we do not have, is no size."""
    with pytest.raises(ValueError, match=r".*"):
        units.size(text)


@given(st.integers(0, 3_000_000_000))
def test_a_duration_shown_reads_back(seconds: int) -> None:
    """What config show prints can be put into the file."""
    assert units.duration(units.show_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@given(st.integers(0, 10**12 - 1))
def test_a_size_shown_reads_back(number: int) -> None:
    """Sizes too read back as they are shown."""
    assert units.size(units.show_size(number)) == number


def test_the_largest_unit_that_divides_is_shown() -> None:
    """Two days are not 172800 seconds to a person, and nothing is nothing."""
    shown = [units.show_duration(timedelta(seconds=many)) for many in (0, 59, 120, 7_200, 172_800, 90_000)]
    assert shown == ["0s", "59s", "2m", "2h", "2d", "25h"]
    assert [units.show_size(many) for many in (0, 999, 500_000, 10_000_000)] == [
        "0B",
        "999B",
        "500kB",
        "10MB",
    ]
