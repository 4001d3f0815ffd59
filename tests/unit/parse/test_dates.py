"""Dates as publishers write them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.parse.dates import read, sane
from tests.shared_data import shared

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

READ = [
    ("Mon, 05 Feb 2024 10:30:00 GMT", "2024-02-05T10:30:00"),
    ("Mon, 05 Feb 2024 10:30 +0130", "2024-02-05T09:00:00"),
    ("5 February 24 10:30", "2024-02-05T10:30:00"),
    ("5-Feb-99", "1999-02-05T00:00:00"),
    ("2024-02-05", "2024-02-05T00:00:00"),
    ("2024-02-05T10:30:15.999+02:00", "2024-02-05T08:30:15"),
    ("2024-02-05 10:30:15 EST", "2024-02-05T15:30:15"),
    ("2024-02-05T10:30:00-05:00Z", "2024-02-05T15:30:00"),
    ("20240205T103015Z", "2024-02-05T10:30:15"),
    ("20240205", "2024-02-05T00:00:00"),
    ("Feb 5, 2024 at 12:05 a.m.", "2024-02-05T00:05:00"),
    ("Feb 5, 2024 12:05 PM", "2024-02-05T12:05:00"),
    ("Feb 5, 2024 13:05 PM", "2024-02-05T13:05:00"),
    ("Mon Feb  5 10:30:00 EST 2024", "2024-02-05T15:30:00"),
    ("Mon Feb 05 10:30:00 +0000 2024", "2024-02-05T10:30:00"),
    ("Mon Feb 05 2024 10:30:00 GMT+0200 (a comment)", "2024-02-05T08:30:00"),
    ("05.02.2024 10:30", "2024-02-05T10:30:00"),
    ("13/02/2024", "2024-02-13T00:00:00"),
    ("02/13/2024", "2024-02-13T00:00:00"),
    ("Пн, 05 лют 2024 10:30:00 +0200", "2024-02-05T08:30:00"),
    ("5 lutego 2024", "2024-02-05T00:00:00"),
    ("5 de febrero de 2024", "2024-02-05T00:00:00"),
    ("Thu, 25 Jul 2024 00:00:00 Europe/Brussels", "2024-07-24T22:00:00"),
    ("Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59"),
]

# FAILURES 44: what feedparser 6.0.14 gives, and what it is.
NUMBERS_AND_CLOCKS = [
    ("1730800000", "2024-11-05T09:46:40"),  # 2017-11-04
    ("1730800000123", "2024-11-05T09:46:40"),
    ("24:00 1 Jan 2024", "2024-01-02T00:00:00"),  # the day on which it is asked
    ("2024-05-01T24:00:00Z", "2024-05-02T00:00:00"),
]
IMPOSSIBLE = [
    "2023-13-45",  # 2024-01-01
    "2024-02-30",  # 2024-03-01
    "Feb 29 2026 EST",
    "0000-00-00",  # year -1
    "2024-01-01T00:00:00+2500",
    "2024-01-01T00:00:00+01:75",
    "2024-01-01T24:01",
    "2024-01-01T10:61",
    "0001-01-01T00:00:00+05:00",
]
UNCERTAIN = [
    "",
    "yesterday",
    "03/04/2024",
    "Nov. 2020",
    "2024",
    "2024-01",
    "Mon, 05 Feb 2024 10:30:00 XYZ",
    "Mon, 05 Feb 2024 10:30:00 Nowhere/Land",
    "Mon, 05 Feb 2024 10:30:00 America/Argentina",
    "5 Frobuary 2024",
    "5 Feb 2024\u202e10:30",
    "5 Feb 2024" + " x" * 100,
]
# FAILURES 44: zone names that feedparser takes for UTC; hours from it.
ZONES = {
    "BST": 1,
    "IST": 5.5,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "JST": 9,
    "AEST": 10,
    "NZDT": 13,
}


@pytest.mark.parametrize(("raw", "expected"), READ + NUMBERS_AND_CLOCKS)
def test_read(raw: str, expected: str) -> None:
    """Proves that the forms which feeds use are read as the moment they mean (FAILURES 44)."""
    assert read(raw) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("raw", IMPOSSIBLE + UNCERTAIN)
def test_none_rather_than_a_wrong_date(raw: str) -> None:
    """Proves that what is no date, or could be two, is none: never a day that the publisher did not name."""
    assert read(raw) is None


@pytest.mark.parametrize(("name", "hours"), ZONES.items())
def test_zones_are_not_utc(name: str, hours: float) -> None:
    """Proves that zone names count for what they are (FAILURES 44)."""
    moment = read(f"Mon, 05 Feb 2024 10:30:00 {name}")
    assert moment == datetime(2024, 2, 5, 10, 30, tzinfo=UTC) - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("1994-12-31T23:59:59Z", False),
        ("1995-01-01T00:00:00Z", True),
        ("2026-05-02T12:00:00Z", True),
        ("2026-05-02T12:00:01Z", False),
        ("9999-12-31T23:59:59Z", False),
        ("1969-07-20", False),
        ("soon", False),
    ],
)
def test_sane(raw: str, kept: bool) -> None:
    """Proves that only 1995 to a day ahead is believed (DESIGN section 3, FAILURES 45)."""
    assert sane(raw, NOW) == (read(raw) if kept else None)


def test_miniflux_dates() -> None:
    """Proves that miniflux's dates are read as it reads them, save two that name no certain day."""
    rows = map(json.loads, shared("feeds", "conformance", "miniflux", "dates.jsonl").read_text().splitlines())
    wrong = []
    for row in rows:
        moment = read(row["input"])
        agrees = (moment is None) == row["must_fail"] and row["unix"] in {None, moment and moment.timestamp()}
        wrong += [] if agrees else [row["input"]]
    assert wrong == ["Sat, 11 04 2020 08:51:49 +0100", "Nov. 2020"]


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="0123456789-/.:+TZ ,JanFebMonGMTapm", max_size=40))
def test_any_text_is_read_or_not(raw: str) -> None:
    """Proves that no text raises, and that a date read is in UTC and whole seconds."""
    moment = read(raw)
    assert moment is None or (moment.tzinfo is UTC and moment.microsecond == 0)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 (bounds)
def test_what_we_write_we_read(moment: datetime) -> None:
    """Proves that RFC 3339 and RFC 5322 spellings of one moment are read back as it."""
    whole = moment.replace(microsecond=0)
    assert read(moment.isoformat()) == whole
    assert read(f"{moment:%a, %d %b %Y %H:%M:%S} +0000") == whole
