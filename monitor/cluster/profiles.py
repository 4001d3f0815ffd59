"""A story as events are made of it: its terms, names counted twice, and its direction of meaning."""

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from monitor.cluster.lexicon import DIMENSIONS, Vector, meaning
from monitor.model import Profile, Words
from monitor.words import fold

_WORD = re.compile(r"[^\W_]+")

_READ = 80
"""Words of a story that count: its headline and lead. What comes later is background, told of other events."""

_NAME = 2
"""How often a name counts. Twice: B-cubed F1 0.919 and 0.893 on ECB+ and UCI; once 0.913 and 0.892, thrice 0.916
and 0.884."""

_HEADLINE_CASE = 0.6
"""The share of long words with a capital from which capitals tell no names."""

_LONG = 3
_STEM = 6


def profile(words: Words) -> Profile:
    """Reduce a wording to what its event is known by."""
    terms: Counter[str] = Counter()
    direction = np.zeros(DIMENSIONS, np.float32)
    left = _READ
    for part in (words.title, words.summary or words.text):
        read = _WORD.findall(part)[:left] if left else []
        left -= len(read)
        for word, name in _named(read):
            terms[stem(word)] += _NAME if name else 1
        for word, times in Counter(read).items():
            direction += (1 + np.log(times)) * meaning(word)
    terms.pop("", None)
    return Profile(tuple(terms.items()), packed(direction))


def _named(read: list[str]) -> Iterator[tuple[str, bool]]:
    """Tell of each word whether it is a name: a capital, not the first word, not in a Headline Like This."""
    long = [word for word in read if len(word) > _LONG]
    shouted = sum(word[0].isupper() for word in long) > _HEADLINE_CASE * len(long)
    for place, word in enumerate(read):
        yield word, place > 0 and not shouted and word[0].isupper()


def stem(word: str) -> str:
    """Return the term a word stands for: folded, without an English plural; other scripts without endings."""
    term = fold(word)
    if not term.isascii():
        return term[:_STEM]
    if len(term) > _LONG + 1 and term.endswith("ies"):
        return term[:-3] + "y"
    if len(term) > _LONG and term.endswith("s") and not term.endswith("ss"):
        return term[:-1]
    return term


def packed(direction: Vector) -> bytes:
    """Write a direction as 256 signed bytes; its length is lost."""
    length = float(np.linalg.norm(direction))
    scaled = np.rint(direction * (127 / np.abs(direction).max())) if length else direction
    return scaled.astype(np.int8).tobytes()


def unpacked(vector: bytes) -> Vector:
    """Read a direction as a vector of length one, or zero."""
    direction = np.frombuffer(vector, np.int8).astype(np.float32)
    length = float(np.sqrt(direction @ direction))
    return direction / length if length else direction
