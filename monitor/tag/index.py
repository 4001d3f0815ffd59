"""Which of many queries may hold of a wording: one look-up of its words finds them.

A query is listed under words of which one must be there for it to hold, or to be left open; of the parts
of an AND one is enough, and the one whose words the fewest other queries have is taken. What needs no word at
all (a query of facts only) may hold of any wording. Most of those found are ruled out by a second part.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from monitor.model import And, Near, Not, Or, Query, Term
from monitor.tag.aliases import Spelling

_HEAD = 3
"""How many letters a prefix has at least, so that these find it."""

_Keys = frozenset[str]
"""Words, and with a star what words begin with."""


class Index:
    """Queries by the words that they need."""

    __slots__ = ("_also", "_always", "_by_head", "_by_word")

    def __init__(self, queries: Sequence[Query]) -> None:
        common = Counter(
            key for query in queries for key in {key for term in terms(query) for key in _keys(term)}
        )
        self._by_word: dict[str, list[int]] = {}
        self._by_head: dict[str, dict[str, list[int]]] = defaultdict(dict)
        self._always: list[int] = []
        self._also: list[_Keys | None] = []
        for number, query in enumerate(queries):
            first, *others = _parts_needed(query, common) or (None,)
            self._list(number, first)
            self._also.append(
                next((keys for keys in others if not any(key[-1] == "*" for key in keys)), None)
            )

    def _list(self, number: int, keys: _Keys | None) -> None:
        if keys is None:
            self._always.append(number)
            return
        for key in keys:
            if key[-1] == "*":
                self._by_head[key[:_HEAD]].setdefault(key[:-1], []).append(number)
            else:
                self._by_word.setdefault(key, []).append(number)

    def may_hold(self, words: set[str]) -> list[int]:
        """Return the numbers of the queries that these words do not rule out, in order."""
        by_word, by_head = self._by_word, self._by_head
        found = set(self._always)
        for word in words & by_word.keys():
            found.update(by_word[word])
        if by_head:
            heads = [(word, by_head[word[:_HEAD]]) for word in words if word[:_HEAD] in by_head]
            for word, prefixes in heads:
                for begun, numbers in prefixes.items():
                    if word.startswith(begun):
                        found.update(numbers)
        also = self._also
        return sorted(
            number for number in found if (keys := also[number]) is None or not keys.isdisjoint(words)
        )


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
