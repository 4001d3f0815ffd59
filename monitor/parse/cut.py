"""The cut: of a document only the items are read whose bytes were not in the feed's last one.

A record is what the next document is cut by: what the envelope was (all that the items inherit), and of
every item a digest of its bytes with those of its guid and link. Identities are decided over whole
documents, where a guid that serves two links is told from an item that was retitled; so where a new item
shares its guid, its page or, lacking a guid, its title with any other, the whole document is read.
"""

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from urllib.parse import unquote, unquote_plus

from monitor.model.entries import Entry
from monitor.pages import identifies, plain_path, unescaped
from monitor.words import folded

MOST = 2_000
"""Items up to which a record is kept: 32 kB; feeds have tens, and few of the longest are polled often."""

_FORMAT = b"\1"
_ROW = struct.Struct("8sII")
_GONE = bytes(8)
_MOST_GONE = 500
_HEADER = len(_FORMAT) + 8
_NONE = 0

_TOKENS = re.compile(
    rb"<(?:(!--|!\[CDATA\[|\?)|(/?(?:[\w.-]+:)?(?:[Ii][Tt][Ee][Mm]|[Ee][Nn][Tt][Rr][Yy]))(?=[\s/>])|!)"
)
"""What must be told apart to see where items begin and end."""

_CLOSES = {b"!--": b"-->", b"![CDATA[": b"]]>", b"?": b"?>"}
_ITEMS = frozenset({b"item", b"entry"})

