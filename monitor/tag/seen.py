"""A wording as queries look at it: whether a term stands there, and where."""

import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from monitor.model.topics import Field, Near, Term
from monitor.tag.aliases import Spelling
from monitor.words import FoldedWords

FIELDS: tuple[Field, ...] = get_args(Field)

_BETWEEN = "\n"
"""What stands between fields as a word does, and is none: so that no spelling reaches over two of them."""


class Place(NamedTuple):
    """Where a spelling stands: the field by its number, and its tokens, the end excluded."""

    field: int
    start: int
    end: int
    spelling: Spelling = ()


class Seen:
    """A wording, folded, in which terms are looked for; each spelling is a run of words of one field.

    run is all that is said, a blank around each word; words are those that stand anywhere in it.
    """

    __slots__ = ("_ends", "run", "words")

    def __init__(self, folded: FoldedWords) -> None:
        self.run = f" {folded.title} {_BETWEEN} {folded.summary} {_BETWEEN} {folded.text} "
        self.words = set(self.run.split(" "))
        title_ends = len(folded.title) + 2
        self._ends = title_ends, title_ends + len(folded.summary) + 3, len(self.run)

    def in_field(self, wanted: str, number: int) -> bool:
        """Tell whether a run of words, a blank before and after it, stands in the field of a number."""
        return self.run.find(wanted, self._begin(number), self._ends[number]) >= 0

    def close(self, near: Near) -> Iterator[tuple[Place, ...]]:
        """Yield for each field the places, one of each term, of a nearness that is there."""
        everywhere = [self.places(term) for term in near.terms]
        for number in range(len(FIELDS)):
            places = [[one for one in many if one.field == number] for many in everywhere]
            if all(places) and (found := _clump(places, near.distance)):
                yield found

    def places(self, term: Term, most: int = sys.maxsize) -> list[Place]:
        """Return where a term stands, in order; of spellings that begin at one place all are there.

        most bounds how many places of one spelling are looked at.
        """
        there, prefix = self.words, term.prefix
        found: list[tuple[int, Spelling]] = []
        for spelling in term.spellings:
            if prefix or spelling[0] in there:
                ats = self._ats(written(spelling, prefix=prefix), most, term.fields)
                found += [(at, spelling) for at in ats]
        if len(found) > 1:
            found.sort()
        return self._numbered(found) if found else []

    def _ats(self, wanted: str, most: int, fields: Sequence[Field]) -> list[int]:
        """Return where in the run the blank before some words stands, in one of the fields."""
        run, found = self.run, list[int]()
        at = run.find(wanted)
        while at >= 0 and len(found) < most:
            if not fields or FIELDS[bisect_right(self._ends, at)] in fields:
                found.append(at)
            at = run.find(wanted, at + 1)
        return found

    def _numbered(self, found: Sequence[tuple[int, Spelling]]) -> list[Place]:
        """Return places by the numbers of words in their fields."""
        run, ends, places = self.run, self._ends, list[Place]()
        number = start = counted = 0
        for at, spelling in found:
            if at >= ends[number]:
                number, start = bisect_right(ends, at), 0
                counted = self._begin(number)
            start += run.count(" ", counted, at)
            counted = at
            places.append(Place(number, start, start + len(spelling), spelling))
        return places

    def _begin(self, number: int) -> int:
        """Return where the blank before a field's first word stands."""
        return self._ends[number - 1] + len(_BETWEEN) if number else 0


def written(spelling: Spelling, *, prefix: bool = False) -> str:
    """Return a spelling as it stands in a run of words."""
    return f" {' '.join(spelling)}" if prefix else f" {' '.join(spelling)} "


_Reached = tuple[int, tuple[Place, ...]]


def _clump(places: Sequence[Sequence[Place]], distance: int) -> tuple[Place, ...] | None:
    """Return a place of each term, no two of them overlapping, with few enough other words between.

    It walks all places in order and keeps, for each set of terms that may be begun and each end, the way
    there with the fewest other words.
    """
    whole = (1 << len(places)) - 1
    ways: dict[tuple[int, int], _Reached] = {}
    for place, term in sorted((place, 1 << number) for number, many in enumerate(places) for place in many):
        ways = {key: way for key, way in ways.items() if way[0] + place.start - key[1] <= distance}
        grown = {
            (terms | term, place.end): (others + place.start - end, (*way, place))
            for (terms, end), (others, way) in ways.items()
            if end <= place.start and not terms & term
        }
        for key, reached in (*grown.items(), ((term, place.end), (0, (place,)))):
            ways[key] = min(reached, ways.get(key, reached))
        if (whole, place.end) in ways:
            return ways[whole, place.end][1]
    return None
