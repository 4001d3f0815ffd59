"""Where a site's feeds may be: what its page links to, what its robots.txt names, and where feeds often are.

Pure: what is found here is only a guess, until somebody has asked for it and read it.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from monitor.hosts import feed_key
from monitor.model.fetching import Document
from monitor.parse import items, jsonfeed, sitemap, text

_MOST = 2_000_000  # characters of a page; news front pages have up to 1.5 million
_LONGEST_TAG = 4_000  # characters; an address has at most 2,000
_LINKS = 8  # link elements that are believed; sites with more list a feed for every section
_ANCHORS = 4  # ordinary links that look like a feed's: a worse guess, so fewer

_TYPES = frozenset({
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
    "application/xml", "text/xml", "application/x.atom+xml", "application/x-atom+xml",
})  # fmt: skip
_FEEDLIKE = re.compile(r"(?:^|[/._-])(?:rss|feeds?|atom)(?:[/._-]|\d|$)", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9._-]{2,40})""", re.IGNORECASE)
_SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_ROOT = re.compile(rb"<(?:[A-Za-z][\w.-]{0,60}:)?([A-Za-z][\w.-]{0,60})[\s/>]")
_KINDS = {"rss": "RSS", "feed": "Atom", "rdf": "RDF", "urlset": "news sitemap"}
_COMMENTS = re.compile(r"comment|kommentar|comentari|коментар|комментар", re.IGNORECASE)

PATHS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
"""Where feeds are when no page says so: of WordPress, Hugo, Jekyll and most others, commonest first."""


class _Tag(HTMLParser):
    """Reads one tag's name and attributes."""

    name = ""
    attributes: dict[str, str]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what the tag says; of an attribute given twice the first counts (HTML standard)."""
        self.name = tag
        self.attributes = {name: value or "" for name, value in reversed(attrs)}


def feed_links(page: Document) -> tuple[str, ...]:
    """Return the addresses of what a page calls its feeds, in its order, or else of what looks like one."""
    base, links, anchors = page.url, list[str](), list[str]()
    for name, attributes in _tags(_decoded(page)):
        href = attributes.get("href", "")
        if name == "base" and base == page.url:
            base = items.address(href, base) or base
        elif name == "link" and _says_feed(attributes):
            links.append(href)
        elif name == "a" and (_typed(attributes) or _FEEDLIKE.search(_path(href))):
            anchors.append(href)
    return _distinct(links, base)[:_LINKS] or _distinct(anchors, base)[:_ANCHORS]


def _tags(markup: str) -> Iterator[tuple[str, dict[str, str]]]:
    for written in text.tags(markup, {"base", "link", "a"}):
        if len(written) <= _LONGEST_TAG and not written.startswith("</"):
            tag = _Tag()
            tag.feed(written)
            if tag.name:
                yield tag.name, tag.attributes


def _decoded(page: Document) -> str:
    """Return a page's text; ASCII is enough for addresses, so a wrong guess costs a title at most."""
    declared = _CHARSET.search((page.content_type or "").encode("latin-1", "replace") + page.body[:2048])
    try:
        return page.body[:_MOST].decode(declared[1].decode() if declared else "utf-8", "replace")
    except (LookupError, UnicodeError):  # no such encoding, or one that is not of texts
        return page.body[:_MOST].decode("utf-8", "replace")


def _says_feed(attributes: dict[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    return "feed" in relations or ("alternate" in relations and _typed(attributes))


def _typed(attributes: dict[str, str]) -> bool:
    return attributes.get("type", "").partition(";")[0].strip().lower() in _TYPES


def _path(href: str) -> str:
    try:
        return urlsplit(href).path
    except ValueError:
        return ""


def _distinct(hrefs: list[str], base: str) -> tuple[str, ...]:
    found = (items.address(href, base) for href in hrefs)
    return tuple({feed_key(url): url for url in reversed(list(filter(None, found)))}.values())[::-1]


def common_addresses(url: str) -> tuple[str, ...]:
    """Return where a site's feed often is; a section's own first."""
    section = urlsplit(url).path.rstrip("/")
    own = [urljoin(url, f"{section}/feed")] if section else []
    return (*own, *(urljoin(url, path) for path in PATHS))


def news_sitemaps(robots: Document) -> tuple[str, ...]:
    """Return the addresses of the sitemaps of news that a robots.txt names."""
    named = _SITEMAP.findall(robots.body[:_MOST].decode("utf-8", "replace"))
    return _distinct([url for url in named if "news" in url.lower()], robots.url)[:_ANCHORS]


def kind_of(document: Document) -> str:
    """Return what kind of feed a document that was read as one is."""
    if jsonfeed.recognises(document):
        return "JSON Feed"
    if sitemap.recognises(document):
        return "news sitemap"
    root = _ROOT.search(document.body)
    return _KINDS.get(root[1].decode().lower(), "RSS") if root else "RSS"


def about_comments(url: str, title: str | None) -> bool:
    """Tell a feed of comments from a site's main feed, by its name and its address."""
    return _COMMENTS.search(f"{_path(url)} {title or ''}") is not None
