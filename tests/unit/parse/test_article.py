"""The text of an article page."""

import pytest

from monitor.parse.article import text_of

URL = "https://harbour.example/1"
SAID = "The harbour ferry sails again on Monday, after three stormy days at its pier."


def page(article: str) -> bytes:
    """Return a page with this article between a menu and a foot."""
    return (
        "<!doctype html><html><head><title>Ferry</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<article>{article}</article><footer>All rights reserved</footer></body></html>"
    ).encode()


def test_an_article_is_told_from_what_stands_around_it() -> None:
    """Paragraphs come as lines of plain text, without menu, foot or scripts."""
    found = text_of(page(f"<p>{SAID}</p><script>x()</script><p>{SAID} <b>Again</b>.</p>" * 2), URL)
    assert found.splitlines()[0] == SAID
    assert not any(word in found for word in ("Home", "rights", "x()", "<"))


@pytest.mark.parametrize("body", [page("<p>Subscribe to read.</p>"), b"", b"\0\xff" * 100, b"{}"])
def test_a_page_without_an_article_has_no_text(body: bytes) -> None:
    """A headline, a request for money and what is no page at all are no article."""
    assert text_of(body, URL) == ""
