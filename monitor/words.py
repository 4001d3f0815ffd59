"""Words as this program compares them: one folding and one cut into tokens for every stage.

Matching, search and deduplication agree because they all read text through this module.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

_TOKEN = re.compile(r"[^\W_ʼ]+(?:[\u0300-\u036f]+[^\W_ʼ]*)*")  # a combining accent parts no word

_TYPOGRAPHY = "\u00a0«»–—‘’“”…•"
"""Marks that stand in most English news and are often all that is not ASCII there; none is part of a word."""

_PLAIN = bytes(ord(chr(code).lower()) if chr(code).isalnum() else 32 for code in range(128)) + bytes(128)

_KEPT = 60
"""Longer words are not remembered when they are folded: a hostile text could fill the memory with them."""


def fold(word: str) -> str:
    """Return the word without case and accents: Łódź -> lodz, Київ -> киів, Straße -> strasse."""
    if word.isascii():
        return word.lower()
    return _fold(word) if len(word) > _KEPT else _fold_kept(word)


def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(letter for letter in decomposed if letter.isalnum())
    return bare if bare.isascii() else "".join(map(_plain_latin, bare))


_fold_kept = lru_cache(maxsize=1 << 16)(_fold)


def _plain_latin(letter: str) -> str:
    if letter.isascii() or not unicodedata.name(letter, "").startswith("LATIN"):
        return letter
    return "".join(filter(str.isalnum, anyascii(letter).lower()))


def spans(text: str, count: int) -> list[tuple[int, int]]:
    """Return where the first count folded words of a text stand in it: start and end, in characters.

    Apostrophes, hyphens and underscores part words.
    """
    found: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        if len(found) == count:
            break
        word = match.group()
        if word.isascii() or fold(word):
            found.append(match.span())
    return found


def folded(text: str) -> tuple[str, ...]:
    """Return the folded words of a text in order."""
    return tuple(_joined(text).split())


def _joined(text: str) -> str:
    """Return the folded words of a text, joined by single spaces."""
    plain = text
    if not text.isascii():
        for mark in _TYPOGRAPHY:
            plain = plain.replace(mark, " ")
    if not plain.isascii():
        words = (word if word.isascii() else fold(word) for word in _TOKEN.findall(text.lower()))
        return " ".join(filter(None, words))
    spaced = plain.encode().translate(_PLAIN)
    while b"  " in spaced:
        spaced = spaced.replace(b"  ", b" ")
    return spaced.strip().decode()


@dataclass(frozen=True, slots=True)
class FoldedWords:
    """What an item says as it is compared and searched: folded words, joined by single spaces."""

    title: str
    summary: str = ""
    text: str = ""

    def __reduce__(self) -> tuple[type["FoldedWords"], tuple[str, str, str]]:
        """Be pickled as the fields, at a fifth of the cost of the state."""
        return FoldedWords, (self.title, self.summary, self.text)


def fold_words(title: str, summary: str, text: str) -> FoldedWords:
    """Fold the fields of a wording, once for every stage."""
    return FoldedWords(_joined(title), _joined(summary), _joined(text))
