"""What may be missing in a topic's query: learnt from its stories and the archive, shown, never applied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from anyascii import anyascii

from monitor.model.events import Background
from monitor.model.topics import RisingTerm, Term
from monitor.profiles import stem
from monitor.tag.trend import rising

_NEAR = 0.84
"""How alike two spellings in Latin letters are that may be one name: Zelensky and Zelenskyy are 0.94, Kiev
and Kyiv 0.5, which is why short names need a row by hand."""

_SHORTEST = 5
_MOST = 12


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word of the archive that looks like a spelling of the query's word, and in how many stories it is."""

    word: str
    like: str
    stories: int


def telling(
    counts: Mapping[str, int], stories: int, background: Background, query: Iterable[Term]
) -> tuple[RisingTerm, ...]:
    """Return the terms that mark a topic's stories against the archive's and that its query has not.

    counts are those of the topic's stories with each term.
    """
    asked = {stem(word) for term in query for spelling in term.spellings for word in spelling}
    new = {term: count for term, count in counts.items() if term not in asked}
    return rising(new, stories, background.counts, background.stories, _MOST)


def spellings(background: Background, query: Iterable[Term]) -> tuple[Spelling, ...]:
    """Return words of the archive that may be further spellings of names that the alias table has."""
    named = {
        word: term.text
        for term in query
        if term.alias
        for spelling in term.spellings
        for word in spelling
        if len(word) >= _SHORTEST
    }
    known = {stem(word) for word in named}
    heads: dict[str, list[tuple[str, str]]] = {}
    for word, text in named.items():
        latin = _latin(word)
        heads.setdefault(latin[:1], []).append((latin, text))
    found = (
        Spelling(term, text, count)
        for term, count in background.counts.items()
        if len(term) >= _SHORTEST and term not in known
        for text in _likely(_latin(term), heads)
    )
    return tuple(sorted(found, key=lambda one: (-one.stories, one.word))[:_MOST])


def _likely(latin: str, heads: Mapping[str, list[tuple[str, str]]]) -> list[str]:
    """Return the first of the query's words that a word in Latin letters is like."""
    for word, text in heads.get(latin[:1], ()):
        matcher = SequenceMatcher(None, latin, word, autojunk=False)
        if matcher.real_quick_ratio() >= _NEAR and matcher.ratio() >= _NEAR:
            return [text]
    return []


def _latin(word: str) -> str:
    return "".join(letter for letter in anyascii(word).lower() if letter.isalpha())
