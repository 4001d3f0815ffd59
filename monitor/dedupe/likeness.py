"""Two wordings side by side: which words they share, and what in them clashes."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache

from monitor.dedupe.body import body_of, raw_body
from monitor.model.entries import Words
from monitor.words import fold, fold_words

_SHINGLE = 3
_COMPARED = 1000
"""How many words of a body are compared; a longer one is told from others by then."""
_NAME = re.compile(r"(?<![.!?:…\"“”«»]\s)(?<=\s)[^\W\d_a-z]\w+")
_SHOWN = 10


@dataclass(frozen=True)
class Reading:
    """A wording as it is compared: the folded words of title and body."""

    words: Words
    title: frozenset[str]
    body: tuple[str, ...]

    @cached_property
    def runs(self) -> tuple[int, ...]:
        """Return the hashes of every run of three words of the body, in order.

        They are made in a third of the time that the runs are; two equal ones by chance are one in 10^14.
        """
        said = self.body
        return tuple(map(hash, zip(said, said[1:], said[2:], strict=False)))

    @cached_property
    def shingles(self) -> frozenset[int]:
        """Return the runs that are different."""
        return frozenset(self.runs)

    @cached_property
    def marks(self) -> frozenset[str]:
        """Return what tells look-alikes apart: the body's numbers, and its names by their capitals."""
        raw = raw_body(self.words)[: _COMPARED * 8]
        numbers = {word for word in self.body if not word.isalpha()}
        if raw.isupper():
            return frozenset(numbers)
        spoken = set(self.body)
        names = {fold(word) for word in _NAME.findall(raw) if word[0].isupper()}
        return frozenset(numbers | (names & spoken))

    def beginning(self, words: int) -> "Reading":
        """Return the reading with the first words of its body only."""
        return Reading(self.words, self.title, self.body[:words])

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Return the numbers of the title."""
        return frozenset(word for word in self.title if not word.isalpha())


@lru_cache(maxsize=2048)
def read(words: Words) -> Reading:
    """Return a wording as it is compared; the wordings of a turn are compared again and again."""
    said = fold_words(words.title, words.summary, words.text)
    return Reading(words, frozenset(said.title.split()), tuple(body_of(words, said, _COMPARED)))


SOON = timedelta(hours=6)
"""Within this time an outlet's item in the same few words is another edition of it; serials are daily."""

SHORT = 40
"""A body of fewer words may be a serial's standing text."""


@dataclass(frozen=True, slots=True)
class Between:
    """How a new item stands to a known story, whatever they say: told by one outlet or two, how far apart.

    dated tells whether the item gives its time itself, else that is when it was first seen; elsewhere that
    others than its outlet tell the story.
    """

    same_outlet: bool
    apart: timedelta
    dated: bool
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """That two wordings are one story: how much of the shorter is in the longer, and the words that agree."""

    score: float
    evidence: str


def contained(short: Reading, long: Reading) -> float:
    """Return the share of the shorter body's runs of words that the longer has, 0 to 1."""
    return len(short.shingles & long.shingles) / len(short.shingles) if short.shingles else 0.0


def by_length(one: Reading, other: Reading) -> tuple[Reading, Reading]:
    """Return the shorter and the longer of two."""
    return (one, other) if len(one.shingles) <= len(other.shingles) else (other, one)


def clashing(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether each says something that the other does not: two values for one thing."""
    return bool(one - other) and bool(other - one)


def agreeing(short: Reading, long: Reading) -> str:
    """Return the beginning of the longest run of words that both bodies have."""
    begin = longest = 0
    found = slice(0, 0)
    shared = short.shingles & long.shingles
    for place, run in enumerate(short.runs):
        if run not in shared:
            begin = place + 1
        elif place - begin >= longest:
            longest, found = place - begin + 1, slice(begin, place + _SHINGLE)
    return " ".join(short.body[found][:_SHOWN])
