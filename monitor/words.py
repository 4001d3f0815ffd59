"""Words as this program compares them: one folding and one cut into tokens for every stage.

Matching, search and deduplication agree because they all read text through this module.

Chinese, Japanese and Korean part their words by no blank, or put endings onto them. Each of their letters
is a token, and so is each pair of neighbours, one after the other: 東京都 is 東 東京 京 京都 都. A run of any
length stands, as tokens side by side, in exactly the texts that have the run; the pairs tell much more of
what a text is about than the letters alone.
"""

import codecs
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import islice

from anyascii import anyascii

_TOKEN = re.compile(r"[^\W_ʼ]+(?:[\u0300-\u036f]+[^\W_ʼ]*)*")  # a combining accent parts no word
_ACCENT = re.compile("[\u0300-\u036f]")
_APOSTROPHE = "ʼ"
"""A letter by its class, and in Ukrainian texts an apostrophe."""

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

_PAGES = ("ascii", "cp1252", "cp1250", "cp1251", "cp1257", "cp1254", "cp1253")
"""Code pages, the likeliest first: nearly every text has all its letters in one of them."""

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


def spans(text: str, words: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return where some folded words of a text, by their numbers, stand in it: start and end, in characters.

    Apostrophes, hyphens and underscores part words.
    """
    if not words:
        return {}
    for page in _PAGES:
        with suppress(UnicodeEncodeError):
            return _spans_bytes(text.encode(page).translate(_page(page)[0]), sorted(words))
    found = list(islice(_spans(text), max(words) + 1))
    return {word: found[word] for word in words}


def _spans_bytes(letters: bytes, words: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Do so where every character is one byte, at a tenth of what it costs to look at word after word."""
    found, rest, passed = {}, letters.lstrip(), 0
    for word in words:
        if word > passed:
            rest, passed = rest.split(None, word - passed)[-1], word
        start, size = len(letters) - len(rest), rest.find(b" ")
        found[word] = start, start + (size if size >= 0 else len(rest))
    return found


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for match in _TOKEN.finditer(text):
        word, start = match.group(), match.start()
        if word.isascii():
            yield match.span()
            continue
        parts = _parts(word) if _UNPARTED.search(word) else ((0, len(word)),)
        yield from ((start + a, start + b) for a, b in parts if _token(word[a:b]))


def folded(text: str) -> tuple[str, ...]:
    """Return the folded words of a text in order."""
    if text.isascii() and text.isalnum():
        return (text.lower(),)
    return tuple(_joined(text).split())


def _cut(word: str) -> str:
    return _tokens(word) if len(word) > _KEPT else _tokens_kept(word)


def _joined(text: str) -> str:
    """Return the folded words of a text, joined by single spaces."""
    for page in _PAGES:
        with suppress(UnicodeEncodeError):
            return _joined_bytes(text.encode(page, _BETWEEN), page)
    words = (word if word.isascii() else _cut(word) for word in _TOKEN.findall(text.lower()))
    return " ".join(filter(None, words))


def _joined_bytes(text: bytes, page: str) -> str:
    """Do the same for a text in a code page, at a fifth of what it costs word by word."""
    bare, spelled = _page(page)
    spaced = text.translate(bare)
    while b"  " in spaced:
        spaced = spaced.replace(b"  ", b" ")
    said = spaced.strip().decode(page)
    for letter, spelling in spelled:
        said = said.replace(letter, spelling)
    return said


@cache
def _page(page: str) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Return what each byte of a code page folds to, and how letters are spelled that fold to no byte."""
    bare = bytearray(b" " * 256)
    spelled = []
    for code in range(256):
        letter = bytes([code]).decode(page, "replace")
        spelling = fold(letter) if letter.isalnum() else " "
        byte = spelling.encode(page, "ignore")
        if len(byte) != 1:
            spelled.append((letter, spelling))
        bare[code] = byte[0] if len(byte) == 1 else code
    return bytes(bare), tuple(spelled)


def _between(error: UnicodeError) -> tuple[str, int]:
    """Stand in for what a code page has not got and no word has: marks part words, accents do not."""
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101  # the handler is for encoding
    marks = error.object[error.start : error.end]
    if any(map(str.isalnum, marks.replace(_APOSTROPHE, "").casefold())):
        raise error
    return "".join("" if _ACCENT.match(mark) else " " for mark in marks), error.end


_BETWEEN = "monitor.words.between"
codecs.register_error(_BETWEEN, _between)


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


@lru_cache(1 << 15)
def number_of(term: str) -> int:
    """Return a term as 64 bits, the same in every process."""
    return digest(term.encode())


def digest(of: bytes) -> int:
    """Return bytes as 64 bits."""
    return int.from_bytes(blake2b(of, digest_size=8).digest(), "big", signed=True)
