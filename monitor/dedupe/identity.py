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

from monitor.dedupe.link import names_an_item, of_address
from monitor.model.entries import Entry
from monitor.words import FoldedWords, folded, is_unparted

_LONG = 400
_RETITLED = 2
_SIGNIFICANT = 4
GUID = "guid:"
LINK = "link:"
TITLE = "title:"
"""How keys begin, by what they are made of."""

_Found = defaultdict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Item:
    """An entry with the keys that identify it in its source, and those that turned out not to."""

    entry: Entry
    folded: FoldedWords
    identities: tuple[str, ...]
    fallback: str | None
    ambiguous: tuple[str, ...]
    link_key: str | None


@dataclass(frozen=True, slots=True)
class _Keys:
    entry: Entry
    folded: FoldedWords
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
    link = of_address(entry.link) if entry.link else ""
    folded = entry.words.folded
    return _Keys(
        entry,
        folded,
        _short(GUID, entry.guid) if entry.guid else None,
        LINK + link if names_an_item(link) else None,
        _short(TITLE, _title(entry, folded)),
    )


def _title(entry: Entry, folded: FoldedWords) -> str:
    """Return the folded title, or the folded text of an entry without one."""
    words = entry.words
    said = folded.title if words.title else folded.summary if words.summary else folded.text
    return said or words.title


def _short(kind: str, value: str) -> str:
    if len(value) > _LONG:
        value = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return kind + value


def _ambiguous_guids(keyed: Iterable[_Keys]) -> set[str]:
    links: _Found = defaultdict(set)
    titles: _Found = defaultdict(set)
    linked: _Found = defaultdict(set)
    for keys in keyed:
        if keys.guid and keys.link:
            links[keys.guid].add(keys.link)
            linked[keys.guid].add(keys.title)
        elif keys.guid:
            titles[keys.guid].add(keys.title)
    return _several(links) | _several(titles) | _unlike(linked)


def _ambiguous_links(keyed: Sequence[_Keys]) -> set[str]:
    guids: _Found = defaultdict(set)
    titles: _Found = defaultdict(set)
    bare: _Found = defaultdict(set)
    for keys in keyed:
        if keys.link:
            titles[keys.link].add(keys.title)
        if keys.link and keys.guid:
            guids[keys.link].add(keys.guid)
        elif keys.link:
            bare[keys.link].add(keys.title)
    everybodys = _several(bare) if len(bare) == 1 and len(keyed) > 1 else set()
    return _several(guids) | _unlike(titles) | everybodys


def _several(values: _Found) -> set[str]:
    return {key for key, found in values.items() if len(found) > 1}


def _unlike(titles: _Found) -> set[str]:
    """Return the keys whose titles are more than one item's, retitled once, would be."""
    return {
        key
        for key, found in titles.items()
        if len(found) > 1 and (len(found) > _RETITLED or _strangers(found))
    }


def _strangers(titles: set[str]) -> bool:
    one, *others = (significant(title.removeprefix(TITLE)) for title in titles)
    return any(one.isdisjoint(other) for other in others)


def significant(title: str) -> set[str]:
    """Return the words of a title that tell what it is about."""
    return {word for word in folded(title) if len(word) >= _SIGNIFICANT or _is_pair(word)}


def _is_pair(word: str) -> bool:
    return len(word) == 2 and is_unparted(word)


def _item(keys: _Keys, ambiguous: set[str]) -> Item:
    named = [key for key in (keys.guid, keys.link) if key]
    trusted = tuple(key for key in named if key not in ambiguous)
    link = keys.link if keys.link in trusted else None
    return Item(
        entry=keys.entry,
        folded=keys.folded,
        identities=trusted or (keys.title,),
        fallback=keys.title,
        ambiguous=tuple(key for key in named if key in ambiguous),
        link_key=of_address(keys.entry.link) if link and keys.entry.link else None,
    )


def archived(entry: Entry) -> Item:
    """Name an archive's record by its id, else its canonical address, a home page's too."""
    keys = _keys(entry)
    link_key = of_address(entry.link) if entry.link else None
    identity = keys.guid or (LINK + link_key if link_key else keys.title)
    return Item(entry, keys.folded, (identity,), None, (), link_key)
