"""The inflected forms of words, from simplemma's dictionaries.

`packing` brings a dictionary into the order that is needed here, once per machine, in a file of the user's
cache. Without such a file there is no harm but that words stand for themselves alone.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from monitor.forms.packing import SPACE, Families, nothing_known, opened

__all__ = ["DEFAULT", "LANGUAGES", "Forms", "cache_folder"]

LANGUAGES = (
    "ar", "ast", "bg", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "ga", "gl",
    "hbs", "he", "hi", "hu", "hy", "id", "is", "it", "ka", "la", "lb", "lt", "lv", "mk", "ms", "nb", "nl",
    "nn", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sv", "sw", "tl", "tr", "uk",
)  # fmt: skip
"""Languages of living news whose forms are known."""

DEFAULT = ("en", "uk", "ru", "pl", "de")
"""The languages of the shipped topics, and the largest beside them."""

_CYRILLIC = frozenset({"bg", "mk", "ru", "uk"})


class Forms:
    """The forms of folded words in some languages; a language's file is made when it is first asked for."""

    def __init__(self, languages: Sequence[str], folder: Path | None = None) -> None:
        self._languages = tuple(languages)
        self._folder = folder or cache_folder()
        self._families: dict[str, Families] = {}

    def __call__(self, word: str) -> tuple[str, ...]:
        """Return the other forms of a word; one with an apostrophe is several words by our cut: об єкт.

        A word of some languages is taken as these know it ("war" is English, though a form of German "sein");
        one that is nowhere a word's first form is taken as a form wherever it is one. What is a word of its
        own in the first of these languages is no form from another: Polish "war" has a form "wary".
        """
        asked = word.replace(" ", SPACE)
        found = [(language, list(self._find(language, asked))) for language in self._languages_of(word)]
        first = [(language, [one for one in many if one[0] == asked]) for language, many in found]
        chosen = [pair for pair in first if pair[1]] or [pair for pair in found if pair[1]]
        forms = self._unambiguous(chosen)
        spoken = (form.replace(SPACE, " ").strip() for form in forms)
        return tuple(dict.fromkeys(form for form in spoken if form not in {"", word}))

    def prepare(self) -> None:
        """Make the files of all the languages that are missing."""
        for language in self._languages:
            self._find(language, "")

    def _unambiguous(self, chosen: Sequence[tuple[str, list[Sequence[str]]]]) -> Iterator[str]:
        for place, (_, families) in enumerate(chosen):
            for form in chain.from_iterable(families):
                if place == 0 or not self._is_word(chosen[0][0], form):
                    yield form

    def _is_word(self, language: str, word: str) -> bool:
        return any(family[0] == word for family in self._find(language, word))

    def _languages_of(self, word: str) -> Iterator[str]:
        cyrillic = "\u0400" <= word[:1] <= "\u052f"
        return (language for language in self._languages if (language in _CYRILLIC) is cyrillic)

    def _find(self, language: str, word: str) -> Sequence[Sequence[str]]:
        if language not in self._families:
            self._families[language] = _opened(language, self._folder)
        return self._families[language](word)


def cache_folder() -> Path:
    """Return where files are kept that can be made again: $MONITOR_CACHE, else where the system has them."""
    if own := os.environ.get("MONITOR_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "monitor"


def _opened(language: str, folder: Path) -> Families:
    try:
        return opened(language, folder, _say)
    except (OSError, ImportError, ValueError) as error:
        _say(f"the forms of words of {language!r} are not known, so its words stand for themselves: {error}")
        return nothing_known


def _say(sentence: str) -> None:
    sys.stderr.write(f"monitor: {sentence}\n")
    sys.stderr.flush()
