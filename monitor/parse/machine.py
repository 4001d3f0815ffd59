"""feedparser's machine, driven by expat: what the fast path makes of every element.

What it does is feedparser's doing, odd as some of it is: of two values of one field the later one counts
unless it stands deeper, a second summary is content, a title inside a picture is none.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from xml.parsers import expat

from monitor.parse.authority import HANDLED, looks_like_html
from monitor.parse.elements import (
    CLASHING,
    CONTENTS,
    DESCRIPTIONS,
    FIELDS,
    FOREIGN,
    IN_IMAGE,
    IN_TEXTINPUT,
    LISTED,
    PAGES,
    PREFIXED,
    Attributes,
    address,
    kind,
    mended,
    own,
    with_href,
)
from monitor.parse.names import Names, NotMine

_NO_REFERENCE = re.compile("&([A-Za-z0-9_]+);")
_RSS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
End = Callable[[], None]


class Machine:
    """The state of feedparser's machine, less what nothing that we keep depends on."""

    def __init__(self, starts: Mapping[str, "Start[Any]"]) -> None:
        self._starts = starts
        self.names = Names()
        self.entries: list[dict[str, Any]] = []
        self.feed: dict[str, Any] = {}
        self.version = ""
        self._language: str | None = None
        self._context = self.feed
        self._in_channel = False
        self._in_entry = False
        self._allowed: frozenset[str] | None = None
        self._leaf = False
        self._has_content = False
        self._depth = 0
        self._title_depth = -1
        self.isolated = True
        self._depths: dict[str, int] = {}
        self._text: list[str] = []
        self._ends: list[End | None] = []
        self.parser = parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartNamespaceDeclHandler = self.names.declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append

    # ------------------------------------------------------------ elements

    def _start(self, name: str, attributes: Attributes) -> None:
        if self._leaf:
            self._within()
        self._depth += 1
        key = self.names.key(name)
        if attributes:
            attributes = self._plain(attributes)
        if self._depth == 1:
            end = self._root(key, attributes)
        elif self._allowed is not None and key not in self._allowed:
            raise NotMine
        elif start := self._starts.get(key):
            end = start(self, key, attributes)
        elif key in HANDLED or key in CLASHING:
            raise NotMine
        else:
            end = None
        self._ends.append(end)

    def _within(self) -> None:
        """Take note of an element in one that was taken for text."""
        raise NotMine

    def _end(self, _name: str) -> None:
        if end := self._ends.pop():
            end()
        self._depth -= 1

    def _plain(self, attributes: Attributes) -> Attributes:
        """Return the attributes as feedparser has them; those that change what stands below are not mine."""
        plain: Attributes = {}
        for name, value in attributes.items():
            uri, _, local = name.lower().rpartition(" ")
            if local in {"base", "lastmod"} or (local == "lang" and self._depth > 1):
                raise NotMine
            key = PREFIXED.get(uri, FOREIGN) + local if uri else local
            plain[key] = value.lower() if key in {"rel", "type"} else value
        return plain

    def _root(self, key: str, attributes: Attributes) -> End | None:
        language = attributes.get("xml:lang", attributes.get("lang"))
        self._language = language.replace("_", "-") if language else None
        self.version = self.names.version
        if key == "rss" and not self.version.startswith("rss"):
            stated = attributes.get("version", "")
            self.version = _RSS.get(stated) or ("rss20" if stated.startswith("2.") else "rss")
        elif key == "feed":
            self._in_channel = True
            self.version = self.version or _ATOM.get(attributes.get("version", ""), "atom")
        if self._language and key != "rdf_rdf":
            self.feed["language"] = self._language
        if key not in {"rss", "feed", "rdf_rdf"} or not self.version:
            raise NotMine
        return None

    def channel(self, _key: str, attributes: Attributes) -> End:
        """Open the feed."""
        if "href" in own(attributes):
            raise NotMine
        self._in_channel = True
        return self._end_channel

    def _end_channel(self) -> None:
        self._in_channel = False

    def item(self, _key: str, attributes: Attributes) -> End:
        """Open an item."""
        if self._in_entry or "href" in own(attributes):
            raise NotMine
        about = attributes.get("rdf:about")
        self._context = {"id": about} if about else {}
        self.entries.append(self._context)
        self._in_entry, self._title_depth = True, -1
        self.isolated = self.isolated and not self._has_content
        self.names.grew = self.names.grew and len(self.entries) > 1
        self._depths = {}
        return self._end_item

    def _end_item(self) -> None:
        self._in_entry = self._has_content = False
        self._context = self.feed

    def image(self, key: str, attributes: Attributes) -> End:
        """Read the picture of a feed, or the form of an old one, whose fields are not the feed's own."""
        self._title_depth = -1
        if self._in_entry:
            return self.leaf(key, attributes)
        self._allowed = IN_IMAGE if key == "image" else IN_TEXTINPUT
        self._context = {}
        return self._end_image

    def _end_image(self) -> None:
        self._allowed = None
        self._context = self.feed

    # ------------------------------------------------------------ texts

    def leaf(self, key: str, _attributes: Attributes) -> End:
        """Read an element of which nothing is kept and in which nothing may stand."""
        if key == "source":
            self._title_depth = -1
        return self._opened(self._skipped)

    def _skipped(self) -> None:
        self._closed()

    def _opened(self, end: Callable[..., None], *of: object) -> End:
        self._leaf = True
        self._text.clear()
        return partial(end, *of)

    def _closed(self) -> str:
        self._leaf = False
        return "".join(self._text).strip()

    def field(self, key: str, attributes: Attributes) -> End:
        """Read a text that is a field as it stands."""
        if attributes and key not in HANDLED:
            raise NotMine
        return self._opened(self._end_field, FIELDS[key])

    def _end_field(self, name: str) -> None:
        self._store(name, mended(self._closed()))

    def listed(self, key: str, _attributes: Attributes) -> End:
        """Read one of several texts."""
        return self._opened(self._end_listed, LISTED[key])

    def _end_listed(self, name: str) -> None:
        self.feed.setdefault(name, []).append(self._closed())

    def _store(self, name: str, value: str, detail: dict[str, Any] | None = None) -> None:
        if self._in_entry:
            if self._depth <= self._depths.get(name, self._depth):
                self._depths[name] = self._depth
                self._context[name] = value
        elif self._in_channel:
            self._context[name] = value
        else:
            return
        if detail:
            self._context[f"{name}_detail"] = detail

    def _construct(self, kind: str) -> dict[str, Any]:
        said = self._closed()
        if kind == "text/plain" and not self.version.startswith("atom") and looks_like_html(said):
            kind = "text/html"
        return {"type": kind, "language": self._language, "value": mended(said)}

    def title(self, key: str, attributes: Attributes) -> End:
        """Read a title."""
        return self._opened(self._end_title, kind(attributes, "plain"), key == "media_title")

    def _end_title(self, kind: str, of_media: bool) -> None:
        detail = self._construct(kind)
        if not -1 < self._title_depth <= self._depth:
            self._store("title", detail["value"], detail)
        if detail["value"] and not of_media:
            self._title_depth = self._depth

    def summary(self, key: str, attributes: Attributes) -> End:
        """Read a description or summary: the second one of an item is content."""
        if "summary" in self._context and not self._has_content:
            return self.content("content", attributes)
        described = key in DESCRIPTIONS
        name = "subtitle" if described and not self._in_entry else "summary"
        return self._opened(self._end_summary, kind(attributes, DESCRIPTIONS.get(key, "plain")), name)

    def _end_summary(self, kind: str, name: str) -> None:
        detail = self._construct(kind)
        self._store(name, detail["value"], detail)

    def content(self, key: str, attributes: Attributes) -> End:
        """Read content, which is the summary too where there is none yet."""
        self._has_content = True
        return self._opened(self._end_content, kind(attributes, CONTENTS[key]))

    def _end_content(self, kind: str) -> None:
        detail = self._construct(kind)
        if self._in_entry:
            self._context.setdefault("content", []).append(detail)
        self._context.setdefault("summary", detail["value"])

    # ------------------------------------------------------------ addresses

    def id(self, _key: str, attributes: Attributes) -> End:
        """Read an identifier, which is the link too unless it says that it is none."""
        return self._opened(self._end_id, own(attributes).get("ispermalink", "true") == "true")

    def _end_id(self, is_link: bool) -> None:
        said = self._closed()
        value = mended(address(said) if is_link else said)
        self._store("id", value)
        self._context.setdefault("guidislink", is_link and "link" not in self._context)
        if is_link:
            self._context.setdefault("link", value)

    def link(self, _key: str, attributes: Attributes) -> End | None:
        """Read a link: an address of its own, or its text."""
        link = with_href({"rel": "alternate", "type": "text/html", **own(attributes)})
        self._context.setdefault("links", []).append(link)
        if "href" not in link:
            return self._opened(self._end_link, link)
        link["href"] = address(link["href"])
        if link["rel"] == "alternate" and link["type"] in PAGES:
            self._context["link"] = link["href"]
        return None

    def _end_link(self, link: Attributes) -> None:
        value = mended(address(self._closed()))
        if self._in_entry:
            value = value.replace("&amp;", "&")
        elif not self._in_channel:
            return
        value = _NO_REFERENCE.sub(r"&\g<1>", value)
        self._context["link"] = value
        if value or not self._in_entry:
            link["href"] = value

    def passed(self, _key: str, _attributes: Attributes) -> None:
        """Read what stands within as if it stood outside."""

    def enclosure(self, _key: str, attributes: Attributes) -> None:
        """Read an attachment."""
        link = {**with_href(own(attributes)), "rel": "enclosure"}
        self._context.setdefault("links", []).append(link)


_Of = TypeVar("_Of", bound=Machine)
Start = Callable[[_Of, str, Attributes], End | None]
