"""What the sample outlets answer with: RSS, Atom and pages.

Hosts are names under .localhost (RFC 6761), so that each outlet has its own and a reader's browser
finds them on this machine.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from string import Template
from xml.etree import ElementTree as ET

from monitor.demo.samples import Article, Outlet, sample

CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "broken": "text/html; charset=utf-8",
}


def feed(outlet: Outlet, articles: Sequence[Article], now: datetime, port: int) -> bytes:
    """Return the outlet's document with these articles, dated back from now (aware)."""
    match outlet.format:
        case "rss":
            return _bytes(_rss(outlet, articles, now, port))
        case "atom":
            return _bytes(_atom(outlet, articles, now, port))
        case "broken":
            return sample("broken.html").encode()


def page(outlet: Outlet, article: Article) -> bytes:
    """Return the web page of an article."""
    body = _html(article.text or article.summary)
    return _page(
        language=outlet.language, outlet=escape(outlet.title), title=escape(article.title), body=body
    )


def index(feeds: Sequence[tuple[str, str]]) -> bytes:
    """Return a page that links the feeds, given as titles and addresses."""
    items = "".join(f'<li><a href="{escape(url)}">{escape(title)}</a></li>' for title, url in feeds)
    return _page(language="en", outlet="monitor", title="Sample feeds", body=f"<ul>{items}</ul>")


def _rss(outlet: Outlet, articles: Sequence[Article], now: datetime, port: int) -> ET.Element:
    rss = ET.Element("rss", {"version": "2.0", "xmlns:content": "http://purl.org/rss/1.0/modules/content/"})
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", outlet.title)
    _add(channel, "link", f"{_site(outlet.name, port)}/")
    _add(channel, "description", outlet.about)
    _add(channel, "language", outlet.language)
    for article in articles:
        item = ET.SubElement(channel, "item")
        _add(item, "guid", _guid(outlet, article), isPermaLink="false")
        _add(item, "title", article.title)
        _add(item, "link", _link(article, port))
        _add(item, "pubDate", format_datetime(_published(article, now)))
        _add(item, "description", _html(article.summary))
        if article.text:
            _add(item, "content:encoded", _html(article.text))
    return rss


def _atom(outlet: Outlet, articles: Sequence[Article], now: datetime, port: int) -> ET.Element:
    feed = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": outlet.language})
    newest = max(_published(article, now) for article in articles)
    _add(feed, "id", f"tag:{outlet.name}.example,2026:feed")
    _add(feed, "title", outlet.title)
    _add(feed, "subtitle", outlet.about)
    _add(feed, "updated", newest.isoformat())
    _add(feed, "link", "", href=f"{_site(outlet.name, port)}/")
    _add(ET.SubElement(feed, "author"), "name", outlet.title)
    for article in articles:
        entry = ET.SubElement(feed, "entry")
        published = _published(article, now).isoformat()
        _add(entry, "id", _guid(outlet, article))
        _add(entry, "title", article.title)
        _add(entry, "link", "", href=_link(article, port))
        _add(entry, "published", published)
        _add(entry, "updated", published)
        _add(entry, "summary", _html(article.summary), type="html")
        if article.text:
            _add(entry, "content", _html(article.text), type="html")
    return feed


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text or None


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _page(**parts: str) -> bytes:
    return Template(sample("page.html")).substitute(parts).encode()


def _html(text: str) -> str:
    return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.strip().split("\n\n"))


def _published(article: Article, now: datetime) -> datetime:
    return now.replace(microsecond=0) - timedelta(minutes=article.minutes_ago)


def _site(host: str, port: int) -> str:
    return f"http://{host}.localhost:{port}"


def _link(article: Article, port: int) -> str:
    query = f"?{article.tracking}" if article.tracking else ""
    return f"{_site(article.host, port)}/{article.slug}{query}"


def _guid(outlet: Outlet, article: Article) -> str:
    return f"tag:{outlet.name}.example,2026:{article.slug}"
