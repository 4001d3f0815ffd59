"""A story as events and topics see it: its terms and its direction of meaning."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from sys import intern

import numpy as np

from monitor.model.entries import Words
from monitor.model.events import Profile
from monitor.profiles.lexicon import DIMENSIONS, Vector, meaning
from monitor.words import fold

_WORD = re.compile(r"[^\W_]+")

_READ = 40
"""Words of a story that count: its headline and lead. What comes later is background, told of others too."""

_LONGEST = 1_000
"""Characters that are read at most; most texts have said so many words in as many as are cut at first."""
_FIRST = 300

_LONG = 3
_STEM = 6


def profile(words: Words) -> Profile:
    """Reduce a wording to what it is compared by."""
    return profiles([words])[0]


def profiles(said: Iterable[Words]) -> list[Profile]:
    """Reduce wordings to what they are compared by.

    In other scripts the model of words knows letters, not words: such a wording has no direction.
    """
    terms, meanings = [], []
    for read in map(_read, said):
        counts = Counter(map(stem, read))
        counts.pop("", None)
        known = read if 2 * sum(map(str.isascii, counts)) > len(counts) else ()
        terms.append(tuple(counts.items()))
        meanings.append(meaning(known))
    return [Profile(*both) for both in zip(terms, packed(meanings), strict=True)]


def _read(words: Words) -> list[str]:
    """Return the first words; a cut may part the last of those that stand in it."""
    said = f"{words.title} {(words.summary or words.text)[:_LONGEST]}"[:_LONGEST]
    found = _WORD.findall(said[:_FIRST])
    return (found if len(found) > _READ else _WORD.findall(said))[:_READ]


@lru_cache(1 << 16)
def stem(word: str) -> str:
    """Return the term a word stands for: folded, without an English plural; other scripts without endings."""
    return intern(_stem(fold(word)))


def _stem(term: str) -> str:
    if not term.isascii():
        return term[:_STEM]
    if len(term) > _LONG + 1 and term.endswith("ies"):
        return term[:-3] + "y"
    if len(term) > _LONG and term.endswith("s") and not term.endswith("ss"):
        return term[:-1]
    return term


def packed(directions: Sequence[Vector]) -> list[bytes]:
    """Write directions as 256 signed bytes each; their lengths are lost."""
    rows = np.array(directions, np.float64).reshape(-1, DIMENSIONS)
    most = np.abs(rows).max(axis=1, keepdims=True)
    scaled = np.rint(rows * np.divide(127, most, out=np.zeros_like(most), where=most > 0))
    return [row.tobytes() for row in scaled.astype(np.int8)]


def unpacked(vectors: Sequence[bytes]) -> Vector:
    """Read packed directions as rows, each one long, or zero."""
    return unit(np.frombuffer(b"".join(vectors), np.int8).reshape(-1, DIMENSIONS).astype(np.float32))


def unit(rows: Vector) -> Vector:
    """Make rows one long each, where they stand; those without a length stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(lengths > 0, lengths, 1)
    return rows
