"""The two spaces in which a topic is learnt: a story in one is its weighted terms, in the other its direction.

In both, rows are the topic's own stories, those marked as off topic, and the archive's sample, in this order.
A topic is a sum of rows, each taken with its share; all rows are then compared with it.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from monitor.model import Profile
from monitor.tag.sample import Rows, Sample, Vector, directions


class Space(Protocol):
    """Rows of stories that can be summed and compared.

    alone says how like each of the given rows is to itself, common how like to what the archive shares. usual is
    the mean and the spread of the likeness of any news to a topic, where there is no archive.
    """

    alone: Vector
    common: Vector
    usual: tuple[float, float]

    def sum(self, shares: Vector) -> Vector:
        """Return the sum of all rows, each taken with its share, as long as it comes."""

    def like(self, topic: Vector) -> Vector:
        """Return how like every row is to a topic."""


class InTerms:
    """Stories as weighted terms."""

    usual = (0.02, 0.022)

    def __init__(self, given: Sequence[Profile], sample: Sample) -> None:
        self.numbers = dict(sample.numbers)
        self.weighed = [sample.scale.weighed(one) for one in given]
        self._given = Rows(self.weighed, self.numbers)
        self._sample = sample.rows
        self._typical = np.zeros(len(self.numbers), np.float32)
        self._typical[: len(sample.typical)] = sample.typical
        self.alone = np.array([bool(one) for one in self.weighed], np.float32)
        self.common = self._given.times(self._typical)

    def sum(self, shares: Vector) -> Vector:
        """Return the sum of all rows, each taken with its share."""
        given, size = len(self.weighed), len(self.numbers)
        return self._given.summed(shares[:given], size) + self._sample.summed(shares[given:], size)

    def like(self, topic: Vector) -> Vector:
        """Return how like every row is to a topic; what the archive shares counts against it."""
        against = topic - self._typical
        return np.concatenate([self._given.times(against), self._sample.times(against)])


class InMeaning:
    """Stories as directions, without what the archive shares, whitened."""

    usual = (0.06, 0.1)

    def __init__(self, given: Sequence[Profile], sample: Sample) -> None:
        self._given = sample.centred(directions(given))
        self._sample = sample.directions
        self._whitening = sample.whitening
        self.whitened = self._given @ sample.whitening
        self.alone = (self.whitened * self._given).sum(axis=1)
        self.common = np.zeros(len(given), np.float32)

    def sum(self, shares: Vector) -> Vector:
        """Return the whitened sum of all rows, each taken with its share."""
        given = len(self._given)
        summed: Vector = shares[:given] @ self._given + shares[given:] @ self._sample
        found: Vector = self._whitening @ summed
        return found

    def like(self, topic: Vector) -> Vector:
        """Return how like every row is to a topic."""
        return np.concatenate([self._given @ topic, self._sample @ topic])
