"""When a digest is due, around the clock changes above all."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.digest.periods import latest_due, next_due, period_key

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

# Zones whose clocks change at night, at midnight, by half an hour, by two hours, on a Saturday
# evening, by a whole day, the other way round in winter, and not at all.
ZONES = (
    *("Africa/Cairo", "Africa/Casablanca", "America/Havana", "America/Nuuk", "America/Santiago"),
    *("America/St_Johns", "Antarctica/Troll", "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe"),
    *("Europe/Dublin", "Europe/Kyiv", "Pacific/Apia", "UTC"),
)

seconds = st.integers(0, 44 * 365 * 86_400)
moments = seconds.map(lambda value: datetime(1996, 1, 1, tzinfo=UTC) + timedelta(seconds=value))
years = st.integers(1996, 2039)
dates = st.dates(date(1996, 1, 1), date(2040, 1, 1))
times = st.times().map(lambda value: value.replace(second=0, microsecond=0))
# Half of all examples fall into the hours in which clocks are changed.
nights = st.one_of(times, times.map(lambda value: value.replace(hour=value.hour % 4)))


def utc(text: str) -> datetime:
    """Return the moment a text means in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(schedule: str, zone: str, now: str) -> str | None:
    """Return the key of the period that is due."""
    moment = latest_due(schedule, zone, LONG_AGO, utc(now))
    return period_key(moment) if moment else None


def comes(schedule: str, zone: str, now: str) -> str | None:
    """Return the key of the period that comes next."""
    moment = next_due(schedule, zone, utc(now))
    return period_key(moment) if moment else None


def instant(moment: datetime | None) -> datetime:
    """Return a moment that must be there in UTC, since ambiguous local times equal nothing elsewhere."""
    assert moment is not None
    return moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("schedule", "last", "following"),
    [
        ("0 7 * * *", "2026-11-18T07:00", "2026-11-19T07:00"),
        ("0 13 * * *", "2026-11-17T13:00", "2026-11-18T13:00"),
        ("0 7 * * 1-5", "2026-11-18T07:00", "2026-11-19T07:00"),
        ("0 7 * * 6,7", "2026-11-15T07:00", "2026-11-21T07:00"),
        ("0 7 * * 0", "2026-11-15T07:00", "2026-11-22T07:00"),
        ("0 7 * * 7", "2026-11-15T07:00", "2026-11-22T07:00"),
        ("0 7 * * sun", "2026-11-15T07:00", "2026-11-22T07:00"),
        ("0 7 15 * 1", "2026-11-16T07:00", "2026-11-23T07:00"),
        ("0 7 19 * 1", "2026-11-16T07:00", "2026-11-19T07:00"),
        ("0 7 */2 * 1", "2026-11-09T07:00", "2026-11-23T07:00"),
        ("*/20 * * * *", "2026-11-18T12:00", "2026-11-18T12:20"),
        ("59 6-18/4 * * *", "2026-11-18T10:59", "2026-11-18T14:59"),
        ("0 0 29 2 *", "2024-02-29T00:00", "2028-02-29T00:00"),
    ],
)
def test_a_schedule_means_what_cron_means(schedule: str, last: str, following: str) -> None:
    """Fields, ranges, steps and both names of Sunday are those of cron(5); two day fields mean either."""
    now = "2026-11-18T12:00"  # a Wednesday
    assert (due(schedule, "UTC", now), comes(schedule, "UTC", now)) == (last, following)


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ("2026-10-25T00:29", "2026-10-24T02:30", "2026-10-25T02:30"),
        ("2026-10-25T00:30", "2026-10-25T02:30", "2026-10-26T02:30"),  # 02:30, the first time
        ("2026-10-25T01:10", "2026-10-25T02:30", "2026-10-26T02:30"),  # the clock shows 02:10 again
        ("2026-10-25T01:30", "2026-10-25T02:30", "2026-10-26T02:30"),  # 02:30, the second time
        ("2026-03-29T00:59", "2026-03-28T02:30", "2026-03-29T03:00"),
        ("2026-03-29T01:00", "2026-03-29T03:00", "2026-03-30T02:30"),  # the clock jumped over 02:30
        ("2026-03-29T01:30", "2026-03-29T03:00", "2026-03-30T02:30"),
    ],
)
def test_half_past_two_in_berlin_on_the_nights_of_change(now: str, last: str, following: str) -> None:
    """A time that occurs twice and a time that does not exist are each one period."""
    schedule = ("30 2 * * *", "Europe/Berlin")
    assert (due(*schedule, now), comes(*schedule, now)) == (last, following)


