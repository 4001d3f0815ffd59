"""What of a query a search index can be asked at once, and how that is written in the index's language.

An index reads words, phrases, AND and OR, and NOT beside something that must be there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from monitor.model.topics import And, Near, Not, Or, Query, Term


@dataclass(frozen=True, slots=True)
class Language:
    """How an index writes AND and OR, a term, and what must be there without what must not."""

    both: str
    either: str
    term: Callable[[Term], str]
    without: Callable[[str, str], str]


def indexed(query: Query) -> bool:
    """Tell whether an index can be asked a query at once."""
    match query:
        case Term():
            return True
        case Or(parts):
            return all(map(indexed, parts))
        case And(parts):
            return any(map(indexed, parts)) and all(indexed(_inside(part)) for part in parts)
        case _:
            return False


def gathered(query: Query) -> Query:
    """Put parts that stand side by side and that an index can be asked at once into one."""
    match query:
        case Not(part):
            return Not(gathered(part))
        case And(parts) if not indexed(query):
            asked = tuple(part for part in parts if indexed(_inside(part)))
            asked = asked if any(map(indexed, asked)) else ()
            return And((*((And(asked),) if asked else ()), *_others(parts, asked)))
        case Or(parts) if not indexed(query):
            asked = tuple(filter(indexed, parts))
            return Or((*((Or(asked),) if asked else ()), *_others(parts, asked)))
        case _:
            return query


def looked_at(query: Query) -> Query:
    """Let beginnings of words be looked for in the words: an index gathers all words that begin so first."""
    match query:
        case Term(prefix=True):
            return Near((query,), 0)
        case Not(part):
            return Not(looked_at(part))
        case And(parts) | Or(parts):
            return type(query)(tuple(map(looked_at, parts)))
        case _:
            return query


def render(query: Query, language: Language) -> str:
    """Write a query that an index can be asked at once."""
    match query:
        case Term():
            return language.term(query)
        case Or(parts):
            return _joined(language.either, parts, language)
        case And(parts):
            wanted = _joined(language.both, [part for part in parts if indexed(part)], language)
            refused = [part.part for part in parts if isinstance(part, Not)]
            return (
                language.without(wanted, _joined(language.either, refused, language)) if refused else wanted
            )
        case _:
            raise ValueError(f"no index can be asked at once: {query}")


def _inside(query: Query) -> Query:
    return query.part if isinstance(query, Not) else query


def _others(parts: Sequence[Query], asked: Sequence[Query]) -> Iterator[Query]:
    return (gathered(part) for part in parts if part not in asked)


def _joined(sign: str, parts: Sequence[Query], language: Language) -> str:
    return "(" + sign.join(render(part, language) for part in parts) + ")"
