"""What is looked for, in the language of SQLite's FTS5 (sqlite.org/fts5.html, 3)."""

from itertools import product
from math import prod

from monitor.model import Near, Term
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
    """Tell whether nothing else matches that: two terms, of which no word may be one of the other's."""
    words = [{word for spelling in term.spellings for word in spelling} for term in near.terms]
    return len(words) == 2 and words[0].isdisjoint(words[1]) and not any(term.prefix for term in near.terms)
