"""What a query means, as the model says it, however slowly; None where something is not known yet."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from monitor.model.entries import Words
from monitor.model.topics import And, Dated, Fact, Facts, Field, Like, Near, Not, Or, Outlets, Query, Term
from monitor.words import folded

Known = bool | None
Place = tuple[Field, range]
_FIELDS: tuple[Field, ...] = ("title", "summary", "text")


def holds(query: Query, words: Words, facts: Facts) -> Known:
    """Tell whether a query holds of a story: the least of its parts, the greatest, the contrary (Kleene)."""
    match query:
        case And(parts):
            return _as_known(min(_as_number(holds(part, words, facts)) for part in parts))
        case Or(parts):
            return _as_known(max(_as_number(holds(part, words, facts)) for part in parts))
        case Not(part):
            return _as_known(1 - _as_number(holds(part, words, facts)))
        case Term():
            return any(True for _ in _places(query, words))
        case Near(terms, distance):
            return any(_close(some, distance) for some in product(*(_places(term, words) for term in terms)))
        case _:
            return _fact(query, facts)


_NONE = -1
"""Fewer outlets than any query asks for, where a story has no event yet."""


def settled(facts: Facts) -> Facts:
    """Return what is known of a story in the store: what nobody knows of it, it has not."""
    outlets = _NONE if facts.outlets is None else facts.outlets
    return replace(facts, outlets=outlets, likes=facts.likes or {}, tags=facts.tags or frozenset())


def _as_number(known: Known) -> float:
    return 0.5 if known is None else float(known)


def _as_known(number: float) -> Known:
    return None if number == 0.5 else bool(number)


def _places(term: Term, words: Words) -> Iterator[Place]:
    for field in term.fields or _FIELDS:
        said = folded(getattr(words, field))
        for spelling in term.spellings:
            for start in range(len(said) - len(spelling) + 1):
                here = said[start : start + len(spelling)]
                if _same(spelling, here, prefix=term.prefix):
                    yield field, range(start, start + len(spelling))


def _same(spelling: Sequence[str], said: Sequence[str], *, prefix: bool) -> bool:
    *whole, last = spelling
    return list(said[:-1]) == whole and (said[-1].startswith(last) if prefix else said[-1] == last)


def _close(places: Sequence[Place], distance: int) -> bool:
    taken = [number for _, within in places for number in within]
    between = max(taken) - min(taken) + 1 - len(taken)
    return len({field for field, _ in places}) == 1 and len(taken) == len(set(taken)) and between <= distance


def _fact(query: Fact | Dated | Outlets | Like, facts: Facts) -> Known:
    match query:
        case Outlets(least):
            return None if facts.outlets is None else facts.outlets >= least
        case Like(seed):
            return None if facts.likes is None else facts.likes.get(seed, 0) >= 0.5
        case Fact("tag", (topic,)):
            return None if facts.tags is None else topic in facts.tags
        case Dated():
            return _dated(query, facts)
        case Fact():
            return _said(query, facts)


def _dated(query: Dated, facts: Facts) -> bool:
    at = facts.first_seen if query.by == "first_seen" else facts.at or facts.first_seen
    since, before = query.since, query.before
    return at is not None and (not since or at >= since) and (not before or at < before)


def _said(query: Fact, facts: Facts) -> bool:
    match query:
        case Fact("source", value):
            return any(_stands(value, name) for name in facts.sources)
        case Fact("author", value):
            return any(_stands(value, name) for name in facts.authors)
        case Fact("site", (site,)):
            return any(host == site or host.endswith(f".{site}") for host in facts.hosts)
        case _:
            return (facts.language or "").lower().partition("-")[0] == query.value[0]


def _stands(value: Sequence[str], name: str) -> bool:
    said = name.split()
    return any(said[start : start + len(value)] == list(value) for start in range(len(said)))
