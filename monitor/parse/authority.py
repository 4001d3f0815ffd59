"""feedparser, and only here: the authority on what a document that is no clean feed means.

It opens what looks like a path or an address, so it only ever gets a stream. It is not told where the
document came from: it would join guids to that address, so that they change when a feed moves and an
opaque guid turns into a link. Its values are read as plain dicts, because its own look-ups guess
(`updated` for `published`) and warn.

Besides it gives to `fast`, which reads as it does, its own tables.
"""

import io
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import feedparser
from feedparser import encodings, html, mixin, urls

from monitor.parse import items

_LATIN = frozenset({"", "us-ascii", "ascii", "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"})
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';]*)""", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_STARTS = re.compile(rb"<(?:item|entry)(?=[\s>])", re.IGNORECASE)
_ENDS = re.compile(rb"</(?:item|entry)\s*>", re.IGNORECASE)
_ENVELOPE = 50_000  # bytes around the items up to which parsing them piece by piece is affordable
_UNTYPED = "application/xml"
_UTF8 = "application/xml; charset=utf-8"

_REMEMBERED = 1 << 12
"""Joined addresses kept: those of the start tags of some documents, most of which have none to join."""

_Mixin = mixin._FeedParserMixin  # noqa: SLF001 (pinned by a test, as all that is its own here)

PREFIXES: Final[Mapping[str, str]] = {uri.lower(): prefix for uri, prefix in _Mixin.namespaces.items()}
"""Namespaces, in lower case, by the prefix that feedparser gives their elements."""

HANDLED: Final = frozenset(
    name.removeprefix("_start_").removeprefix("_end_")
    for name in dir(_Mixin)
    if name.startswith(("_start_", "_end_"))
)
"""Names of elements, as prefix_name, of which feedparser has a meaning of its own."""

CP1252: Final[Mapping[int, str]] = html._cp1252  # noqa: SLF001 (the same)
"""What feedparser puts for control characters that were meant as those of windows-1252."""

looks_like_html = _Mixin.looks_like_html
mended_address = urls._urljoin  # noqa: SLF001 (the same)


class Byline:
    """feedparser's bookkeeping of the authors in what it found of an item."""

    _save_author = _Mixin._save_author  # noqa: SLF001 (the same)
    _sync_author_detail = _Mixin._sync_author_detail  # noqa: SLF001 (the same)

    def __init__(self, item: dict[str, Any]) -> None:
        self._item = item

    def _get_context(self) -> dict[str, Any]:
        return self._item

    def save(self, name: str, value: str) -> None:
        """Take in a part of the last author."""
        self._save_author(name, value)

    def settle(self) -> None:
        """Make the last author's text and its parts agree."""
        self._sync_author_detail()


def remember_addresses() -> None:
    """Let feedparser join no two addresses twice: it joins base and base at every start tag."""
    join = lru_cache(_REMEMBERED)(urls._urljoin)  # noqa: SLF001 (the same)
    safe = lru_cache(_REMEMBERED)(urls.make_safe_absolute_uri)
    for module in (urls, mixin):
        module._urljoin = join  # noqa: SLF001 (the same)
        module.make_safe_absolute_uri = safe


remember_addresses()


def parse_somehow(body: bytes, content_type: str | None) -> dict[str, Any]:
    """Parse; where feedparser stumbles, again without impossible characters, at last item by item.

    Raises what feedparser raises, of many kinds and no common one, and ValueError.
    """
    label = content_type or _UNTYPED
    try:
        return _parse(body, label)
    except Exception:  # noqa: BLE001 (feedparser lets out many kinds, of no common one)
        mended = _REFERENCE.sub(_possible, body)
    try:
        return _parse(mended, label)
    except Exception:  # noqa: BLE001 (the same)
        return _parse_in_parts(mended, label)


def parse_utf8(body: bytes) -> dict[str, Any]:
    """Parse what `utf8` returned, or a part of it."""
    return _parse(body, _UTF8)


def utf8(body: bytes, content_type: str | None) -> bytes | None:
    """Return the document as feedparser decodes it, in UTF-8, or None where it finds no encoding."""
    found: dict[str, Any] = {}
    label = _label(body, content_type or _UNTYPED)
    try:
        data: bytes = encodings.convert_to_utf8({"content-type": label}, body, found)
    except Exception:  # noqa: BLE001 (the same)
        return None
    return data if found["encoding"] else None


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
    return _UTF8
