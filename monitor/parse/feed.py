"""RSS, RDF, Atom and CDF: the only owner of feedparser.

feedparser opens what looks like a path or an address, so it only ever gets a stream. It is not told
where the document came from: it would join guids to that address, so that they change when a feed
moves and an opaque guid turns into a link. Addresses are resolved here instead, against the
document's after xml:base, which feedparser applies. Its values are read as plain dicts, because its
own look-ups guess (`updated` for `published`) and warn.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any
from xml.sax import SAXException

import feedparser

from monitor.model import Document, Entry, Failed, ParsedFeed, Reason, Words
from monitor.parse import items, text
from monitor.parse.refusal import what_it_is
from monitor.parse.rhythm import rhythm, skips

_MARKUP_TYPES = ("html", "xml")
_LATIN = frozenset({"", "us-ascii", "ascii", "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"})
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';]*)""", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_STARTS = re.compile(rb"<(?:item|entry)(?=[\s>])", re.IGNORECASE)
_ENDS = re.compile(rb"</(?:item|entry)\s*>", re.IGNORECASE)
_OPENED = re.compile(rb"\s*(?:<\?[^>]*+>\s*)*+<(?:rss|feed|rdf:rdf)\s", re.IGNORECASE)
_CLOSED = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_ENVELOPE = 50_000  # bytes around the items up to which parsing them piece by piece is affordable


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


def read(document: Document, now: datetime) -> ParsedFeed | Failed:
    """Read what feedparser knows; items of a broken document count, a broken one without is unreadable."""
    try:
        found = _parse_somehow(document.body, document.content_type or "application/xml")
    except Exception as error:  # noqa: BLE001 (feedparser lets out many kinds, of no common one)
        said = text.line(text.tidy(str(error)))[:200]
        return items.failed(document, Reason.UNREADABLE, f"feedparser gives up on the document: {said}.")
    return _understood(document, found, now)


def _parse_somehow(body: bytes, content_type: str) -> dict[str, Any]:
    """Parse; where feedparser stumbles, again without impossible characters, at last item by item."""
    try:
        return _parse(body, content_type)
    except Exception:  # noqa: BLE001 (the same)
        mended = _REFERENCE.sub(_possible, body)
    try:
        return _parse(mended, content_type)
    except Exception:  # noqa: BLE001 (the same)
        return _parse_in_parts(mended, content_type)


def _parse_in_parts(body: bytes, content_type: str) -> dict[str, Any]:
    starts = [start.start() for start in _STARTS.finditer(body)][: items.LIMIT] or [len(body)]
    end = max((end.end() for end in _ENDS.finditer(body)), default=len(body))
    head, tail = body[: starts[0]], body[end:]
    if len(head) + len(tail) > _ENVELOPE:
        raise ValueError("too much stands around its items")
    parts = [body[here:there] for here, there in pairwise((*starts, end))]
    entries = _readable(head, parts, tail, content_type)
    return {**_parse(head + tail, content_type), "entries": entries, "lost": len(parts) - len(entries)}


def _readable(head: bytes, parts: list[bytes], tail: bytes, content_type: str) -> list[Any]:
    """Return the entries of the parts that feedparser can read, found by halving."""
    try:
        return list(_parse(head + b"".join(parts) + tail, content_type)["entries"])
    except Exception:  # noqa: BLE001 (the same)
        if len(parts) == 1:
            return []
    half = len(parts) // 2
    return _readable(head, parts[:half], tail, content_type) + _readable(
        head, parts[half:], tail, content_type
    )


def _possible(reference: re.Match[bytes]) -> bytes:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits, base) if len(digits) < 9 else 0
    return reference[0] if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else b""


def _parse(body: bytes, content_type: str) -> dict[str, Any]:
    return dict(
        feedparser.parse(  # noqa: TID251 (this is the place)
            io.BytesIO(body),
            response_headers={"content-type": _label(body, content_type)},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    )


def _label(body: bytes, content_type: str) -> str:
    """Return the content type, put right where a server's default charset hides plain UTF-8."""
    charset = _CHARSET.search(content_type)
    if charset is None or charset[1].lower() not in _LATIN or body.isascii():
        return content_type
    try:
        body.decode()
    except UnicodeDecodeError:
        return content_type
    return "application/xml; charset=utf-8"


def _understood(document: Document, found: dict[str, Any], now: datetime) -> ParsedFeed | Failed:
    if not found["entries"] and (refusal := _refusal(document, found)):
        return refusal
    parsed = _parsed(document, found, now)
    return replace(parsed, problems=(*parsed.problems, *_problems(found)))


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


def _parsed(document: Document, found: dict[str, Any], now: datetime) -> ParsedFeed:
    feed = dict(found["feed"])
    atom = found["version"].startswith("atom")
    captions = not atom and "media" in found["namespaces"]
    of = _Inherited(document.url, items.language(feed.get("language")), atom, captions)
    entries, problems = items.collect(found["entries"], partial(_entry, of=of, now=now))
    return ParsedFeed(
        entries,
        title=text.line(_clean(feed, "title", of)) or None,
        site=items.first_address(_links(feed, document.url)),
        language=of.language,
        problems=problems,
        rhythm=rhythm(
            feed.get("ttl"),
            feed.get("sy_updateperiod"),
            feed.get("sy_updatefrequency"),
            *skips(document.body),
        ),
    )


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


def _languages(item: dict[str, Any]) -> Iterator[object]:
    yield item.get("language")
    for name in ("title_detail", "summary_detail"):
        if isinstance(detail := item.get(name), dict):
            yield detail.get("language")
