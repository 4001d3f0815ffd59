"""Cyrillic names in Latin letters, as passports and newspapers write them.

Ukrainian by the cabinet's resolution 55 of 2010, Russian as passports have it (ICAO Doc 9303), and both as
anyascii does. Only what begins with a capital is a name: "дим" (smoke) must not find "dim".
"""

from collections.abc import Iterator, Mapping

from anyascii import anyascii

from monitor.words import folded

_LEAST = 4
"""How many letters a name has at least; shorter ones are words of other languages too often."""

_SHARED = {
    "а": "a", "б": "b", "в": "v", "д": "d", "е": "e", "ж": "zh", "з": "z", "й": "i", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu", "я": "ia",
}  # fmt: skip
_UKRAINIAN: Mapping[str, str] = _SHARED | {
    "г": "h", "ґ": "g", "є": "ie", "и": "y", "і": "i", "ї": "i",
}  # fmt: skip
_UKRAINIAN_FIRST: Mapping[str, str] = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_RUSSIAN: Mapping[str, str] = _SHARED | {"г": "g", "ё": "e", "и": "i", "ы": "y", "э": "e", "ъ": "ie"}
_ONLY_UKRAINIAN, _ONLY_RUSSIAN = frozenset("ґєії"), frozenset("ёыэъ")


def transliterations(text: str) -> tuple[tuple[str, ...], ...]:
    """Return how a name in Cyrillic letters is written in Latin ones, folded; nothing for another text."""
    if text.isascii():
        return ()
    words = text.replace("’", "'").replace("ʼ", "'").split()
    if not words or not all(map(_is_name, words)):
        return ()
    ways = (folded(" ".join(made)) for made in zip(*map(_ways, words), strict=True))
    return tuple(dict.fromkeys(filter(None, ways)))


def _is_name(word: str) -> bool:
    letters = [letter for letter in word.lower() if letter.isalpha()]
    known = _UKRAINIAN.keys() | _RUSSIAN.keys()
    return word[:1].isupper() and len(letters) >= _LEAST and all(letter in known for letter in letters)


def _ways(word: str) -> Iterator[str]:
    bare = word.lower().replace("'", "")
    yield _by(bare, _RUSSIAN if _ONLY_RUSSIAN & set(bare) else _UKRAINIAN, _UKRAINIAN_FIRST)
    yield _by(bare, _UKRAINIAN if _ONLY_UKRAINIAN & set(bare) else _RUSSIAN, {})
    yield anyascii(bare).replace("'", "")


def _by(word: str, table: Mapping[str, str], first: Mapping[str, str]) -> str:
    begun = first.get(word[0]) if table is _UKRAINIAN else None
    rest = word.replace("зг", "zgh") if table is _UKRAINIAN else word
    made = "".join(table.get(letter, letter) for letter in rest)
    return begun + "".join(table.get(letter, letter) for letter in rest[1:]) if begun else made
