"""OPML, the subscription lists that feed readers exchange (opml.org/spec2.opml).

Reading is by expat itself, which knows line numbers: nothing of a list that somebody else wrote
is lost without a sentence. Names of attributes are compared without case, as exports differ.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.entities import html5
from xml.etree import ElementTree as ET
from xml.parsers import expat

MAX_BYTES = 20_000_000
_DEEPEST = 40
_SEPARATOR = " / "
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(rb"&(?!(?:#[0-9]+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);)(?:([A-Za-z0-9]{2,30});)?")
_QUOTE = re.compile(rb'(?<!=)"(?!\s*(?:[?/]?>|[\w:.-]+\s*=))')
_OWN = frozenset({"xmlurl", "htmlurl", "title", "text"})


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list; folder is the path of titles above it, line where it was read.

    attributes are all others the outline had, with ElementTree's names for namespaces.
    """

    url: str
    title: str | None = None
    site: str | None = None
    folder: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Outlines:
    """A list as read: its feeds in document order, and a sentence for everything left out.

    A document that cannot be read at all has no feeds and one problem.
    """

    feeds: tuple[Outline, ...]
    problems: tuple[str, ...] = ()


class _Unreadable(Exception):
    """The document is refused as a whole."""


@dataclass(slots=True)
class _Open:
    """An outline whose end has not come yet."""

    title: str
    line: int
    used: bool


class _Reader:
    """The state of one reading: the open outlines, what was found, what was not."""

    def __init__(self) -> None:
        self.feeds: list[Outline] = []
        self.problems: list[str] = []
        self._open: list[_Open | None] = []
        self._seen_root = False
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._refuse_entities

    def _refused(self, why: str) -> _Unreadable:
        return _Unreadable(f"line {self.parser.CurrentLineNumber}: {why}")

    def _refuse_entities(self, *_: object) -> None:
        raise self._refused("the document declares entities; a subscription list needs none")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2].lower()
        if not self._seen_root and local != "opml":
            raise self._refused(f"the document is <{local}>, not <opml>")
        self._seen_root = True
        if len(self._open) > _DEEPEST:
            raise self._refused(f"folders are nested deeper than {_DEEPEST} levels")
        self._open.append(self._outline(attributes) if local == "outline" else None)

    def _outline(self, raw: Mapping[str, str]) -> _Open:
        lowered = {name.lower(): value.strip() for name, value in raw.items()}
        title = " ".join((lowered.get("title") or lowered.get("text") or "").split())
        line = self.parser.CurrentLineNumber
        for above in filter(None, self._open):
            above.used = True
        url = lowered.get("xmlurl", "")
        if url:
            others = {_expanded(name): value for name, value in raw.items() if name.lower() not in _OWN}
            if lowered.get("text") and " ".join(lowered["text"].split()) != title:
                others["text"] = lowered["text"]
            folder = tuple(above.title for above in self._open if above and above.title)
            self.feeds.append(
                Outline(url, _named(title, url), lowered.get("htmlurl") or None, folder, others, line)
            )
        return _Open(title, line, used=bool(url))

    def _end(self, _name: str) -> None:
        outline = self._open.pop()
        if outline and not outline.used:
            named = f'"{outline.title}"' if outline.title else "an outline without a title"
            self.problems.append(f"line {outline.line}: {named} has no xmlUrl and nothing in it")


def _named(title: str, url: str) -> str | None:
    """Return a title that says something; exports repeat the address where a feed has none."""
    return title if title not in {"", url} else None


def _mended(match: re.Match[bytes]) -> bytes:
    """Return what a bare & or a reference of HTML stands for; exports are full of both."""
    name = (match[1] or b"").decode() + ";"
    if name in html5:
        return "".join(f"&#{ord(letter)};" for letter in html5[name]).encode()
    return match[0].replace(b"&", b"&amp;")


def _expanded(name: str) -> str:
    return "{" + name if "}" in name else name


def read(data: bytes) -> Outlines:
    """Read a list; what cannot be read is said in problems, never raised.

    Exports that are not quite XML, with bare ampersands or quotes in titles, are read as they were meant.
    """
    if len(data) > MAX_BYTES:
        return Outlines((), (f"the document has more than {MAX_BYTES // 1_000_000} MB",))
    data = _REFERENCE.sub(_mended, data)
    try:
        return _parsed(data)
    except _Unreadable as error:
        try:
            return _parsed(_QUOTE.sub(b"&quot;", data))
        except _Unreadable:
            return Outlines((), (str(error),))


def _parsed(data: bytes) -> Outlines:
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise _Unreadable(f"this is not well-formed XML: {error}") from None
    return Outlines(tuple(reader.feeds), tuple(reader.problems))


def write(feeds: Iterable[Outline], title: str = "Subscriptions") -> bytes:
    """Write a list as OPML 2.0, feeds in the order given within the folders as they first occur."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = _clean(title)
    folders: dict[tuple[str, ...], ET.Element] = {(): ET.SubElement(root, "body")}
    for feed in feeds:
        ET.SubElement(_folder(feed.folder, folders), "outline", _attributes(feed))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _folder(path: tuple[str, ...], folders: dict[tuple[str, ...], ET.Element]) -> ET.Element:
    if path not in folders:
        name = _clean(path[-1])
        above = _folder(path[:-1], folders)
        folders[path] = ET.SubElement(above, "outline", {"text": name, "title": name})
    return folders[path]


def _attributes(feed: Outline) -> dict[str, str]:
    title = feed.title or feed.url
    attributes = {"text": title, "title": title, "type": "rss", "xmlUrl": feed.url}
    if feed.site:
        attributes["htmlUrl"] = feed.site
    return {name: _clean(value) for name, value in (attributes | dict(feed.attributes)).items()}


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def folder_name(path: tuple[str, ...]) -> str | None:
    """Return a folder's path as one text, as listings and the store have it."""
    return _SEPARATOR.join(path) or None


def folder_path(name: str | None) -> tuple[str, ...]:
    """Return the path of a folder from its one text."""
    return tuple(name.split(_SEPARATOR)) if name else ()
