"""Redirects lead where they say, within bounds, and take along only what may go there."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch import Request
from monitor.fetch.hops import MAX_REDIRECTS, Hop, first_hop, next_hop
from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Failed, Reason

HEADERS = (("X-Key", "s3cret"),)


def start(url: str = "https://a.example/feed", **request: object) -> Hop:
    """Return where a request begins that must begin."""
    hop = first_hop(replace(Request(url), **request))  # type: ignore[arg-type]  # the test's own words
    assert isinstance(hop, Hop)
    return hop


def onward(hop: Hop, location: str, status: int = 302) -> Hop:
    """Return where a redirect leads that must lead somewhere."""
    following = next_hop(hop, status, location)
    assert isinstance(following, Hop), following
    return following


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("https://b.example/x", "https://b.example/x"),
        ("/x?y#z", "https://a.example/x?y"),
        ("x", "https://a.example/x"),
        ("//b.example/x", "https://b.example/x"),
        ("?y", "https://a.example/feed?y"),
        (" /x ", "https://a.example/x"),
        ("/\xc3\xa4", "https://a.example/%C3%A4"),
        ("/\xe4", "https://a.example/%C3%A4"),
        ("https://me:secret@b.example/", "https://b.example/"),
        ("https://a.example:443/x", "https://a.example/x"),
    ],
)
def test_where_a_redirect_leads(location: str, url: str) -> None:
    """A location is read against the address it came from; its fragment and login are left out."""
    assert str(onward(start(), location).url) == url


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "javascript:x", "https://[::1", "http://x:0/", "mailto:a"]
)
def test_where_no_redirect_leads(location: str) -> None:
    """A redirect to no web address is blocked, with the status it came with."""
    failed = next_hop(start(), 302, location)
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.http) == (Reason.BLOCKED, 302)


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 404])
def test_other_statuses_lead_nowhere(status: int) -> None:
    """A location beside another status, and a redirect without one, are the answer itself."""
    assert next_hop(start(), status, "/x") is None
    assert next_hop(start(), 301, None) is None


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("/x", True),
        ("https://A.example:443/x", True),
        ("https://a.example:444/x", False),
        ("https://b.a.example/x", False),
        ("https://b.example/x", False),
    ],
)
def test_secrets_are_an_origins(location: str, kept: bool) -> None:
    """Scheme, host and port must all be the same for a login or a header to be sent."""
    hop = onward(start(headers=HEADERS), location)
    assert bool(hop.private) is kept
    assert hop.withheld is not kept


def test_an_upgrade_is_another_origin() -> None:
    """From http to https of the same host is another origin as well."""
    assert not onward(start("http://a.example/", headers=HEADERS), "https://a.example/").private


def test_a_downgrade_with_secrets_is_refused() -> None:
    """From https to http nothing secret is taken, and what needs it does not go."""
    failed = next_hop(start(headers=HEADERS), 302, "http://a.example/")
    assert isinstance(failed, Failed)
    assert failed.reason is Reason.REDIRECTS
    assert onward(start(), "http://a.example/", 301).moved_to is None


def test_redirects_end() -> None:
    """After so many redirects there is no next."""
    hop = start()
    for _ in range(MAX_REDIRECTS):
        hop = onward(hop, "/x")
    assert isinstance(next_hop(hop, 302, "/x"), Failed)


@pytest.mark.parametrize(
    ("proxy", "reads"),
    [
        (None, True),
        ("http://p.example:3128", True),
        ("https://u:p@p.example", True),
        ("socks5://p", False),
        ("p:1", False),
    ],
)
def test_proxies(proxy: str | None, reads: bool) -> None:
    """A proxy is an http or https address, or there is none."""
    hop = first_hop(Request("http://a.example/", options=FeedOptions(proxy=proxy)))
    assert isinstance(hop, Hop) is reads


@given(st.text(), st.sampled_from([301, 302, 303, 307, 308]))
def test_no_location_is_too_odd(location: str, status: int) -> None:
    """Any text leads to a web address or is refused."""
    following = next_hop(start(headers=HEADERS), status, location)
    assert isinstance(following, Failed) or (following and following.url.scheme in {"http", "https"})
