"""Words as this program compares them: one folding and one cut into tokens for every stage.

Matching, search and deduplication agree because they all read text through this module.

Chinese, Japanese and Korean part their words by no blank, or put endings onto them. Each of their letters
is a token, and so is each pair of neighbours, one after the other: 東京都 is 東 東京 京 京都 都. A run of any
length stands, as tokens side by side, in exactly the texts that have the run; the pairs tell much more of
what a text is about than the letters alone.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

_TOKEN = re.compile(r"[^\W_ʼ]+(?:[\u0300-\u036f]+[^\W_ʼ]*)*")  # a combining accent parts no word

UNPARTED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"  # signs, Hiragana, Katakana
    "\u3105-\u318e\u31a0-\u31bf\u31f0-\u31ff\uff66-\uff9d"  # Bopomofo, parts of Hangul, other kana
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"  # Han, Hangul
)
"""The letters of scripts that part no words, as a set of a pattern."""

_UNPARTED = re.compile(
    f"(?:[\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?|[{UNPARTED}])[\uff9e\uff9f]?"  # Hangul in parts too
)
"""A letter of Han, Hiragana, Katakana, Bopomofo or Hangul, with the mark that voices it."""

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


def _tokens(word: str) -> str:
    """Return the tokens of a word, folded and joined by blanks: one but where letters are not parted."""
    if not _UNPARTED.search(word):
        return _fold(word)
    return " ".join(filter(None, (_token(word[start:end]) for start, end in _parts(word))))


_tokens_kept = lru_cache(maxsize=1 << 16)(_tokens)


def _token(part: str) -> str:
    letters = _UNPARTED.findall(part)
    return "".join(unicodedata.normalize("NFKC", letter) for letter in letters) if letters else fold(part)


def _parts(word: str) -> Iterator[tuple[int, int]]:
    """Yield where the tokens of a word stand in it: letters, pairs of them, what is between their runs."""
    start = end = 0
    for letter in _UNPARTED.finditer(word):
        if end < letter.start():
            yield end, letter.start()
        elif start < end:
            yield start, letter.end()
        yield letter.span()
        start, end = letter.span()
    if end < len(word):
        yield end, len(word)


def is_unparted(word: str) -> bool:
    """Tell whether a folded word is a letter, or a pair of them, of a script that parts no words."""
    return not word.isascii() and _UNPARTED.match(word) is not None


def spans(text: str, count: int) -> list[tuple[int, int]]:
    """Return where the first count folded words of a text stand in it: start and end, in characters.

    Apostrophes, hyphens and underscores part words.
    """
    found: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        if len(found) >= count:
            break
        word, start = match.group(), match.start()
        parts = _parts(word) if _UNPARTED.search(word) else ((0, len(word)),)
        found += ((start + a, start + b) for a, b in parts if _token(word[a:b]))
    return found[:count]


def folded(text: str) -> tuple[str, ...]:
    """Return the folded words of a text in order."""
    return tuple(_joined(text).split())


def _cut(word: str) -> str:
    return _tokens(word) if len(word) > _KEPT else _tokens_kept(word)


def _joined(text: str) -> str:
    """Return the folded words of a text, joined by single spaces."""
    plain = text
    if not text.isascii():
        for mark in _TYPOGRAPHY:
            plain = plain.replace(mark, " ")
    if not plain.isascii():
        words = (word if word.isascii() else _cut(word) for word in _TOKEN.findall(text.lower()))
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
