"""What a replay must come to: the expected items of the shared data, and DESIGN section 3 in plain code.

The shared data tells items apart by one key: the guid, else the link, else the title. Section 3 says
where that is not the truth; each such place is an exception here, counted under its rule:

    alias      a key not seen before, whose canonical link is that of an item known in this feed
    several    a guid that one document uses for several links: the link tells
    another    a guid given to another article: other link (no number or slug shared), other title, later date
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.dedupe.link import of_address, rewritten
from monitor.model.entries import Entry, Words
from monitor.words import folded


@dataclass(frozen=True, slots=True)
class Step:
    """One document of a feed: where it lies and the numbers of the items that stand in it."""

    feed: str
    number: int
    path: str
    state: str
    items: frozenset[int]
    new: frozenset[int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a step must come to, and by which rules that differs from what the shared data says."""

    new: int
    revisions: int
    exceptions: Mapping[str, int]


def read(expected: Path) -> dict[str, list[Step]]:
    """Return the steps of every feed in order."""
    steps: dict[str, list[Step]] = defaultdict(list)
    with gzip.open(expected, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            if "path" in record:
                steps[record["feed"]].append(_step(record))
    return dict(steps)


def _step(record: Mapping[str, Any]) -> Step:
    again = (number for first, last in record["unchanged"] for number in range(first, last + 1))
    new = frozenset(record["new"])
    items = new.union(record["changed"], again)
    return Step(record["feed"], record["step"], record["path"], record["state"], items, new)


@dataclass(slots=True, eq=False)
class _Item:
    entry: Entry
    said: set[Words] = field(default_factory=set)


@dataclass(slots=True)
class Oracle:
    """One feed as section 3 reads it, document by document."""

    numbers: set[int] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    known: dict[str, _Item] = field(default_factory=dict)
    distrusted: set[str] = field(default_factory=set)

    def read(self, step: Step, entries: Sequence[Entry]) -> Wanted:
        """Take in a document and say what it brings."""
        new = len(step.items - self.numbers)
        self.numbers |= step.items
        self.distrusted |= set(_naming_several(entries))
        rules, revisions = Counter[str](), 0
        for entry, item in self._recognised(entries):
            rules.update(self._exception(entry, item))
            self.keys.add(_key(entry))
            revisions += item is not None and entry.words not in item.said
            self._learn(entry, item or _Item(entry))
        return Wanted(new + rules["several"] + rules["another"] - rules["alias"], revisions, rules)

    def _recognised(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, _Item | None]]:
        """Yield every item of a document once, with what it was before; a guid goes before a link."""
        distinct = list(self._distinct(entries))
        found: dict[int, _Item] = {}
        for place in (0, 1):
            for index, entry in enumerate(distinct):
                item = self.known.get((*self._names(entry), "")[place]) if index not in found else None
                if item and item not in found.values() and not _another(entry, item.entry):
                    found[index] = item
        return ((entry, found.get(index)) for index, entry in enumerate(distinct))

    def _distinct(self, entries: Sequence[Entry]) -> Iterator[Entry]:
        seen: set[str] = set()
        for entry in entries:
            names = self._names(entry)
            if seen.isdisjoint(names):
                yield entry
            seen.update(names)

    def _names(self, entry: Entry) -> tuple[str, ...]:
        return tuple(name for name in _all_names(entry) if name not in self.distrusted) or (_title(entry),)

    def _exception(self, entry: Entry, item: _Item | None) -> list[str]:
        """Return the rule by which an item is new, or is not, other than by its key alone."""
        seen = _key(entry) in self.keys
        if item is None and seen:
            return ["several" if _key(entry) in self.distrusted else "another"]
        return ["alias"] if item and not seen else []

    def _learn(self, entry: Entry, item: _Item) -> None:
        item.entry = entry
        item.said.add(entry.words)
        self.known.update(dict.fromkeys(self._names(entry), item))


def _key(entry: Entry) -> str:
    """Return what the shared data tells an item by: its link as it stands, tracking and all."""
    name = next(_all_names(entry), _title(entry))
    return name if entry.guid or not entry.link else f"link {entry.link}"


def _all_names(entry: Entry) -> Iterator[str]:
    if entry.guid:
        yield f"guid {entry.guid}"
    if entry.link:
        yield f"link {of_address(entry.link)}"


def _title(entry: Entry) -> str:
    return f"title {' '.join(folded(entry.words.title))}"


def _naming_several(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the guids that a document uses for several links, and the links it uses for several guids."""
    others: dict[str, set[str]] = defaultdict(set)
    for guid, link in (names for entry in entries if len(names := tuple(_all_names(entry))) == 2):
        others[guid].add(link)
        others[link].add(guid)
    return (name for name, found in others.items() if len(found) > 1)


def _another(entry: Entry, before: Entry) -> bool:
    """Tell whether a guid was given to another article."""
    if entry.guid is None or entry.guid != before.guid or not entry.link or not before.link:
        return False
    if not entry.published or not before.published or entry.published <= before.published:
        return False
    one, other = of_address(entry.link), of_address(before.link)
    moved = one != other and not rewritten(one, other)
    return moved and _significant(entry.words).isdisjoint(_significant(before.words))


def _significant(words: Words) -> set[str]:
    return {word for word in folded(words.title) if len(word) >= 4}
