"""A wording as PostgreSQL's tsvector, and what is looked for as its tsquery.

The weights are the fields: A the title, B the summary, C the text.
"""

from collections.abc import Mapping

from monitor.model.topics import Field, Term
from monitor.store.dialect.query import Language
from monitor.words import FoldedWords

WEIGHTS: Mapping[Field, str] = {"title": "A", "summary": "B", "text": "C"}

_MOST_BYTES = 1_000_000
_OVERHEAD = 6
_LONGEST_WORD = 500


def vector(words: FoldedWords) -> str:
    """Write the vector as text: every folded word with its place and field, a gap between the fields.

    What goes beyond the bounds of a tsvector is left out.
    """
    room = _MOST_BYTES
    placed: list[str] = []
    place = 0
    for field, weight in WEIGHTS.items():
        for word in map(lexeme, getattr(words, field).split()):
            place += 1
            room -= len(word.encode()) + _OVERHEAD
            if room < 0:
                return " ".join(placed)
            placed.append(f"'{word}':{place}{weight}")
        place += 1
    return " ".join(placed)


def lexeme(word: str) -> str:
    """Return as much of a word as a vector may hold."""
    return word[:_LONGEST_WORD]


def _term(term: Term) -> str:
    fields = "".join(WEIGHTS[field] for field in term.fields)
    return "(" + "|".join(_phrase(spelling, fields, term.prefix) for spelling in term.spellings) + ")"


def _phrase(spelling: tuple[str, ...], fields: str, prefix: bool) -> str:
    *whole, last = (f"'{lexeme(word)}'" for word in spelling)
    marks = fields + "*" * prefix
    words = (
        *(f"{word}:{fields}" if fields else word for word in whole),
        f"{last}:{marks}" if marks else last,
    )
    return "(" + "<->".join(words) + ")"


LANGUAGE = Language("&", "|", _term, "({}&!{})".format)
