"""Addresses and waits are read from whatever people and servers write."""

from datetime import timedelta

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.fetch.hops import web_address
from monitor.fetch.meaning import MAX_RETRY_AFTER, retry_after
from monitor.model import Failed, Reason

DATE = "Tue, 04 Nov 2025 12:00:00 GMT"


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org/feed",
        " https://example.org ",
        "HTTP://EXAMPLE.org:8080/",
        "http://пошта.укр/rss",
        "http://[::1]/",
    ],
)
def test_web_addresses(text: str) -> None:
    """Whole http and https addresses are taken, spaces around them forgiven."""
    assert isinstance(web_address(text), httpx.URL)


@pytest.mark.parametrize(
    "text",
    [
        "", "example.org/feed", "//example.org", "file:///etc/passwd", "ftp://example.org/", "news:x",
        "http://", "http:///feed", "http:feed", "http://example.org:0/", "http://example.org:65536/",
        "http://example.org:-1/", "http://[::1", "http://xn--a/", "http://exa\nmple.org/", "feed:https://a",
        "http://user:secret@example.org:x/", "http://user:sec/ret@example.org/", f"http://a/{'b' * 70_000}",
    ],
)  # fmt: skip
def test_other_addresses_are_blocked(text: str) -> None:
    """Anything else is blocked in a sentence that does not repeat it, as it may hold a password."""
    failed = web_address(text)
    assert isinstance(failed, Failed)
    assert failed.reason is Reason.BLOCKED
    assert "sec" not in failed.detail


@given(st.text() | st.builds("http://{}{}".format, st.text(), st.text()))
def test_no_address_is_too_odd(text: str) -> None:
    """Any text at all gives a value, and an address has a host that can be asked for."""
    address = web_address(text)
    assert isinstance(address, Failed) or address.host


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("", None),
        (None, None),
        ("²", None),
        ("317100", 86_400),
        ("9" * 5000, 86_400),
        ("Tue, 04 Nov 2025 12:01:00 GMT", 60),
        ("Tue, 04 Nov 2025 12:01:00 -0000", 60),
        ("Tue, 04 Nov 2025 14:01:00 +0200", 60),
        ("Tue, 04 Nov 2025 11:59:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Tue, 04 Nov 99999 12:01:00 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: int | None) -> None:
    """Seconds and dates are read, what is not ahead is nothing, and a day is the most."""
    assert retry_after(value, DATE) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_date_is_read_by_the_servers_clock() -> None:
    """A server whose clock is a year off asks for the wait it means; without its Date it says nothing."""
    assert retry_after("Wed, 04 Nov 2026 12:00:30 GMT", "Wed, 04 Nov 2026 12:00:00 GMT") == timedelta(
        seconds=30
    )
    assert retry_after("Wed, 04 Nov 2026 12:00:30 GMT", None) is None


@given(st.none() | st.text(), st.none() | st.text())
@example("Mon, 01 Jan 0001 00:00:00 +2359", DATE)
@example(DATE, "Fri, 31 Dec 9999 23:59:59 -2359")
def test_no_wait_is_too_odd(value: str | None, date: str | None) -> None:
    """Any two headers give a wait between nothing and a day."""
    wait = retry_after(value, date)
    assert wait is None or timedelta() < wait <= MAX_RETRY_AFTER
