"""Which of many queries may hold of a wording: one look-up of its words finds them.

A query is listed under words of which one must be there for it to hold, or to be left open; of the parts
of an AND one is enough, and the one whose words the fewest other queries have is taken. What needs no word at
all (a query of facts only) may hold of any wording. Most of those found are ruled out by the other parts.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from monitor.model.topics import And, Near, Not, Or, Query, Term
from monitor.tag.aliases import Spelling

_KEPT = 1 << 16
"""Of how many words it is remembered which queries find them by their beginning: of all that are common."""

_Keys = frozenset[str]
"""Words, and with a star what words begin with."""


_Listed = tuple[_Keys | None, Sequence[int]]
"""Queries that a word finds, after the words of which one must be there beside it; None: none need be."""


class _Lists:
    """Queries by the words that find them: by the word itself, or, once it was met, by how it begins too.

    Threads may ask at once: what was met and what that found are replaced together, and a word counts as met
    when what it finds is there.
    """

    __slots__ = ("_by_beginning", "_by_word", "_known", "_lengths", "_second")

    def __init__(
        self,
        by_word: Mapping[str, list[int]],
        by_beginning: Mapping[str, list[int]],
        second: Sequence[_Keys | None],
    ) -> None:
        self._by_word = by_word
        self._by_beginning = by_beginning
        self._second = second
        self._lengths = sorted({len(begun) for begun in by_beginning})
        self._known = self._nothing()

    def _nothing(self) -> tuple[set[str], dict[str, _Listed]]:
        return set(), {word: self._listed(numbers) for word, numbers in self._by_word.items()}

    def _listed(self, numbers: Sequence[int]) -> _Listed:
        beside = [self._second[number] for number in numbers]
        if len(beside) == 1:
            return beside[0], numbers
        return None if None in beside else frozenset().union(*filter(None, beside)), numbers

    def of(self, words: set[str]) -> list[Sequence[int]]:
        """Return the queries that words find, in lists; those ruled out as a list are left out."""
        met, found = self._known
        if self._lengths and (new := words - met):
            if len(met) > _KEPT:
                met, found = self._known = self._nothing()
                new = words
            found |= {word: self._listed(begun) for word in new if (begun := self._begun(word))}
            met |= new
        lists = map(found.__getitem__, words & found.keys())
        return [numbers for beside, numbers in lists if beside is None or not beside.isdisjoint(words)]

    def _begun(self, word: str) -> list[int]:
        """Return the queries that a word finds where it does by how it begins; else nothing."""
        lengths = self._lengths[: bisect_right(self._lengths, len(word))]
        begun = [one for length in lengths for one in self._by_beginning.get(word[:length], ())]
        return self._by_word.get(word, []) + begun if begun else begun

    def __reduce__(self) -> tuple[type["_Lists"], tuple[object, ...]]:
        """Travel without what was met."""
        return _Lists, (self._by_word, self._by_beginning, self._second)


class Index:
    """Queries by the words that they need."""

    __slots__ = ("_always", "_lists", "_others")

    def __init__(self, queries: Sequence[Query]) -> None:
        common = Counter(
            key for query in queries for key in {key for term in terms(query) for key in _keys(term)}
        )
        by_word: defaultdict[str, list[int]] = defaultdict(list)
        by_beginning: defaultdict[str, list[int]] = defaultdict(list)
        self._always: list[int] = []
        self._others: list[Sequence[_Keys]] = []
        for number, query in enumerate(queries):
            first, *others = _parts_needed(query, common) or (None,)
            if first is None:
                self._always.append(number)
            for key in first or ():
                if key[-1] == "*":
                    by_beginning[key[:-1]].append(number)
                else:
                    by_word[key].append(number)
            self._others.append(tuple(keys for keys in others if not any(key[-1] == "*" for key in keys)))
        second = [next(iter(others), None) for others in self._others]
        self._lists = _Lists(dict(by_word), dict(by_beginning), second)

    def may_hold(self, words: set[str]) -> list[int]:
        """Return the numbers of the queries that these words do not rule out, in order."""
        found, others = set(self._always).union(*self._lists.of(words)), self._others
        return sorted([one for one in found if not any(keys.isdisjoint(words) for keys in others[one])])


def terms(query: Query) -> Iterator[Term]:
    """Yield the terms of a query."""
    match query:
        case Term():
            yield query
        case And(parts) | Or(parts) | Near(parts):
            for part in parts:
                yield from terms(part)
        case Not(part):
            yield from terms(part)
        case _:
            return


def _needed(query: Query, common: Counter[str]) -> _Keys | None:
    """Return keys of which one is there wherever the query may hold; None where there are no such."""
    match query:
        case Term():
            return frozenset(_rarest(spelling, common, prefix=query.prefix) for spelling in query.spellings)
        case Near() | And():
            return next(iter(_parts_needed(query, common)), None)
        case Or(parts):
            every = [_needed(part, common) for part in parts]
            return None if None in every else frozenset().union(*filter(None, every))
        case _:
            return None


def _parts_needed(query: Query, common: Counter[str]) -> list[_Keys]:
    """Return the keys of each part of which a query needs one of each, those that the fewest have first."""
    parts = query.parts if isinstance(query, And) else query.terms if isinstance(query, Near) else (query,)
    found = [keys for part in parts if (keys := _needed(part, common)) is not None]
    return sorted(found, key=lambda keys: sum(map(common.__getitem__, keys)))


def _keys(term: Term) -> Iterable[str]:
    for spelling in term.spellings:
        yield from _parts(spelling, prefix=term.prefix)


def _parts(spelling: Spelling, *, prefix: bool) -> Sequence[str]:
    return (*spelling[:-1], f"{spelling[-1]}*") if prefix else spelling


def _rarest(spelling: Spelling, common: Counter[str], *, prefix: bool) -> str:
    if len(spelling) == 1 and not prefix:
        return spelling[0]
    return min(_parts(spelling, prefix=prefix), key=lambda key: (common[key], -len(key)))
