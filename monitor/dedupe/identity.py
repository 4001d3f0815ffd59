"""What tells the items of one source apart (DESIGN section 3, Appearance).

A guid identifies, unless the document uses it for several links; a canonical link identifies,
unless it serves several guids or is plainly everybody's; the title is the last resort. A key that
a document showed to name several items is reported as ambiguous, so that it is distrusted from
then on, also in documents where it happens to stand alone.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.dedupe.link import canonical
from monitor.model import Entry
from monitor.words import folded

_LONG = 400
_Found = defaultdict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Item:
    """An entry with the keys that identify it in its source, and those that turned out not to."""

    entry: Entry
    identities: tuple[str, ...]
    fallback: str
    ambiguous: tuple[str, ...]
    link_key: str | None


@dataclass(frozen=True, slots=True)
class _Keys:
    entry: Entry
    guid: str | None
    link: str | None
    title: str


def identify(entries: Sequence[Entry]) -> Iterator[Item]:
    """Yield the items of a document in order; of several entries that are one, the first."""
    keyed = [_keys(entry) for entry in entries]
    ambiguous = _ambiguous_guids(keyed) | _ambiguous_links(keyed)
    seen: set[str] = set()
    for keys in keyed:
        item = _item(keys, ambiguous)
        if seen.isdisjoint(item.identities):
            yield item
        seen.update(item.identities)


def _keys(entry: Entry) -> _Keys:
    return _Keys(
        entry,
        _short("guid", entry.guid) if entry.guid else None,
        _short("link", canonical(entry.link)) if entry.link else None,
        _short("title", title_key(entry)),
    )


def title_key(entry: Entry) -> str:
    """Return the folded title, or the folded text of an entry without one."""
    words = entry.words
    return " ".join(folded(words.title or words.summary or words.text)) or words.title


def _short(kind: str, value: str) -> str:
    if len(value) > _LONG:
        value = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{kind}:{value}"


def _ambiguous_guids(keyed: Iterable[_Keys]) -> set[str]:
    links: _Found = defaultdict(set)
    titles: _Found = defaultdict(set)
    for keys in keyed:
        if keys.guid and keys.link:
            links[keys.guid].add(keys.link)
        elif keys.guid:
            titles[keys.guid].add(keys.title)
    return _several(links) | _several(titles)


def _ambiguous_links(keyed: Sequence[_Keys]) -> set[str]:
    guids: _Found = defaultdict(set)
    titles: _Found = defaultdict(set)
    for keys in keyed:
        if keys.link and keys.guid:
            guids[keys.link].add(keys.guid)
        elif keys.link:
            titles[keys.link].add(keys.title)
    everybodys = 1 if len(titles) == 1 and len(keyed) > 1 else 2
    return _several(guids) | _several(titles, more_than=everybodys)


def _several(values: _Found, more_than: int = 1) -> set[str]:
    return {key for key, found in values.items() if len(found) > more_than}


def _item(keys: _Keys, ambiguous: set[str]) -> Item:
    named = [key for key in (keys.guid, keys.link) if key]
    trusted = tuple(key for key in named if key not in ambiguous)
    link = keys.link if keys.link in trusted else None
    return Item(
        entry=keys.entry,
        identities=trusted or (keys.title,),
        fallback=keys.title,
        ambiguous=tuple(key for key in named if key in ambiguous),
        link_key=canonical(keys.entry.link) if link and keys.entry.link else None,
    )


def archived(entry: Entry) -> tuple[str, ...]:
    """Return the identity of an archive's record: its id, else its canonical address."""
    keys = _keys(entry)
    return tuple(key for key in (keys.guid or keys.link,) if key)
