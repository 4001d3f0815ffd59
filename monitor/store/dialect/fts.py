"""What is looked for, in the language of SQLite's FTS5 (sqlite.org/fts5.html, 3)."""

from collections.abc import Iterator
from itertools import combinations, product, starmap
from math import prod

from monitor.model.topics import Near, Term
from monitor.store.dialect.near import FIELDS
from monitor.store.dialect.query import Language

_MOST = 400
"""How many combinations of spellings are asked for at once; each costs 20 µs before anything is found."""


def _spelling(words: tuple[str, ...], *, prefix: bool) -> str:
    return f'"{" ".join(words)}"' + "*" * prefix


def _in_fields(fields: tuple[str, ...], said: str) -> str:
    return f"{{{' '.join(fields)}}} : ({said})" if fields else f"({said})"


def _term(term: Term) -> str:
    said = " OR ".join(_spelling(words, prefix=term.prefix) for words in term.spellings)
    return _in_fields(term.fields, said)


LANGUAGE = Language(" AND ", " OR ", _term, "({} NOT {})".format)


def neighbours(near: Near) -> str | None:
    """Write what all wordings match whose terms are near one another, or None where that is too much.

    FTS5 bounds the words between the end of a phrase and the start of the last one, those of others among
    them; so the others are let through.
    """
    if prod(len(term.spellings) for term in near.terms) > _MOST:
        return None
    fields = tuple(name for name in FIELDS if all(not one.fields or name in one.fields for one in near.terms))
    longest = sorted(max(map(len, term.spellings)) for term in near.terms)
    room = near.distance + sum(longest[2:])
    each = ([_spelling(words, prefix=term.prefix) for words in term.spellings] for term in near.terms)
    said = (f"NEAR({' '.join(spellings)}, {room})" for spellings in product(*each))
    return _in_fields(fields, " OR ".join(said)) if fields else None


def certain(near: Near) -> bool:
    """Tell whether nothing else matches: no word may be one of two terms, and of more than two each is one.

    Then between the first and the last there are, beside others, exactly the words of the terms between.
    """
    single = all(len(spelling) == 1 for term in near.terms for spelling in term.spellings)
    apart = not any(starmap(_share_a_word, combinations(near.terms, 2)))
    return apart and (single or len(near.terms) == 2)


def _share_a_word(one: Term, other: Term) -> bool:
    """Tell whether a word may be one of both terms."""
    return any(
        first == second or (begun and second.startswith(first)) or (too and first.startswith(second))
        for first, begun in _words(one)
        for second, too in _words(other)
    )


def _words(term: Term) -> Iterator[tuple[str, bool]]:
    """Yield the words of a term, each with whether it is only the beginning of one."""
    for *whole, last in term.spellings:
        yield from ((word, False) for word in whole)
        yield last, term.prefix
