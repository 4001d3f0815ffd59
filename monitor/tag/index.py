"""Which of many queries may hold of a wording: one look-up of its words finds them.

Of a query it is known which words it needs: sets, of each of which one must be there for it to hold, or to be
left open. It is listed under the words of the two sets that the fewest other queries have: found is what has
a word of both. The other sets rule out more. What needs no word at all (a query of facts only) may hold of
any wording.
"""

from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from monitor.model.topics import And, Near, Not, Or, Query, Term
from monitor.tag.aliases import Spelling

_KEPT = 1 << 16
"""Of how many words it is remembered which queries they find: of all that are common."""

_LONGEST = 60
"""Longer words are not remembered: a hostile text could fill the memory with them."""

_Keys = frozenset[str]
"""Words, and with a star what words begin with."""

_Lists = Mapping[str, Sequence[int]]
"""The numbers of queries by key."""


class _Found(dict[str, tuple[bytes, bytes] | None]):
    """Queries that have a word in their first set, and in their second, remembered of words that were met.

    Numbers stand packed: they are joined for each wording, and what lies side by side is read in less time
    than objects, which lie anywhere. Threads may ask at once: what one forgets another looks up again.
    """

    __slots__ = ("_lengths", "_lists")

    def __init__(self, lists: tuple[_Lists, _Lists]) -> None:
        super().__init__()
        self._lists = lists
        self._lengths = sorted({len(key) - 1 for one in lists for key in one if key[-1] == "*"})

    def __missing__(self, word: str) -> tuple[bytes, bytes] | None:
        if len(self) > _KEPT:
            self.clear()
        found = self._find(word)
        if len(word) <= _LONGEST:
            self[word] = found
        return found

    def _find(self, word: str) -> tuple[bytes, bytes] | None:
        lengths = self._lengths[: bisect_right(self._lengths, len(word))]
        keys = (word, *(f"{word[:length]}*" for length in lengths))
        first, second = (
            _packed([one for key in keys for one in lists.get(key, ())]) for lists in self._lists
        )
        return (first, second) if first or second else None

    def __reduce__(self) -> tuple[type["_Found"], tuple[tuple[_Lists, _Lists]]]:
        """Travel without what was met."""
        return _Found, (self._lists,)


class Index:
    """Queries by the words that they need."""

    __slots__ = ("_always", "_found", "_others")

    def __init__(self, queries: Sequence[Query]) -> None:
        common = _counted(_terms(Or(tuple(queries)), []))
        begun = {key for key in common if key[-1] == "*"}
        lists = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
        self._always: list[int] = []
        self._others: list[Sequence[_Keys]] = []
        for number, query in enumerate(queries):
            needs = _needs(query, common)
            if not needs:
                self._always.append(number)
            for keys, by_key in zip(needs[:2] if len(needs) > 1 else needs * 2, lists, strict=False):
                for key in keys:
                    by_key[key].append(number)
            self._others.append([keys for keys in needs[2:] if begun.isdisjoint(keys)])
        self._found = _Found((dict(lists[0]), dict(lists[1])))

    def may_hold(self, words: set[str]) -> list[int]:
        """Return the numbers of the queries that these words do not rule out, in order."""
        listed = list(filter(None, map(self._found.__getitem__, words)))
        if not listed:
            return self._always
        first, second = zip(*listed, strict=True)
        found, others = set(_unpacked(first)).intersection(_unpacked(second)), self._others
        return sorted([*self._always, *(one for one in found if not any(map(words.isdisjoint, others[one])))])


def _packed(numbers: Iterable[int]) -> bytes:
    return array("I", numbers).tobytes()


def _unpacked(packed: Iterable[bytes]) -> Iterable[int]:
    return array("I", b"".join(packed))


def _terms(query: Query, to: list[Term]) -> list[Term]:
    """Add the terms of a query to a list, and return it."""
    match query:
        case Term():
            to.append(query)
        case And(parts) | Or(parts) | Near(parts):
            for part in parts:
                _terms(part, to)
        case Not(part):
            _terms(part, to)
        case _:
            pass
    return to


def _needs(query: Query, common: Counter[str]) -> list[_Keys]:
    """Return sets of keys, of each of which one is there wherever the query may hold, the rarest first."""
    match query:
        case Term():
            needs = _of_term(query, common)
        case And(parts) | Near(parts):
            needs = [keys for part in parts for keys in _needs(part, common)]
        case Or(parts):
            every = [_needs(part, common) for part in parts]
            return [frozenset().union(*[needs[0] for needs in every])] if all(every) else []
        case _:
            return []
    if len(needs) > 1:
        needs.sort(key=lambda keys: sum(map(common.__getitem__, keys)))
    return needs


def _of_term(term: Term, common: Counter[str]) -> list[_Keys]:
    if len(term.spellings) == 1:
        return [frozenset((key,)) for key in _parts(term.spellings[0], prefix=term.prefix)]
    return [frozenset([_rarest(one, common, prefix=term.prefix) for one in term.spellings])]


def _counted(terms: Sequence[Term]) -> Counter[str]:
    """Return how often each key stands in the terms."""
    whole = chain.from_iterable(term.spellings for term in terms if not term.prefix)
    common = Counter(chain.from_iterable(whole))
    begun = (_parts(one, prefix=True) for term in terms if term.prefix for one in term.spellings)
    common.update(chain.from_iterable(begun))
    return common


def _parts(spelling: Spelling, *, prefix: bool) -> Sequence[str]:
    return (*spelling[:-1], f"{spelling[-1]}*") if prefix else spelling


def _rarest(spelling: Spelling, common: Counter[str], *, prefix: bool) -> str:
    if len(spelling) == 1 and not prefix:
        return spelling[0]
    return min(_parts(spelling, prefix=prefix), key=lambda key: (common[key], -len(key)))
