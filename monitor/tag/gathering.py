"""What a topic gathers, learnt from its seeds, from what a person marked, and from the archive.

The method is topic tracking as relevance feedback: the mean of the seeds, moved towards the archive's
stories that are most like them and away from what was marked as off topic (Rocchio 1971), in two
spaces at once, those of terms and of meaning. How like the seeds are to one another says from which
likeness on a story is on topic.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.model import Profile
from monitor.tag.sample import PRIOR, Sample, Vector
from monitor.tag.spaces import InMeaning, InTerms, Space

_MEANING = 1.5
"""How much meaning counts beside terms, both standardised: from 1 to 3 mean AP is the same within 0.01."""

_FEEDBACK = 6.0
"""The archive's stories that are most like the seeds are together worth six seeds."""

_FED = 0.03
_MOST_FED = 100
"""So many of the archive's stories are taken for that, the most alike; 50 or 200 give the same."""

_AGAINST = 0.5
"""What is marked as off topic never counts more than half of what is on topic."""

_AGREEMENT = 0.3
"""How much likeness in terms and in meaning agree, before there is an archive."""

_BORDER = 0.7
_BETWEEN = 0.8
_KNOWN = 10
"""On the border a story is as like the topic as 0.8 of what its seeds are to one another, if they are many; of few
that is not known well, and it is 0.7 times the archive's spread above its mean (ten seeds: half and half)."""

_MOST_TERMS = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """How likeness in terms and in meaning make one number: how far above the border, in the archive's spreads."""

    terms: float
    meaning: float
    offset: float


@dataclass(frozen=True, slots=True, eq=False)
class Seed:
    """A seed as a story's nearest is found: its weighted terms, one long, and its whitened direction."""

    terms: Mapping[str, float]
    direction: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Gathering:
    """What a topic gathers, compiled: `Gatherings` score with it.

    terms say what each is worth, typical what it costs to be like the archive's other stories; direction is
    where the topic lies. whole is for stories that have a direction, worded for those that have none.
    """

    name: str
    terms: Mapping[str, float]
    typical: float
    direction: Vector
    whole: Line
    worded: Line
    seeds: Mapping[str, Seed]


def gather(
    name: str,
    seeds: Mapping[str, Profile],
    sample: Sample,
    on: Sequence[Profile] = (),
    off: Sequence[Profile] = (),
) -> Gathering:
    """Learn what a topic gathers from its seeds and from what was marked as on and as off topic."""
    own = len(seeds) + len(on)
    given = [*seeds.values(), *on, *off]
    terms, meaning = InTerms(given, sample), InMeaning(given, sample)
    first = _Shares(own, len(off), sample.size)
    fed = first.fed(_Joint(_side(terms, first), _side(meaning, first), first).scores)
    joint = _Joint(_side(terms, fed), _side(meaning, fed), fed)
    return Gathering(
        name,
        _telling(terms, joint.terms.topic),
        1 / joint.terms.length,
        joint.meaning.topic,
        joint.line(float(sample.centre @ joint.meaning.topic)),
        joint.worded,
        {
            seed: Seed(words, whitened)
            for seed, words, whitened in zip(seeds, terms.weighed, meaning.whitened, strict=False)
        },
    )


def _telling(space: InTerms, topic: Vector) -> dict[str, float]:
    """Return what the terms of a topic are worth, the most telling ones."""
    told = np.flatnonzero(topic > 0)
    most = told[np.argsort(-topic[told], kind="stable")[:_MOST_TERMS]]
    names = list(space.numbers)
    return {names[number]: float(topic[number]) for number in most}


class _Shares:
    """What part each row has in a topic: its own rows, those off topic, the archive's.

    worth is how many own rows the archive's are worth together.
    """

    def __init__(
        self, own: int, off: int, sampled: int, fed: Vector | None = None, worth: float = 0.0
    ) -> None:
        self.own, self.off, self.worth = own, off, worth
        self.rows = np.zeros(own + off + sampled, np.float32)
        self.rows[:own] = 1 / (own + worth)
        self.rows[own : own + off] = -_AGAINST / (own + off)
        if fed is not None:
            self.rows[own + off :] = fed * worth / (own + worth)

    def fed(self, scores: Vector) -> "_Shares":
        """Return the shares with the archive's rows that are most like the topic, by their scores."""
        sampled = scores[self.own + self.off :]
        most = min(_MOST_FED, int(len(sampled) * _FED))
        if not most:
            return self
        least = np.partition(sampled, -most)[-most]
        above = np.maximum(sampled - least, 0)
        total = float(above.sum())
        if not total:
            return self
        worth = _FEEDBACK * min(1.0, most / 30)
        return _Shares(self.own, self.off, len(sampled), above / total, worth)


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """A topic in one space, one long, and how like it all rows are, in spreads above the mean of the archive.

    left_out is how like its own rows are, each to the topic without it. length is how long the sum was.
    """

    topic: Vector
    length: float
    mean: float
    spread: float
    scores: Vector
    left_out: Vector


def _side(space: Space, shares: _Shares) -> _Side:
    summed = space.sum(shares.rows)
    length = float(np.linalg.norm(summed)) or 1.0
    likeness = space.like(summed)
    own = shares.own
    weight, others = own + shares.worth, max(own - 1 + shares.worth, 1)
    alike = likeness[:own] + space.common[:own]
    left_out = (weight * alike - space.alone[:own]) / others - space.common[:own]
    mean, spread = _moments(likeness[own + shares.off :] / length, *space.usual)
    return _Side(
        summed / length,
        length,
        mean,
        spread,
        (likeness / length - mean) / spread,
        (left_out / length - mean) / spread,
    )


def _moments(values: Vector, mean: float, spread: float) -> tuple[float, float]:
    """Return mean and spread of the archive's values, with so many as the prior is worth."""
    size = len(values) + PRIOR
    found = (float(values.sum()) + PRIOR * mean) / size
    squares = float(((values - found) ** 2).sum()) + PRIOR * (spread**2 + (mean - found) ** 2)
    return found, math.sqrt(squares / size)


class _Joint:
    """A topic in both spaces: how far its rows, and any story, are above the border."""

    def __init__(self, terms: _Side, meaning: _Side, shares: _Shares) -> None:
        self.terms, self.meaning = terms, meaning
        self._weight = _MEANING if meaning.topic.any() else 0.0
        both = terms.scores + self._weight * meaning.scores
        usual = math.sqrt(1 + self._weight**2 + 2 * _AGREEMENT * self._weight)
        self._mean, self._spread = _moments(both[shares.own + shares.off :], 0.0, usual)
        self.scores = (both - self._mean) / self._spread
        left_out = terms.left_out + self._weight * meaning.left_out
        self._cut = _cut((left_out - self._mean) / self._spread)

    @property
    def worded(self) -> Line:
        """Return the line by which stories without a direction are scored."""
        return Line(1 / self.terms.spread, 0.0, -self.terms.mean / self.terms.spread - self._cut)

    def line(self, centre: float) -> Line:
        """Return the line by which other stories are scored; centre is how like the archive's centre is."""
        terms = 1 / (self.terms.spread * self._spread)
        meaning = self._weight / (self.meaning.spread * self._spread)
        means = self.terms.mean * terms + (self.meaning.mean + centre) * meaning
        return Line(terms, meaning, -means - self._mean / self._spread - self._cut)


def _cut(left_out: Vector) -> float:
    """Return the border, from how like a topic's own stories are to the topic without them."""
    known = len(left_out) / (len(left_out) + _KNOWN)
    return (1 - known) * _BORDER + known * _BETWEEN * float(left_out.mean())