_FLEETING = re.compile(
    rb"<!--.*?--> | <(?!(?:[\w.-]+:)?language)([\w.:-]+)>[^<]*</\1\s*> | <items>.*?</items\s*> | \s+",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""What no item inherits and every document may have anew: texts without attributes, comments, RDF's list."""

_NAMES = """
    id p v t a n s nr objectid contentid idnews article articleid article_id story storyid story_id newsid
    news_id nid aid pid cid item itemid item_id post postid uuid guid docid
"""
_NAMING = frozenset(_NAMES.split())
"""Names of parameters that tell pages apart, and that are never where a reader comes from."""

_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Split:
    """A UTF-8 document taken apart at its items; digests are of the items' bytes."""

    head: bytes
    items: tuple[bytes, ...]
    tail: bytes
    envelope: bytes
    digests: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of a document to read, and what is known of the rest.

    known maps the digests of the items cut away, pairs are what of them and of their earlier forms a
    new item must not share; unchanged and silent count those that are entries and those that say nothing.
    """

    document: bytes
    unseen: tuple[bytes, ...]
    known: dict[bytes, _Pair]
    pairs: tuple[_Pair, ...]
    unchanged: int
    silent: int


def split(document: bytes, url: str) -> Split | None:
    """Take a document apart, or return None where it is not certain where its items begin and end."""
    places = _places(document)
    if not places or len(places) > MOST:
        return None
    (first, _), (_, last) = places[0], places[-1]
    gaps = (document[end:start] for (_, end), (start, _) in pairwise(places))
    head, tail = document[:first], document[last:]
    if (b"title" in tail.lower() and b"title" in head.lower()) or any(map(bytes.strip, gaps)):
        return None
    items = tuple(document[start:end] for start, end in places)
    if any(b"xmlns:" in item[: item.find(b">")] for item in items):
        return None
    around = b"\0".join(
        (url.encode("utf-8", "surrogatepass"), _FLEETING.sub(b"", head), _FLEETING.sub(b"", tail))
    )
    return Split(head, items, tail, _digest(around), tuple(map(_digest, items)))


def _places(document: bytes) -> list[tuple[int, int]]:
    """Return where items begin and end; nothing where one has a prefix, stands in another or never ends."""
    places: list[tuple[int, int]] = []
    opened, at = -1, 0
    while token := _TOKENS.search(document, at):
        hidden, tag = token.groups()
        if hidden:
            closes = _CLOSES[hidden]
            at = document.find(closes, token.end()) + len(closes)
            known = at >= len(closes)
        elif tag and tag.lower() in _ITEMS:
            known = opened < 0
            opened, at = token.start(), token.end()
        else:
            at = document.find(b">", token.end()) + 1
            known = opened >= 0 and tag is not None and tag[1:].lower() in _ITEMS
            places.append((opened, at))
            opened = -1
        if not known:
            return []
    return places if opened < 0 else []


def cut(parts: Split, last: bytes) -> Cut | None:
    """Return what is new since the last record; None where all is, or where it may not be cut by it."""
    rows = _rows(last)
    before = {digest: (name, link) for digest, name, link in rows}
    known = {digest: before[digest] for digest in parts.digests if digest in before}
    if not known or last[:_HEADER] != _FORMAT + parts.envelope:
        return None
    unseen = [pair for pair in zip(parts.items, parts.digests, strict=True) if pair[1] not in known]
    kept = [known[digest] for digest in parts.digests if digest in known]
    silent = kept.count((_NONE, _NONE))
    return Cut(
        document=b"".join((parts.head, *(item for item, _ in unseen), parts.tail)),
        unseen=tuple(digest for _, digest in unseen),
        known=known,
        pairs=(*kept, *_earlier_forms(kept, rows)),
        unchanged=len(kept) - silent,
        silent=silent,
    )


def _rows(record: bytes) -> list[tuple[bytes, int, int]]:
    whole = record.startswith(_FORMAT) and len(record) % _ROW.size == _HEADER % _ROW.size
    return list(_ROW.iter_unpack(record[_HEADER:])) if whole else []


def _earlier_forms(present: Sequence[_Pair], rows: Iterable[tuple[bytes, int, int]]) -> set[_Pair]:
    """Return what items of the document were before: of the same guid at another page, or the reverse."""
    names, links = _parts(present)
    earlier = {(name, link) for _, name, link in rows if name in names or link in links}
    return earlier.difference(present)


def _parts(pairs: Iterable[_Pair]) -> tuple[set[int], set[int]]:
    names, links = zip((_NONE, _NONE), *pairs, strict=True)
    return {*names} - {_NONE}, {*links} - {_NONE}


def shares(entries: Iterable[Entry | None], pairs: Iterable[_Pair]) -> bool:
    """Tell whether any of the new entries might be taken for another, new or known."""
    names, links = _parts(pairs)
    for name, link in (pair(entry) for entry in entries if entry):
        if name in names or link in links:
            return True
        names |= {name} - {_NONE}
        links |= {link} - {_NONE}
    return False


def record(parts: Split, entries: Sequence[Entry | None], since: Cut | None, last: bytes) -> bytes:
    """Return what the next document is cut by; of the items read, None is a silent one."""
    known = dict(since.known) if since else {}
    for digest, entry in zip(since.unseen if since else parts.digests, entries, strict=True):
        known[digest] = pair(entry) if entry else (_NONE, _NONE)
    present = [known[digest] for digest in parts.digests]
    rows = [(digest, *one) for digest, one in zip(parts.digests, present, strict=True)]
    gone = sorted(_earlier_forms(present, _rows(last)))[:_MOST_GONE]
    rows += [(_GONE, *one) for one in gone]
    return b"".join((_FORMAT, parts.envelope, *(_ROW.pack(*row) for row in rows)))


def pair(entry: Entry) -> _Pair:
    """Return what an entry is known by, as two numbers: of its guid, else title, and of its link.

    Equal identities make equal numbers; a title counts where there is neither guid nor link.
    """
    words = entry.words
    if entry.guid is None and entry.link is None:
        return _number("t" + " ".join(folded(words.title or words.summary or words.text))), _NONE
    name = _NONE if entry.guid is None else _number(f"g{entry.guid}")
    return name, _number(page(entry.link)) if entry.link else _NONE


def page(link: str) -> str:
    """Return what is equal for all the addresses of one page, and sometimes for those of two."""
    address, _, query = unescaped(link).replace("\\", "/").partition("#")[0].partition("?")
    steps: list[str] = []
    for step in (unquote(step.partition(";")[0]).lower() for step in address.split("/")[3:]):
        if step == "..":
            del steps[-1:]
        elif step != ".":
            steps.append(step)
    steps = [step for step in plain_path(f"/{'/'.join(filter(None, steps))}").split("/") if step]
    named = (map(unquote_plus, part.partition("=")[::2]) for part in query.split("&"))
    last = steps[-1] if steps else ""
    values = sorted(value for name, value in named if name in _NAMING and identifies(last, name, value))
    return "\n".join((*steps[-2:], "?", *values))


def _digest(part: bytes) -> bytes:
    return blake2b(part, digest_size=8).digest()


def _number(said: str) -> int:
    digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest) or 1
