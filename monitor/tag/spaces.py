"""The two spaces in which a topic is learnt: in one a story is its weighted terms, in one its direction.

In both, rows are the topic's own stories, others that are given, and the archive's sample, in this order.
A topic is a sum of rows, each taken with its share; all rows are then compared with it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from monitor.model.events import Profile
from monitor.tag.sample import Rows, Sample, Vector, directions

_MEANING = 1.5
"""How much meaning counts beside terms, both standardised: from 1 to 3 mean AP is the same within 0.01."""

_GUESSED = 1_000
"""So many stories the guess of how like news is to a topic is worth. Where nothing in the archive is like the
topic, its spread is narrow: with 200, twice as many items from before the war were on the shipped topics."""

_AGREEMENT = 0.3
"""The guess of how much likeness in terms and in meaning agree."""

_NARROWEST = 0.93
"""The least spread of both together, as a part of the guess: that of the narrowest tenth of NYT's topics."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """What part each row has in a topic: the first rows are given, the others the archive's."""

    rows: Vector
    given: int


class Space(Protocol):
    """Rows of stories that can be summed and compared.

    usual is the guess of the mean and the spread of the likeness of news to a topic, and the least spread.
    """

    usual: tuple[float, float, float]

    def sum(self, shares: Vector) -> Vector:
        """Return the sum of all rows, each taken with its share, as long as it comes."""

    def like(self, topic: Vector) -> Vector:
        """Return how like every row is to a topic."""


class InTerms:
    """Stories as weighted terms."""

    usual = (0.05, 0.045, 0.02)

    def __init__(self, given: Sequence[Profile], sample: Sample) -> None:
        self.numbers = dict(sample.numbers)
        self.weighed = [sample.scale.weighed(one) for one in given]
        self._given = Rows(self.weighed, self.numbers)
        self._sample = sample.rows
        self._typical = np.zeros(len(self.numbers), np.float32)
        self._typical[: len(sample.typical)] = sample.typical

    def sum(self, shares: Vector) -> Vector:
        """Return the sum of all rows, each taken with its share."""
        given, size = len(self.weighed), len(self.numbers)
        found = self._given.summed(shares[:given], size)
        return found + self._sample.summed(shares[given:], size) if shares[given:].any() else found

    def like(self, topic: Vector) -> Vector:
        """Return how like every row is to a topic; what the archive shares counts against it."""
        against = topic - self._typical
        return np.concatenate([self._given.times(against), self._sample.times(against)])


class InMeaning:
    """Stories as directions, without what the archive shares, whitened."""

    usual = (0.05, 0.11, 0.1)

    def __init__(self, given: Sequence[Profile], sample: Sample) -> None:
        self._given = sample.centred(directions(given))
        self._sample = sample.directions
        self._whitening = sample.whitening
        self.whitened = self._given @ sample.whitening

    def sum(self, shares: Vector) -> Vector:
        """Return the whitened sum of all rows, each taken with its share."""
        given = len(self._given)
        sampled = np.flatnonzero(shares[given:])
        summed = shares[:given] @ self._given + shares[given:][sampled] @ self._sample[sampled]
        found: Vector = self._whitening @ summed
        return found

    def like(self, topic: Vector) -> Vector:
        """Return how like every row is to a topic."""
        return np.concatenate([self._given @ topic, self._sample @ topic])


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A topic in one space, one long, and how like it all rows are, in spreads of the archive above its mean.

    length is how long the sum was.
    """

    topic: Vector
    length: float
    mean: float
    spread: float
    scores: Vector


def _side(space: Space, shares: Shares) -> Side:
    summed = space.sum(shares.rows)
    length = float(np.linalg.norm(summed)) or 1.0
    likeness = space.like(summed) / length
    mean, spread = _moments(likeness[shares.given :], *space.usual)
    return Side(summed / length, length, mean, spread, ((likeness - mean) / spread).astype(np.float32))


def _moments(values: Vector, mean: float, spread: float, least: float) -> tuple[float, float]:
    """Return mean and spread of the archive's values, and of as many more as the guess is worth.

    Where nothing in the archive is like a topic, they lie close together, and the nearest of them far off: so
    there is a least spread.
    """
    size = len(values) + _GUESSED
    found = (float(values.sum()) + _GUESSED * mean) / size
    squares = float(((values - found) ** 2).sum()) + _GUESSED * (spread**2 + (mean - found) ** 2)
    return found, max(math.sqrt(squares / size), least)


class Joint:
    """A topic in both spaces, and how like it all rows are, in spreads of the archive above its mean."""

    def __init__(self, terms: Space, meaning: Space, shares: Shares) -> None:
        self.terms, self.meaning = _side(terms, shares), _side(meaning, shares)
        self._weight = _MEANING if self.meaning.topic.any() else 0.0
        both = self.terms.scores + self._weight * self.meaning.scores
        usual = math.sqrt(1 + self._weight**2 + 2 * _AGREEMENT * self._weight)
        self._mean, self._spread = _moments(both[shares.given :], 0.0, usual, _NARROWEST * usual)
        self.scores = ((both - self._mean) / self._spread).astype(np.float32)

    @property
    def worded(self) -> tuple[float, float, float]:
        """Return what makes a score of terms alone: their weight, that of meaning, and what is added."""
        return 1 / self.terms.spread, 0.0, -self.terms.mean / self.terms.spread

    def weights(self, centre: float) -> tuple[float, float, float]:
        """Return what makes a score of both; centre is the likeness of the archive's centre in meaning."""
        terms = 1 / (self.terms.spread * self._spread)
        meaning = self._weight / (self.meaning.spread * self._spread)
        means = self.terms.mean * terms + (self.meaning.mean + centre) * meaning
        return terms, meaning, -means - self._mean / self._spread
