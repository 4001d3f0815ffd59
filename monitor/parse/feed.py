"""RSS, RDF, Atom and CDF: what feedparser finds in a document, understood.

It is found by the fast path where that is certain, else by feedparser itself, and only in the new items
where the feed's last document tells which those are. Addresses are resolved here, against the document's
after xml:base, which feedparser applies.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from xml.sax import SAXException

from monitor.model.entries import Entry, ParsedFeed, Words
from monitor.model.fetching import Document, Failed, Reason
from monitor.parse import authority, cut, fast, items, text
from monitor.parse.cut import Split
from monitor.parse.hubs import announced
from monitor.parse.refusal import what_it_is
from monitor.parse.rhythm import rhythm, skips

_MARKUP_TYPES = ("html", "xml")
_OPENED = re.compile(rb"\s*(?:<\?[^>]*+>\s*)*+<(?:rss|feed|rdf:rdf)\s", re.IGNORECASE)
_CLOSED = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Inherited:
    """What items have from their document.

    captions: whether plain content may be the description of a picture (media:description), which
    feedparser files with the content of an RSS item that has a description of its own.
    """

    base: str
    language: str | None
    atom: bool
    captions: bool


def read(document: Document, now: datetime, last: bytes | None = None) -> ParsedFeed | Failed:
    """Read what feedparser knows; items of a broken document count, a broken one without is unreadable.

    Of a document that `last`, the record of the one before, can cut only the new items are read.
    """
    data = authority.utf8(document.body, document.content_type)
    parts = cut.split(data, document.url) if data else None
    if parts and last and (parsed := _read_new(document, parts, last, now)):
        return parsed
    return _read_whole(document, data, parts, last, now)


def _read_new(document: Document, parts: Split, last: bytes, now: datetime) -> ParsedFeed | None:
    """Read the new items, or nothing where they may mean something else among the others."""
    since = cut.cut(parts, last)
    found = fast.read(since.document) if since else None
    if not since or not found or not found["isolated"] or len(found["entries"]) != len(since.unseen):
        return None
    parsed, entries = understood(document, found, now)
    if cut.shares(entries, since.pairs):
        return None
    return replace(
        parsed,
        problems=items.left_out(since.silent + entries.count(None), len(parts.items)),
        unchanged=since.unchanged,
        record=cut.record(parts, entries, since, last),
    )


def _read_whole(
    document: Document, data: bytes | None, parts: Split | None, last: bytes | None, now: datetime
) -> ParsedFeed | Failed:
    try:
        found = (fast.read(data) if data else None) or authority.parse_somehow(
            document.body, document.content_type
        )
    except Exception as error:  # noqa: BLE001 (feedparser lets out many kinds, of no common one)
        said = text.line(text.tidy(str(error)))[:200]
        return items.failed(document, Reason.UNREADABLE, f"feedparser gives up on the document: {said}.")
    if not found["entries"] and (refusal := _refusal(document, found)):
        return refusal
    parsed, entries = understood(document, found, now)
    certain = parts and found.get("isolated") and len(entries) == len(parts.items)
    return replace(
        parsed,
        problems=(*items.left_out(entries.count(None), len(found["entries"])), *_problems(found)),
        record=cut.record(parts, entries, None, last or b"") if parts and certain else None,
    )


def _refusal(document: Document, found: dict[str, Any]) -> Failed | None:
    """Tell a feed that has no items, which is fine, from one that is cut and from what is none."""
    broken = found.get("bozo_exception")
    meant = found["version"] or _OPENED.match(document.body)
    if meant and isinstance(broken, SAXException) and not _CLOSED.search(document.body):
        said = f"The feed breaks before any item: {_fault(broken)}."
        return items.failed(document, Reason.UNREADABLE, said)
    return None if found["version"] else items.failed(document, Reason.NOT_A_FEED, what_it_is(document))


def _problems(found: dict[str, Any]) -> Iterator[str]:
    if lost := found.get("lost"):
        yield f"feedparser gives up on {lost} of the items: left out."
    if isinstance(broken := found.get("bozo_exception"), SAXException):
        yield f"The document is not well-formed ({_fault(broken)}); its items were read all the same."


def _fault(error: SAXException) -> str:
    line = getattr(error, "getLineNumber", lambda: None)()
    return f"line {line}: {error.getMessage()}" if line else str(error.getMessage())


def understood(
    document: Document, found: dict[str, Any], now: datetime
) -> tuple[ParsedFeed, list[Entry | None]]:
    """Return what was found, understood, and its items in order, None for one that says nothing."""
    feed = dict(found["feed"])
    atom = found["version"].startswith("atom")
    captions = not atom and "media" in found["namespaces"]
    of = _Inherited(document.url, items.language(feed.get("language")), atom, captions)
    entries = items.each(found["entries"], partial(_entry, of=of, now=now))
    links = ((link.get("rel"), link.get("href")) for link in feed.get("links", ()))
    hubs, topic = announced(links, document.url)
    parsed = ParsedFeed(
        tuple(filter(None, entries)),
        title=text.line(_clean(feed, "title", of)) or None,
        site=items.first_address(_links(feed, document.url)),
        language=of.language,
        hubs=hubs,
        topic=topic,
        rhythm=rhythm(
            feed.get("ttl"),
            feed.get("sy_updateperiod"),
            feed.get("sy_updatefrequency"),
            *skips(document.body),
        ),
    )
    return parsed, entries


def _entry(found: dict[str, Any], of: _Inherited, now: datetime) -> Entry:
    item = dict(found)
    published, raw = items.dated((item.get(key) for key in ("published", "updated", "created")), now)
    return Entry(
        _words(item, of),
        guid=items.guid(item.get("id")),
        link=items.first_address(_links(item, of.base)),
        published=published,
        published_raw=raw,
        language=items.language(*_languages(item), of.language),
        author=items.author(_authors(item)),
    )


def _words(item: dict[str, Any], of: _Inherited) -> Words:
    contents = [_as_text(part, of) for part in item.get("content", ()) if _is_text(part, of)]
    return items.words(
        _clean(item, "title", of), _clean(item, "summary", of), max(contents, key=len, default="")
    )


def _is_text(part: dict[str, Any], of: _Inherited) -> bool:
    """Tell an article's text from attached data and from what may be a picture's caption."""
    kind = str(part.get("type"))
    return not (of.captions and kind == "text/plain") and (
        kind.startswith("text/") or kind.endswith(_MARKUP_TYPES)
    )


def _clean(fields: dict[str, Any], name: str, of: _Inherited) -> str:
    """Return a cleaned field; its detail counts only where it belongs to the very same value."""
    value = fields.get(name)
    detail = fields.get(f"{name}_detail")
    if isinstance(detail, dict) and detail.get("value") == value:
        return _as_text(detail, of)
    kind = "text/plain" if name == "title" else "text/html"
    return _as_text({"type": kind, "value": value}, of)


def _as_text(detail: dict[str, Any], of: _Inherited) -> str:
    """Return a text construct's words: Atom's type is binding, RSS has none and is guessed at."""
    value, kind = detail.get("value"), str(detail.get("type"))
    if not isinstance(value, str):
        return ""
    markup = kind.endswith(_MARKUP_TYPES) or (not of.atom and text.marked(value))
    return text.plain(value) if markup else text.tidy(value)


def _links(item: dict[str, Any], base: str) -> Iterator[tuple[object, str]]:
    """Give what may be an item's or a feed's address, best first; a guid only where it is one by itself."""
    links = item.get("links", ())
    from_guid = item.get("guidislink") and item.get("link") == item.get("id")
    yield item.get("feedburner_origlink"), base
    yield item.get("link"), "" if from_guid else base
    yield from ((link.get("href"), base) for link in links if link.get("rel") == "alternate")
    yield from ((link.get("href"), base) for link in links if link.get("rel") == "enclosure")


def _authors(item: dict[str, Any]) -> Iterator[object]:
    """Give an item's authors; feedparser knows too few top-level domains to take every mail out of a text."""
    authors = item.get("authors", ())
    yield from (author.get("name") for author in authors) if len(authors) > 1 else (item.get("author"),)


def _languages(item: dict[str, Any]) -> Iterator[object]:
    yield item.get("language")
    for name in ("title_detail", "summary_detail"):
        if isinstance(detail := item.get(name), dict):
            yield detail.get("language")
