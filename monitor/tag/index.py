"""Which of many queries may hold of a wording: one look-up of its words finds them.

A query is listed under words of which one must be there for it to hold, or to be left open; of the parts
of an AND one is enough, and the one that the fewest other queries have is taken. What needs no word at
all (a query of facts only) may hold of any wording.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.model import And, Near, Not, Or, Query, Term
from monitor.tag.aliases import Spelling

_HEAD = 3
"""How many letters a prefix has at least, so that these find it."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A word, or what a word begins with."""

    word: str
    prefix: bool = False


_Keys = frozenset[_Key]


class Index:
    """Queries by the words that they need."""

    __slots__ = ("_always", "_by_head", "_by_word")

    def __init__(self, queries: Sequence[Query]) -> None:
        common = Counter(
            key for query in queries for key in {one for term in terms(query) for one in _keys(term)}
        )
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_head: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._always: list[int] = []
        for number, query in enumerate(queries):
            self._list(number, _needed(query, common))

    def _list(self, number: int, keys: _Keys | None) -> None:
        if keys is None:
            self._always.append(number)
            return
        for key in keys:
            if key.prefix:
                self._by_head[key.word[:_HEAD]].append((key.word, number))
            else:
                self._by_word[key.word].append(number)

    def may_hold(self, words: set[str]) -> set[int]:
        """Return the numbers of the queries that these words do not rule out."""
        by_word, by_head = self._by_word, self._by_head
        found = set(self._always)
        for word in words:
            if word in by_word:
                found.update(by_word[word])
        if by_head:
            for word in words:
                if word[:_HEAD] in by_head:
                    found.update(number for begun, number in by_head[word[:_HEAD]] if word.startswith(begun))
        return found


def terms(query: Query) -> Iterator[Term]:
    """Yield the terms of a query."""
    match query:
        case Term():
            yield query
        case Near(inner):
            yield from inner
        case Not(part):
            yield from terms(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms(part)
        case _:
            return


def _needed(query: Query, common: Counter[_Key]) -> _Keys | None:
    """Return keys of which one is there wherever the query may hold; None where there are no such."""
    match query:
        case Term():
            return frozenset(_rarest(spelling, query.prefix, common) for spelling in query.spellings)
        case Near(parts) | And(parts):
            found = (keys for part in parts if (keys := _needed(part, common)) is not None)
            return min(found, key=lambda keys: sum(common[key] for key in keys), default=None)
        case Or(parts):
            every = [_needed(part, common) for part in parts]
            known = [keys for keys in every if keys is not None]
            return frozenset().union(*known) if len(known) == len(every) else None
        case _:
            return None


def _keys(term: Term) -> Iterator[_Key]:
    for spelling in term.spellings:
        yield from _parts(spelling, term.prefix)


def _parts(spelling: Spelling, prefix: bool) -> Iterator[_Key]:
    *whole, last = spelling
    yield from map(_Key, whole)
    yield _Key(last, prefix)


def _rarest(spelling: Spelling, prefix: bool, common: Counter[_Key]) -> _Key:
    return min(_parts(spelling, prefix), key=lambda key: (common[key], -len(key.word)))
