"""Whose a host is, and which addresses mean one feed."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.hosts import feed_key, site_of, site_of_url


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("feeds.news.example.co.uk", "example.co.uk"),
        ("WWW.Example.ORG.", "example.org"),
        ("alice.github.io", "alice.github.io"),
        ("localhost", "localhost"),
        ("co.uk", "co.uk"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("", ""),
    ],
)
def test_hosts_of_one_owner_have_one_site(host: str, site: str) -> None:
    """The registrable domain tells, by the public suffix list with its private part."""
    assert site_of(host) == site


def test_an_address_that_is_none_has_no_site() -> None:
    """What cannot be read as an address belongs to nobody, and nothing breaks."""
    assert site_of_url("https://feeds.example.com:8443/a") == "example.com"
    assert site_of_url("http://[half") == ""


SAME = (
    "http://news.example/feed",
    "https://news.example/feed",
    "HTTPS://News.Example/feed/",
    "https://www.news.example/feed#latest",
    "http://www.news.example:80/feed",
    "https://news.example:443/feed/?",
    "https://news.example./feed",
)
OTHERS = (
    "https://news.example/feed/comments",
    "https://news.example/Feed",
    "https://news.example/feed?topic=1",
    "https://news.example/feed?topic=2",
    "https://news.example:8443/feed",
    "https://feeds.news.example/feed",
    "https://reader@news.example/feed",
    "https://news.example",
)


def test_feed_addresses_that_differ_by_scheme_www_port_slash_or_fragment_are_one() -> None:
    """FAILURES 27: one feed is not subscribed to twice because its address was written in another way."""
    assert len(set(map(feed_key, SAME))) == 1
    assert len(set(map(feed_key, SAME + OTHERS))) == 1 + len(OTHERS)


def test_a_password_is_no_part_of_a_key() -> None:
    """A key is shown and indexed; the secret in an address is neither."""
    assert feed_key("https://me:hush@news.example/feed") == feed_key("https://me@news.example/feed/")
    assert "hush" not in feed_key("https://me:hush@news.example/feed")


@given(st.text(max_size=30))
def test_whatever_is_written_has_a_key(text: str) -> None:
    """An address that cannot be taken apart stands for itself; a key never fails, and holds for both."""
    assert feed_key("http://[half" + text) == "http://[half" + text
    path = quote(text)
    assert feed_key(f"http://a.test/{path}") == feed_key(f"https://www.a.test/{path}/")