def test_an_hourly_digest_skips_the_repeated_hour() -> None:
    """What a schedule of every hour named once on the clock is not named again an hour later."""
    keys = [due("0 * * * *", "Europe/Berlin", f"2026-10-25T0{hour}:00") for hour in range(3)]
    assert keys == ["2026-10-25T02:00", "2026-10-25T02:00", "2026-10-25T03:00"]


def test_missed_periods_come_as_one() -> None:
    """After days of silence only the last scheduled moment is due, and nothing once it is done."""
    now = utc("2026-11-18T12:00")
    last = latest_due("0 7 * * *", "Europe/Kyiv", LONG_AGO, now)
    assert last == utc("2026-11-18T05:00")
    assert latest_due("0 7 * * *", "Europe/Kyiv", last, now) is None


def test_a_moment_is_told_in_the_zone_it_was_asked_for() -> None:
    """The moment carries the zone, so that its date and hour are those of the place."""
    moment = latest_due("0 7 * * *", "Europe/Kyiv", LONG_AGO, utc("2026-11-18T12:00"))
    assert moment is not None
    assert (moment.tzinfo, moment.hour) == (ZoneInfo("Europe/Kyiv"), 7)


def first_minute_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the first minute at which the clock of a place has reached a time of a day."""
    wall = datetime.combine(day, at)
    minute = wall.replace(tzinfo=UTC) - timedelta(hours=15)
    while minute.astimezone(zone).replace(tzinfo=None) < wall:
        minute += MINUTE
    return minute


@settings(max_examples=150, deadline=None)
@given(zone=st.sampled_from(ZONES), day=dates, at=nights)
def test_a_daily_digest_is_due_when_the_clock_first_reaches_its_time(zone: str, day: date, at: time) -> None:
    """In every zone, on every day, the period begins at the first minute not before the local time."""
    schedule = f"{at.minute} {at.hour} * * *"
    reached = first_minute_at(day, at, ZoneInfo(zone))
    before = latest_due(schedule, zone, LONG_AGO, reached - MINUTE)
    assert instant(latest_due(schedule, zone, LONG_AGO, reached)) == reached
    assert instant(before) < reached
    assert instant(next_due(schedule, zone, instant(before))) == reached


@settings(max_examples=25, deadline=None)
@given(zone=st.sampled_from(ZONES).filter(lambda zone: zone != "Pacific/Apia"), year=years, at=nights)
def test_a_year_has_a_period_for_every_day(zone: str, year: int, at: time) -> None:
    """Walking a year from period to period visits each local day once, by distinct, rising keys."""
    schedule = f"{at.minute} {at.hour} * * *"
    first, end = (datetime(y, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC) for y in (year, year + 1))
    walked = [next_due(schedule, zone, first - MINUTE)]
    while (moment := walked[-1]) and moment < end:
        walked.append(next_due(schedule, zone, moment))
    keys = [period_key(moment) for moment in walked[:-1] if moment]
    assert len(keys) == (date(year + 1, 1, 1) - date(year, 1, 1)).days
    assert all(one < other for one, other in pairwise(keys))


def test_a_day_that_a_country_left_out_is_made_up_for_once() -> None:
    """Samoa had no 30 December 2011: what was due then comes as soon as the clock is past it."""
    schedule = ("0 7 * * *", "Pacific/Apia")
    walked = [comes(*schedule, at) for at in ("2011-12-29T17:00", "2011-12-30T10:00", "2011-12-30T17:00")]
    assert walked == ["2011-12-31T00:00", "2011-12-31T07:00", "2012-01-01T07:00"]


@settings(max_examples=100, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    now=moments,
    schedule=st.sampled_from(
        ["30 2 * * *", "0 0 * * *", "30 23 * * *", "*/15 * * * *", "15 1-3 * * *", "0 7 * * 1-5"]
    ),
)
def test_looking_back_and_looking_ahead_agree(zone: str, now: datetime, schedule: str) -> None:
    """Nothing is scheduled between the latest due moment and the next one, whenever one asks."""
    last = instant(latest_due(schedule, zone, LONG_AGO, now))
    following = instant(next_due(schedule, zone, now))
    assert last <= now < following
    assert instant(next_due(schedule, zone, last)) == following
    assert instant(latest_due(schedule, zone, LONG_AGO, following)) == following
    assert latest_due(schedule, zone, last, following - timedelta(seconds=1)) is None
