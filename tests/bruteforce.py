"""What a query means, word by word as model.py says it and as slowly as need be: all else is held to this."""

from collections.abc import Iterator, Sequence
from itertools import product

from monitor.model import And, Dated, Fact, Facts, Field, Like, Near, Not, Or, Outlets, Query, Term, Words

_FIELDS: tuple[Field, ...] = ("title", "summary", "text")

Place = tuple[Field, int, int]
"""Where a spelling stands: its field, the number of its first word there and that after its last."""


def holds(query: Query, words: Words, facts: Facts) -> bool:
    """Tell whether a story with these words and facts matches; what is not known holds of nothing."""
    match query:
        case And(parts):
            return all(holds(part, words, facts) for part in parts)
        case Or(parts):
            return any(holds(part, words, facts) for part in parts)
        case Not(part):
            return not holds(part, words, facts)
        case Term():
            return any(_places(query, words))
        case Near(terms, distance):
            return any(
                _near(places, distance) for places in product(*(_places(term, words) for term in terms))
            )
        case _:
            return _known(query, facts)


def _known(query: Fact | Dated | Outlets | Like, facts: Facts) -> bool:
    match query:
        case Dated(by, since, before):
            at = facts.at if by == "at" else facts.first_seen
            assert at, "every story has a time"
            return (since is None or at >= since) and (before is None or at < before)
        case Outlets(least):
            return facts.outlets is not None and facts.outlets >= least
        case Like(seed):
            return bool(facts.likes and facts.likes.get(seed, 0) >= 0.5)
        case Fact():
            return _said_of(query, facts)


def _said_of(fact: Fact, facts: Facts) -> bool:
    match fact:
        case Fact("source", value):
            return any(_side_by_side(value, name.split()) for name in facts.sources)
        case Fact("author", value):
            return any(_side_by_side(value, name.split()) for name in facts.authors)
        case Fact("site", value):
            return any(host == value[0] or host.endswith(f".{value[0]}") for host in facts.hosts)
        case Fact("lang", value):
            return (facts.language or "").lower().split("-")[0] == value[0]
        case _:
            return fact.value[0] in (facts.tags or ())


def _places(term: Term, words: Words) -> Iterator[Place]:
    for field in term.fields or _FIELDS:
        said = getattr(words.folded, field).split()
        for spelling in term.spellings:
            for start in range(len(said) - len(spelling) + 1):
                if _stands(spelling, said[start : start + len(spelling)], prefix=term.prefix):
                    yield field, start, start + len(spelling)


def _stands(spelling: Sequence[str], said: Sequence[str], *, prefix: bool) -> bool:
    ends = said[-1].startswith(spelling[-1]) if prefix else said[-1] == spelling[-1]
    return ends and list(spelling[:-1]) == list(said[:-1])


def _near(places: Sequence[Place], distance: int) -> bool:
    """Tell whether places are in one field, none on another, with at most so many words between them."""
    within = [set(range(start, end)) for _, start, end in places]
    taken = set().union(*within)
    apart = len(taken) == sum(map(len, within))
    others = max(taken) - min(taken) + 1 - len(taken)
    return len({field for field, _, _ in places}) == 1 and apart and others <= distance


def _side_by_side(value: Sequence[str], said: Sequence[str]) -> bool:
    return any(list(value) == said[start : start + len(value)] for start in range(len(said)))
