"""What a feed says of its rhythm, read from raw fields and from whole documents."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document, Rhythm
from monitor.parse import parse
from monitor.parse.rhythm import rhythm, skips
from tests.builders import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


@pytest.mark.parametrize(
    ("ttl", "expected"),
    [
        ("60", HOUR),
        (" 15\n", HOUR / 4),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("never", None),
        ("", None),
        (None, None),
        ("9" * 40, None),
        ("٣", None),
    ],
)
def test_ttl_is_minutes(ttl: str | None, expected: timedelta | None) -> None:
    """A whole number of minutes counts, anything else does not."""
    assert rhythm(ttl).ttl == expected


@pytest.mark.parametrize(
    ("period", "frequency", "expected"),
    [
        ("hourly", "1", HOUR),
        ("hourly", "2", HOUR / 2),
        (" Daily ", None, DAY),
        (None, "4", DAY / 4),
        ("weekly", "7", DAY),
        ("monthly", "1", 30 * DAY),
        ("yearly", "1", 365 * DAY),
        ("hourly", "0", None),
        ("hourly", "often", None),
        ("fortnightly", "1", None),
        (None, None, None),
        ("", "", None),
    ],
)
def test_the_syndication_modules_period(
    period: str | None, frequency: str | None, expected: timedelta | None
) -> None:
    """The period over the frequency, with the module's defaults; a frequency of zero divides nothing."""
    assert rhythm(None, period, frequency).update_every == expected


def test_skipped_hours_and_days() -> None:
    """Hours are 0-23, with 24 for midnight; days are English names; the rest is left out."""
    found = rhythm(
        skip_hours=["1", "24", "0", "25", "x", "7"], skip_days=["Sunday", "MONDAY", "Sonntag", "sunday"]
    )
    assert (found.skip_hours, found.skip_days) == ((0, 1, 7), (0, 6))


def test_who_skips_everything_skips_nothing() -> None:
    """A feed that forbids every hour, or every day of the week, is polled all the same."""
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    assert rhythm(skip_hours=map(str, range(24)), skip_days=days) == Rhythm()


def _rhythm_of(channel: str, encoding: str = "utf-8") -> Rhythm:
    text = f'<?xml version="1.0"?><rss version="2.0" {SY}><channel><title>x</title>{channel}</channel></rss>'
    found = parse(Document("https://harbour.example/feed.xml", text.encode(encoding)), NOW)
    assert isinstance(found, ParsedFeed)
    return found.rhythm


def test_a_document_gives_its_whole_rhythm() -> None:
    """ttl, sy:update*, every hour and every day of RSS 2.0 come out of a document with items."""
    channel = """<ttl>90</ttl>
    <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
    <skipHours><hour>1</hour>\n<hour> 2 </hour></skipHours>
    <skipDays><day>Saturday</day><day>Sunday</day></skipDays>
    <item><title>The ferry sails</title></item>"""
    assert _rhythm_of(channel) == Rhythm(1.5 * HOUR, HOUR / 2, (1, 2), (5, 6))


def test_a_document_that_says_nothing() -> None:
    """Most feeds have no rhythm of their own, and an item's words are not taken for one."""
    words = "<description><![CDATA[<skipHours><hour>3</hour></skipHours>]]></description>"
    assert _rhythm_of(f"<item><title>x</title>{words}</item>") == Rhythm()


def test_json_feeds_have_no_rhythm() -> None:
    """JSON Feed has no such fields."""
    body = b'{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": []}'
    found = parse(Document("https://harbour.example/feed.json", body, "application/feed+json"), NOW)
    assert isinstance(found, ParsedFeed)
    assert found.rhythm == Rhythm()


def test_what_stands_far_from_the_head_is_not_looked_for() -> None:
    """The look for skipped hours is bounded: an endless head costs nothing."""
    far = b"<rss><channel>" + b" " * 70_000 + b"<skipHours><hour>3</hour></skipHours><item>"
    assert skips(far) == ((), ())
    assert skips(b"<skipHours>" * 10_000) == ((), ())


@given(
    st.binary(max_size=300)
    | st.from_regex(rb"(<skip(Hours|Days)>|<(hour|day)>|\w+|</){0,30}", fullmatch=True)
)
def test_no_bytes_break_it(body: bytes) -> None:
    """Any bytes give hours and days that are in range, or none."""
    hours, days = skips(body)
    found = rhythm(None, None, None, hours, days)
    assert all(0 <= hour < 24 for hour in found.skip_hours)
    assert all(0 <= day < 7 for day in found.skip_days)
