"""Addresses are read from whatever people and servers write."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.hops import web_address
from monitor.model.fetching import Failed, Reason


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org/feed",
        " https://example.org ",
        "HTTP://EXAMPLE.org:8080/",
        "http://пошта.укр/rss",
        "http://[::1]/",
        "https://example.org./",
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
        "http://./", "https://.example.org/", "http://a..b/",
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
