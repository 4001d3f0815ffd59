"""Header fields are read as their standards say, and any text in them is survived."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch import Answer
from monitor.fetch.meaning import fresh_for, links

DATE = ("date", "Tue, 04 Nov 2025 12:00:00 GMT")


def answer(*headers: tuple[str, str]) -> Answer:
    """Return an answer with these headers."""
    return Answer("https://example.org/a/feed", 200, headers)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([("cache-control", "max-age=600")], 600),
        ([("cache-control", "public, MAX-AGE=600, must-revalidate")], 600),
        ([("cache-control", 'max-age="600"')], 600),
        ([("cache-control", "public"), ("cache-control", "max-age=600")], 600),
        ([("cache-control", "max-age=600"), ("age", "90")], 510),
        ([("cache-control", "max-age=600"), ("age", "600")], None),
        ([("cache-control", "max-age=600"), ("age", "soon")], 600),
        ([("cache-control", "max-age=31536000")], 31_536_000),
        ([("cache-control", "max-age=600, max-age=9")], 600),
        ([("cache-control", "s-maxage=600")], None),
        ([("cache-control", "max-age=0")], None),
        ([("cache-control", "max-age=-1")], None),
        ([("cache-control", "max-age=soon")], None),
        ([("cache-control", "max-age")], None),
        ([("cache-control", "no-cache, max-age=600")], None),
        ([("cache-control", "no-store, max-age=600")], None),
        ([("cache-control", "max-age=0"), DATE, ("expires", "Tue, 04 Nov 2025 13:00:00 GMT")], None),
        ([DATE, ("expires", "Tue, 04 Nov 2025 12:10:00 GMT")], 600),
        ([DATE, ("expires", "Tue, 04 Nov 2025 11:00:00 GMT")], None),
        ([DATE, ("expires", "0")], None),
        ([("expires", "Tue, 04 Nov 2025 12:10:00 GMT")], None),
        ([], None),
    ],
)
def test_freshness(headers: list[tuple[str, str]], seconds: int | None) -> None:
    """max-age less Age, else Expires less Date; what is not fresh, or is not to be kept, says nothing."""
    assert fresh_for(answer(*headers)) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("header", "hubs"),
    [
        ('<https://hub.example/>; rel="hub"', ("https://hub.example/",)),
        ("<https://hub.example/>;rel=hub", ("https://hub.example/",)),
        ('<https://hub.example/>; REL="self HUB"', ("https://hub.example/",)),
        ('</hub>; title="a, <b>; rel=x"; rel=hub', ("https://example.org/hub",)),
        ('<?a=1,2>; rel="hub"', ("https://example.org/a/feed?a=1,2",)),
        (
            "<https://a.example/>; rel=hub,<https://b.example/>; rel=hub",
            ("https://a.example/", "https://b.example/"),
        ),
        ("<https://a.example/>; rel=hub, <https://a.example/>; rel=hub", ("https://a.example/",)),
        ('<https://hub.example/>; rel="alternate"; rel="hub"', ()),
        ('<https://hub.example/>; rel=hub; anchor="/other"', ()),
        ("<javascript:alert(1)>; rel=hub", ()),
        ("<https://[::1>; rel=hub", ()),
        ("https://hub.example/; rel=hub", ()),
        ("", ()),
    ],
)
def test_links(header: str, hubs: tuple[str, ...]) -> None:
    """Link headers are read as RFC 8288 has them; only web addresses, of this document itself, count."""
    assert links(answer(("link", header)), "hub") == hubs


def test_links_of_several_headers() -> None:
    """Several Link headers are one list."""
    got = links(
        answer(("link", "<https://a.example/>; rel=hub"), ("link", "<https://b.example/>; rel=hub")), "hub"
    )
    assert got == ("https://a.example/", "https://b.example/")


@given(st.text(), st.text(), st.text(), st.text())
def test_no_header_is_too_odd(first: str, second: str, third: str, fourth: str) -> None:
    """Any text gives a duration ahead or none, and addresses of the web or none."""
    odd = answer(
        ("cache-control", first), ("age", second), ("expires", third), DATE, ("link", f"<{fourth}>;rel=hub")
    )
    fresh = fresh_for(odd)
    assert fresh is None or fresh > timedelta()
    assert all(address.startswith(("http://", "https://")) for address in links(odd, "hub"))
