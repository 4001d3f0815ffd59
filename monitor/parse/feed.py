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
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from xml.sax import SAXException

import feedparser

from monitor.model import Document, Entry, Failed, ParsedFeed, Reason, Words
from monitor.parse import items, text

_MARKUP_TYPES = ("html", "xml")
_LATIN = frozenset({"", "us-ascii", "ascii", "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"})
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';]*)""", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_CLOSED = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_HTML = re.compile(
    rb"(?:<\?[^>]*+>|(?><!--.*?-->)|\s|\xef\xbb\xbf)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TITLE = re.compile(rb"<title[^<>]*>([^<]{1,2000})", re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z][\w.:-]{0,60})[\s/>]")


def read(document: Document, now: datetime) -> ParsedFeed | Failed:
    """Read what feedparser knows; items of a broken document count, a broken one without is unreadable."""
    try:
        found = _parse(document.body, document.content_type)
    except Exception:  # noqa: BLE001 (feedparser lets many kinds out, for one impossible character)
        return _read_mended(document, now)
    return _understood(document, found, now)


def _read_mended(document: Document, now: datetime) -> ParsedFeed | Failed:
    """Read once more without the character references that name no character."""
    try:
        found = _parse(_REFERENCE.sub(_possible, document.body), document.content_type)
    except Exception as error:  # noqa: BLE001 (the same; now nothing is left to mend)
        said = text.line(text.tidy(str(error)))[:200]
        return items.failed(document, Reason.UNREADABLE, f"The document cannot be read as a feed: {said}.")
    return _understood(document, found, now)


def _possible(reference: re.Match[bytes]) -> bytes:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits, base) if len(digits) < 9 else 0
    return reference[0] if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else b""


def _parse(body: bytes, content_type: str | None) -> dict[str, Any]:
    return dict(
        feedparser.parse(  # noqa: TID251 (this is the place)
            io.BytesIO(body),
            response_headers={"content-type": _label(body, content_type or "application/xml")},
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
    broken = found.get("bozo_exception")
    if not found["entries"] and not found["version"]:
        return items.failed(document, Reason.NOT_A_FEED, _what_it_is(document))
    if not found["entries"] and isinstance(broken, SAXException) and not _CLOSED.search(document.body):
        return items.failed(
            document, Reason.UNREADABLE, f"The feed breaks before any item: {_fault(broken)}."
        )
    parsed = _parsed(document, found, now)
    if isinstance(broken, SAXException):
        problem = f"The document is not well-formed ({_fault(broken)}); its items were read all the same."
        return replace(parsed, problems=(*parsed.problems, problem))
    return parsed


def _fault(error: SAXException) -> str:
    line = getattr(error, "getLineNumber", lambda: None)()
    return f"line {line}: {error.getMessage()}" if line else str(error.getMessage())


def _what_it_is(document: Document) -> str:
    if _HTML.match(document.body):
        title = _HTML_TITLE.search(document.body)
        named = text.line(text.plain(title[1].decode("utf-8", "replace")))[:80] if title else ""
        return f"The address answered with a web page{f' (“{named}”)' if named else ''}, not with a feed."
    if root := _ROOT.search(document.body):
        return f"The address answered with XML whose root is <{root[1].decode()}>, which is no feed format."
    label = text.line(text.tidy(document.content_type or ""))[:80]
    kind = f", labelled {label}" if label else ""
    return f"The address answered with something that is neither RSS, Atom nor JSON Feed{kind}."


def _parsed(document: Document, found: dict[str, Any], now: datetime) -> ParsedFeed:
    feed = dict(found["feed"])
    atom = found["version"].startswith("atom")
    of_feed = items.language(feed.get("language"))
    entries, problems = items.collect(
        found["entries"], partial(_entry, base=document.url, atom=atom, of_feed=of_feed, now=now)
    )
    return ParsedFeed(
        entries,
        title=text.line(_clean(feed, "title", atom=atom)) or None,
        site=items.first_address(_links(feed, document.url)),
        language=of_feed,
        problems=problems,
    )


def _entry(found: dict[str, Any], base: str, atom: bool, of_feed: str | None, now: datetime) -> Entry:
    item = dict(found)
    published, raw = items.dated((item.get(key) for key in ("published", "updated", "created")), now)
    return Entry(
        _words(item, atom=atom),
        guid=items.guid(item.get("id")),
        link=items.first_address(_links(item, base)),
        published=published,
        published_raw=raw,
        language=items.language(*_languages(item), of_feed),
    )


def _words(item: dict[str, Any], atom: bool) -> Words:
    contents = [
        _as_text(part, atom=atom) for part in item.get("content", ()) if _is_text(item, part, atom=atom)
    ]
    return items.words(
        _clean(item, "title", atom=atom),
        _clean(item, "summary", atom=atom),
        max(contents, key=len, default=""),
    )


def _is_text(item: dict[str, Any], part: dict[str, Any], atom: bool) -> bool:
    """Tell an article's text from attached data and from a picture's caption.

    feedparser files a second description of an RSS item, media:description, as plain content.
    """
    kind = str(part.get("type"))
    caption = kind == "text/plain" and not atom and any(key.startswith("media_") for key in item)
    return not caption and (kind.startswith("text/") or kind.endswith(_MARKUP_TYPES))


def _clean(fields: dict[str, Any], name: str, atom: bool) -> str:
    """Return a cleaned field; its detail counts only where it belongs to the very same value."""
    value = fields.get(name)
    detail = fields.get(f"{name}_detail")
    if isinstance(detail, dict) and detail.get("value") == value:
        return _as_text(detail, atom=atom)
    kind = "text/plain" if name == "title" else "text/html"
    return _as_text({"type": kind, "value": value}, atom=atom)


def _as_text(detail: dict[str, Any], atom: bool) -> str:
    """Return a text construct's words: Atom's type is binding, RSS has none and is guessed at."""
    value, kind = detail.get("value"), str(detail.get("type"))
    if not isinstance(value, str):
        return ""
    markup = kind.endswith(_MARKUP_TYPES) or (not atom and text.marked(value))
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
