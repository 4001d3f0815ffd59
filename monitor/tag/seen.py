"""A wording as queries look at it: whether a term stands there, and where."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple, get_args

from monitor.model.topics import Field, Near, Term
from monitor.tag.aliases import Spelling
from monitor.words import FoldedWords

FIELDS: tuple[Field, ...] = get_args(Field)


class Place(NamedTuple):
    """Where a spelling stands: the field by its number, and its tokens, the end excluded."""

    field: int
    start: int
    end: int
    spelling: Spelling = ()


class Seen:
    """A wording, folded, in which terms are looked for; each spelling is a run of words of one field."""

    __slots__ = ("_all", "_runs", "_sets")

    def __init__(self, folded: FoldedWords) -> None:
        self._runs: dict[Field, str] = {
            "title": f" {folded.title} ",
            "summary": f" {folded.summary} ",
            "text": f" {folded.text} ",
        }
        self._all = {*folded.title.split(), *folded.summary.split(), *folded.text.split()}
        self._sets: dict[Field, set[str]] = {}

    @property
    def words(self) -> set[str]:
        """Return every word that stands anywhere."""
        return self._all

    def stands(self, term: Term) -> bool:
        """Tell whether a spelling of the term stands in one of its fields."""
        if term.prefix:
            return any(f" {' '.join(term.spellings[0])}" in run for run in self._asked(term))
        if term.fields:
            return any(self._in_field(field, one) for one in term.spellings for field in term.fields)
        there = self._all
        return any(one[0] in there and (len(one) == 1 or self._run(one)) for one in term.spellings)

    def near(self, near: Near) -> bool:
        """Tell whether the terms stand in one field as near one another as asked, each in its own place."""
        if not all(map(self.stands, near.terms)):
            return False
        return next(self.close(near), None) is not None

    def close(self, near: Near) -> Iterator[tuple[Place, ...]]:
        """Yield for each field the places, one of each term, of a nearness that is there."""
        for number in range(len(FIELDS)):
            places = [[one for one in self.places(term) if one.field == number] for term in near.terms]
            if all(places) and (found := _clump(places, near.distance)):
                yield found

    def places(self, term: Term, most: int | None = None) -> list[Place]:
        """Return where a term stands, in order; of spellings that begin at one place all are there.

        most bounds how many places of one spelling in one field are looked at.
        """
        there, found = self._all, list[Place]()
        spellings = term.spellings if term.prefix else [one for one in term.spellings if one[0] in there]
        if spellings:
            for number, (field, run) in enumerate(self._runs.items()):
                if not term.fields or field in term.fields:
                    for spelling in spellings:
                        found += islice(self._found(number, spelling, run, term.prefix), most)
        return sorted(found)

    def _found(self, number: int, spelling: Spelling, run: str, prefix: bool) -> Iterator[Place]:
        wanted = f" {' '.join(spelling)}" if prefix else f" {' '.join(spelling)} "
        at, start, counted = run.find(wanted), 0, 0
        while at >= 0:
            start += run.count(" ", counted, at)
            counted = at
            yield Place(number, start, start + len(spelling), spelling)
            at = run.find(wanted, at + 1)

    def _asked(self, term: Term) -> Sequence[str]:
        return [self._runs[field] for field in term.fields or FIELDS]

    def _in_field(self, field: Field, spelling: Spelling) -> bool:
        if len(spelling) > 1:
            return spelling[0] in self._all and f" {' '.join(spelling)} " in self._runs[field]
        if field not in self._sets:
            self._sets[field] = set(self._runs[field].split())
        return spelling[0] in self._sets[field]

    def _run(self, spelling: Spelling) -> bool:
        run = f" {' '.join(spelling)} "
        return any(run in field for field in self._runs.values())


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
