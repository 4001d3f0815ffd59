"""Edits that a text goes through from one publisher to the next, made by a seeded hand."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_PREFIXES = ("LONDON, Dec 19 (Reuters) - ", "WASHINGTON (AP) — ", "BERLIN, 19 December (dpa) -- ")
_TAILS = (
    " Reporting by A. Writer in London; editing by B. Editor. Our standards: the principles of trust.",
    " This article was originally published by the agency. Sign up for our morning newsletter here.",
    " © 2026 The publisher. All rights reserved. This material may not be rewritten or redistributed.",
)


@dataclass(frozen=True, slots=True)
class Text:
    """A title and its body."""

    title: str
    body: str


Edit = Callable[[Text, random.Random, Sequence[str]], Text]


def _dropped(of: Text, by: random.Random, _words: Sequence[str]) -> Text:
    sentences = _SENTENCE.split(of.body)
    if len(sentences) > 2:
        sentences.pop(by.randrange(len(sentences)))
    return Text(_retitled(of.title, by), " ".join(sentences))


def _replaced(of: Text, by: random.Random, words: Sequence[str], share: float) -> Text:
    said = (by.choice(words) if by.random() < share else word for word in of.body.split())
    return Text(_retitled(of.title, by), " ".join(said))


def _retitled(title: str, by: random.Random) -> str:
    words = title.split()
    if len(words) > 3:
        words.pop(by.randrange(len(words)))
    return " ".join(words)


def _wired(of: Text, by: random.Random, _words: Sequence[str]) -> Text:
    return Text(_retitled(of.title, by), by.choice(_PREFIXES) + of.body + by.choice(_TAILS))


def _cut(of: Text, by: random.Random, _words: Sequence[str]) -> Text:
    words = of.body.split()
    return Text(_retitled(of.title, by), " ".join(words[: len(words) * 6 // 10]))


def _summary(of: Text, by: random.Random, _words: Sequence[str]) -> Text:
    """Cut to the first sentences, some 35 words."""
    said: list[str] = []
    for sentence in _SENTENCE.split(of.body):
        said += sentence.split()
        if len(said) >= 25:
            break
    return Text(_retitled(of.title, by), " ".join(said[:60]))


EDITS: Mapping[str, Edit] = {
    "sentence dropped, retitled": _dropped,
    "5 % of words replaced": lambda of, by, words: _replaced(of, by, words, 0.05),
    "10 % of words replaced": lambda of, by, words: _replaced(of, by, words, 0.10),
    "wire prefix and tail, retitled": _wired,
    "cut to 60 %": _cut,
    "summary for full text, retitled": _summary,
}
