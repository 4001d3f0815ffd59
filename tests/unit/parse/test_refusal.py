"""What is no feed is called by its name."""

import pytest

from monitor.model.fetching import Reason
from tests.unit.parse.builders import refused

PAGE = b"<!-- cache --><!DOCTYPE html>\n<html><head><title>One &amp; moment\xe2\x80\xa6</title></head><body>"


@pytest.mark.parametrize(
    ("body", "content_type", "detail"),
    [
        (PAGE, "text/html", "The address answered with a web page (“One & moment…”), not with a feed."),
        (b"\xef\xbb\xbf <HTML><p>x", None, "The address answered with a web page, not with a feed."),
        (
            b"<opml version='2'/>",
            None,
            "The address answered with XML whose root is <opml>, which is no feed format.",
        ),
        (
            b"\x89PNG\r\n",
            "a/b",
            "The address answered with something that is neither RSS, Atom nor JSON Feed, labelled a/b.",
        ),
        (b"nothing", None, "The address answered with something that is neither RSS, Atom nor JSON Feed."),
    ],
)
def test_not_a_feed(body: bytes, content_type: str | None, detail: str) -> None:
    """Proves that a page, another format and noise are refused in words that a person understands."""
    failed = refused(body, content_type)
    assert (failed.reason, failed.detail, failed.http) == (Reason.NOT_A_FEED, detail, 200)


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\0\0\0", b"\xef\xbb\xbf\n"])
def test_empty(body: bytes) -> None:
    """Proves that nothing, blanks, NULs and a lone byte order mark are an empty document."""
    assert refused(body).reason is Reason.EMPTY


@pytest.mark.parametrize("piece", [b"<!-- -->", b"<title", b"<?", b"<!--"])
def test_hostile_noise_is_refused(piece: bytes) -> None:
    """Proves that looking for a page's marks takes no second look: with one a run would not end."""
    assert refused(b"<a/>" + piece * 20_000).reason is Reason.NOT_A_FEED
