"""How alike groups of stories are: more alike between them than within them, they are one event.

The likeness of two stories is 0.6 of the cosine of their weighted terms and 0.4 of that of their meanings, of
which what all stories of a kind share is taken away: any two about one war are alike. All that is needed of
a group are the sums of its stories' vectors, so that any group costs the same.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from monitor.model.events import Background, KnownEvent, Member
from monitor.profiles.background import Scale
from monitor.profiles.centres import Centres
from monitor.profiles.lexicon import Vector
from monitor.profiles.making import unpacked

WORDS = 0.6
MEANING = 1 - WORDS
"""0.6 and 0.4: any share of meaning from 0.3 to 0.5 gives the same within 0.01; none loses 0.1 on UCI."""

EXPECTED = 0.2
"""How alike two stories of one event are before any are seen; the guess is worth so many pairs of stories."""
GUESS = 3

GROWTH = 0.1
"""How much an event that is e times as large as a group draws it: large events are told from many sides."""

LEAST = 0.06
"""How alike two groups must be at least; without it F1 on UCI is 0.012 lower."""

TIGHT = 0.18
"""How alike the stories within two groups must be on the whole, nearly what is expected: to a loose event
everything is alike enough. Without it one had a third of what a week told of a war, with it under a fifth."""

HALVED = 3.0
"""After so many days of silence a story must be twice as alike; a week later it is mostly another event's."""


@dataclass(frozen=True, slots=True)
class Mass:
    """A group of stories as the sums of their vectors, of which each is one long.

    square is the square of the sum's length; first and last are when its stories are from, in days.
    """

    size: int
    terms: Mapping[str, float]
    meaning: Vector
    square: float
    first: float
    last: float

    @property
    def share(self) -> float:
        """Return how long the terms of a single story are: its meaning, if it has any, has the rest."""
        return _ROOT_WORDS if self.meaning.any() else 1.0

    @property
    def within(self) -> float:
        """Return the sum of the likenesses of the group's pairs."""
        return (self.square - self.size) / 2


class Masses:
    """The masses of stories and events against one background; those last asked for are kept."""

    def __init__(self, background: Background) -> None:
        self.scale = Scale(background)
        self._centres = Centres(background.centres)
        self._kept: dict[int, tuple[Member, Mass]] = {}
        self._events: dict[int, tuple[KnownEvent, dict[int, Mass], Mass]] = {}

    def __call__(self, story: Member) -> Mass:
        """Return the mass of a story."""
        if not self._keeps(story):
            self.weigh([story])
        kept = self._kept[story.story_id] = self._kept.pop(story.story_id)
        return kept[1]

    def weigh(self, stories: Iterable[Member]) -> None:
        """Weigh those of many stories that are not kept: together takes half of the time of one by one."""
        missing = [one for one in stories if not self._keeps(one)]
        meanings = self._centres.own(unpacked([one.profile.vector for one in missing])) * _ROOT_MEANING
        for one, meaning in zip(missing, meanings, strict=True):
            self._kept[one.story_id] = one, self._mass(one, meaning.copy())
        while len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]

    def events(self, known: Sequence[KnownEvent]) -> Iterator[tuple[Mapping[int, Mass], Mass]]:
        """Yield the masses of each event's stories by their ids, and that of all of them."""
        self.weigh(chain.from_iterable(one.members for one in known if not self._keeps_event(one)))
        for one in known:
            if not self._keeps_event(one):
                masses = {member.story_id: self(member) for member in one.members}
                self._events[one.id] = one, masses, together(masses.values())
            kept = self._events[one.id] = self._events.pop(one.id)
            if len(self._events) > _KEPT // 2:
                del self._events[next(iter(self._events))]
            yield kept[1:]

    def _keeps(self, story: Member) -> bool:
        kept = self._kept.get(story.story_id)
        return kept is not None and (kept[0] is story or kept[0] == story)

    def _keeps_event(self, known: KnownEvent) -> bool:
        kept = self._events.get(known.id)
        return kept is not None and kept[0] is known

    def _mass(self, story: Member, meaning: Vector) -> Mass:
        day = story.at.timestamp() / _DAY
        terms = self.scale.weigh(story.profile, _ROOT_WORDS if meaning.any() else 1)
        return Mass(1, terms, meaning, 1.0, day, day)


