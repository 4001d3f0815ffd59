"""Documents of our own wording for the tests of parsing."""

from datetime import UTC, datetime

from monitor.model.entries import Entry, ParsedFeed
from monitor.model.fetching import Document, Failed
from monitor.parse import parse

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
URL = "https://gazette.example/feeds/news.xml"
_NAMESPACES = """xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"
xmlns:atom="http://www.w3.org/2005/Atom" xmlns:gml="http://www.opengis.net/gml" """


def rss(*items: str, channel: str = "<title>Gazette</title>", attributes: str = "") -> bytes:
    """Return an RSS 2.0 document; items are what stands inside <item>."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0" {_NAMESPACES} {attributes}><channel>{channel}{inner}</channel></rss>'.encode()


def atom(*entries: str, feed: str = "<title>Gazette</title>", attributes: str = "") -> bytes:
    """Return an Atom 1.0 document; entries are what stands inside <entry>."""
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{feed}{inner}</feed>'.encode()


def read(body: bytes, content_type: str | None = "application/xml") -> ParsedFeed:
    """Parse what must be a feed."""
    parsed = parse(Document(URL, body, content_type), NOW)
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def refused(body: bytes, content_type: str | None = None) -> Failed:
    """Parse what must be no feed."""
    failed = parse(Document(URL, body, content_type), NOW)
    assert isinstance(failed, Failed), failed
    return failed


def only(body: bytes) -> Entry:
    """Return the only entry of a document."""
    (entry,) = read(body).entries
    return entry
