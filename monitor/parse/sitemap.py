"""Google News sitemaps: the newest articles of a site, where it has no feed (sitemaps.org, sitemap-news/0.9).

Only what is marked as news becomes an entry. Read by expat itself in one pass that stops at the cap, so
that 50,000 addresses cost no more than the entries that are kept; a document type is refused, so that no
entity is ever declared, expanded or fetched.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from monitor.model.entries import Entry, ParsedFeed
from monitor.model.fetching import Document, Failed, Reason
from monitor.parse import items, text

_NEWS = "/sitemap-news/0.9"
_OPENED = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?[^>]*+>\s*+|(?><!--.*?-->)\s*+|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*)?>\s*+)*+"
    rb"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s/>]",
    re.DOTALL,
)
_WANTED = frozenset({"loc", "news:title", "news:publication_date", "news:language", "news:name"})
_STEP = 1 << 16  # bytes handed to expat at a time, after each of which it can be left
_LONGEST = 10_000  # characters of one field; the rest of a longer one says nothing more


class _Refused(Exception):
    """The document is not read any further."""


@dataclass(slots=True)
class _Reader:
    """One pass: the fields of the address that is open, the entries that are complete."""

    now: datetime
    base: str
    entries: list[Entry] = field(default_factory=list)
    plain: int = 0
    publication: str = ""
    space: str | None = None
    index: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    open: str = ""

    def start(self, name: str, _attributes: object) -> None:
        """Open an element."""
        space, _, local = name.rpartition(" ")
        if self.space is None:
            self.space, self.index = space, local == "sitemapindex"
        self.open = f"news:{local}" if space.endswith(_NEWS) else local if space == self.space else ""
        if self.open == "url":
            self.fields = {}

    def data(self, said: str) -> None:
        """Collect the text of an element that counts."""
        if self.open in _WANTED and len(held := self.fields.get(self.open, "")) < _LONGEST:
            self.fields[self.open] = held + said

    def end(self, name: str) -> None:
        """Close an element; an address that is marked as news becomes an entry."""
        self.open = ""
        if name == f"{self.space} url".lstrip():
            if "news:title" in self.fields:
                self.entries.append(self._entry())
            else:
                self.plain += 1

    def _entry(self) -> Entry:
        said = {name: value.strip() for name, value in self.fields.items()}
        self.publication = self.publication or text.line(text.tidy(said.get("news:name", "")))
        link = items.address(said.get("loc"), self.base)
        published, raw = items.dated([said.get("news:publication_date")], self.now)
        words = items.words(text.tidy(said["news:title"]), "", "")
        return Entry(words, link, link, published, raw, items.language(said.get("news:language")))


def recognises(document: Document) -> bool:
    """Tell a sitemap, of news or not, or an index of some, by its root element."""
    return _OPENED.match(document.body) is not None


def read(document: Document, now: datetime) -> ParsedFeed | Failed:
    """Read the news of a sitemap; one without any, and an index of sitemaps, is no feed."""
    reader = _Reader(now, document.url)
    try:
        _pass(document.body, reader)
    except _Refused as refused:
        return items.failed(document, Reason.UNREADABLE, str(refused))
    except (expat.ExpatError, LookupError, ValueError) as error:
        if not reader.entries:
            return items.failed(document, Reason.UNREADABLE, f"The sitemap is not well-formed: {error}.")
        broken: tuple[str, ...] = (f"The sitemap is not well-formed ({error}): read up to there.",)
    else:
        broken = ()
    if reader.index:
        said = "This is an index of sitemaps, not a sitemap of news: subscribe to one that it names."
        return items.failed(document, Reason.NOT_A_FEED, said)
    if reader.plain and not reader.entries:
        said = f"This is a sitemap whose {reader.plain} addresses are not marked as news."
        return items.failed(document, Reason.NOT_A_FEED, said)
    return _parsed(reader, broken)


def _pass(body: bytes, reader: _Reader) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = _refuse
    for start in range(0, len(body), _STEP):
        parser.Parse(body[start : start + _STEP], start + _STEP >= len(body))
        if len(reader.entries) > items.LIMIT or reader.index:
            return


def _refuse(*_: object) -> None:
    raise _Refused("The sitemap declares a document type; a sitemap needs none.")


def _parsed(reader: _Reader, broken: tuple[str, ...]) -> ParsedFeed:
    entries, problems = items.collect(reader.entries[: items.LIMIT], lambda entry: entry)
    more = len(reader.entries) > items.LIMIT
    cut = (f"The sitemap has more than {items.LIMIT} news: only the first were read.",) if more else ()
    return ParsedFeed(entries, title=reader.publication or None, problems=(*problems, *cut, *broken))