_DAY = 86_400
_KEPT = 10_000
"""Forty megabytes; a turn needs those of some hundreds of stories, and the next mostly the same."""

_ROOT_WORDS = math.sqrt(WORDS)
_ROOT_MEANING = math.sqrt(MEANING)
_ROUNDING = 1e-9


def together(masses: Iterable[Mass]) -> Mass:
    """Return the mass of several groups together."""
    first, *others = masses
    if not others:
        return first
    terms = dict(first.terms)
    meaning = first.meaning.copy()
    for one in others:
        meaning += one.meaning
        for term, value in one.terms.items():
            terms[term] = terms.get(term, 0.0) + value
    groups = (first, *others)
    values = np.fromiter(terms.values(), np.float64, len(terms))
    return Mass(
        sum(one.size for one in groups),
        terms,
        meaning,
        float(values @ values) + float(meaning @ meaning),
        min(one.first for one in groups),
        max(one.last for one in groups),
    )


def joined(one: Mass, other: Mass, across: float) -> Mass:
    """Return the mass of two groups together, given the sum of the likenesses between them."""
    few, many = (one, other) if len(one.terms) < len(other.terms) else (other, one)
    terms = dict(many.terms)
    terms.update({term: value + terms.get(term, 0.0) for term, value in few.terms.items()})
    return Mass(
        one.size + other.size,
        terms,
        one.meaning + other.meaning,
        one.square + other.square + 2 * across,
        min(one.first, other.first),
        max(one.last, other.last),
    )


def between(one: Mass, other: Mass) -> float:
    """Return the sum of the likenesses of each story of the one with each of the other."""
    few, many = (one, other) if len(one.terms) < len(other.terms) else (other, one)
    theirs = many.terms
    shared = sum([value * theirs[term] for term, value in few.terms.items() if term in theirs])
    return shared + float(np.dot(one.meaning, other.meaning))


def score(one: Mass, other: Mass) -> float:
    """Return how much two groups are one event: from ONE_EVENT on they are."""
    likeness = between(one, other) / (one.size * other.size)
    silence = max(0.0, one.first - other.last, other.first - one.last)
    growth = abs(math.log(one.size / other.size))
    faded = likeness * math.exp2(-silence / HALVED)
    pairs = pairs_of(one.size) + pairs_of(other.size)
    return float(scored(faded, one.within + other.within, pairs, growth))


def scored(faded: Any, within: Any, pairs: Any, growth: Any) -> Any:
    """Score two groups, or one and an array of others, by the formula of which docs/decisions.md tells.

    faded is the mean likeness between them, halved for each HALVED days of silence; within is the sum of
    those within both, pairs how many these are, growth the logarithm of how many times as large the one is.
    """
    inner = _inner(within, pairs)
    return _rated(faded, inner, growth) * (faded >= LEAST) * (inner >= TIGHT)


def _inner(within: Any, pairs: Any) -> Any:
    return (within + 2 * GUESS * EXPECTED) / (pairs + 2 * GUESS)


def _rated(faded: Any, inner: Any, growth: Any) -> Any:
    return faded / inner + GROWTH * growth


def pairs_of(size: Any) -> Any:
    """Return how many pairs so many stories make."""
    return size * (size - 1) / 2


def membership(one: Mass, event: Mass) -> tuple[float, dict[str, float]]:
    """Score a story with the others of its event, and return what each term that they share adds to it."""
    others = between(one, event) - one.square
    size = event.size - one.size
    terms = {term: value * (event.terms[term] - value) for term, value in one.terms.items()}
    pairs = pairs_of(one.size) + pairs_of(size)
    growth = abs(math.log(one.size / size))
    value = _rated(others / (one.size * size), _inner(event.within - others, pairs), growth)
    return value, {term: product for term, product in terms.items() if product > _ROUNDING}
