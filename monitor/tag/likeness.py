"""Score stories by how much they are about what topics gather, many stories against all topics at once.

Terms go through an inverted index of what each is worth to which topic; directions are one product of two
matrices. The nearest seed and the terms that tell cost more, and are looked for on demand.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from monitor.model.events import Profile
from monitor.model.topics import Likeness
from monitor.tag.gathering import Gathering, Line, Seed
from monitor.tag.sample import Rows, Sample, Vector, directions

_STEEPNESS = 3.0
"""How fast the score rises: 0.05 for the archive's average story, 0.5 on the border, 0.95 twice as far."""

_FAR = 30.0
"""Beyond, the exponential overflows and the score is 0 or 1 all the same."""

_MOST_TERMS = 8
_TELLING = 0.1
"""A term that is worth less than a tenth of the best one is no reason: "on" and "s" of a Reuters lead."""


class Gatherings:
    """What all topics gather, against one sample of the archive; cheap to build when one of them changes."""

    def __init__(self, sample: Sample, gatherings: Iterable[Gathering]) -> None:
        self._gatherings = tuple(gatherings)
        self.names = tuple(one.name for one in self._gatherings)
        self._scale = sample.scale
        self._index = _Index([sample.typical_terms, *(one.terms for one in self._gatherings)])
        self._directions = np.array([one.direction for one in self._gatherings], np.float32)
        self._typical = np.array([one.typical for one in self._gatherings], np.float32)
        self._whole = _lines(one.whole for one in self._gatherings)
        self._worded = _lines(one.worded for one in self._gatherings)

    def scores(self, profiles: Sequence[Profile]) -> Vector:
        """Return how like each story (row) is to each topic (column), from 0 to 1: on the border 0.5."""
        if not profiles or not self._gatherings:
            return np.zeros((len(profiles), len(self._gatherings)), np.float32)
        worth = self._index.summed([self._scale.weighed(one) for one in profiles])
        terms = worth[:, 1:] - worth[:, :1] * self._typical
        found = directions(profiles)
        meaning = found @ self._directions.T
        whole = terms * self._whole[0] + meaning * self._whole[1] + self._whole[2]
        worded = terms * self._worded[0] + self._worded[2]
        above = np.where(found.any(axis=1, keepdims=True), whole, worded)
        scores: Vector = 1 / (1 + np.exp(np.clip(-_STEEPNESS * above, -_FAR, _FAR)))
        return scores

    def explain(self, profile: Profile, topic: int, score: float) -> Likeness:
        """Return the evidence for a score of the topic of that number: nearest seed and telling terms."""
        one = self._gatherings[topic]
        weighed = self._scale.weighed(profile)
        told = {term: value * one.terms[term] for term, value in weighed.items() if term in one.terms}
        direction = directions([profile])[0]
        nearest = max(
            one.seeds, key=lambda seed: _near(weighed, direction, one.seeds[seed], one.whole), default=""
        )
        least = max(told.values(), default=0.0) * _TELLING
        telling = sorted((term for term in told if told[term] >= least), key=lambda term: (-told[term], term))
        return Likeness(round(score, 4), nearest, tuple(telling[:_MOST_TERMS]))


def _near(terms: Mapping[str, float], direction: Vector, seed: Seed, line: Line) -> float:
    shared = sum(value * seed.terms.get(term, 0.0) for term, value in terms.items())
    return shared * line.terms + float(direction @ seed.direction) * line.meaning


def _lines(lines: Iterable[Line]) -> Vector:
    return np.array([(one.terms, one.meaning, one.offset) for one in lines], np.float32).T


class _Index:
    """What terms are worth to whom, found by the term."""

    def __init__(self, worth: Sequence[Mapping[str, float]]) -> None:
        self._owners = len(worth)
        posted: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for owner, terms in enumerate(worth):
            for term, value in terms.items():
                posted[term].append((owner, value))
        self._numbers = {term: number for number, term in enumerate(posted)}
        self._starts = np.cumsum([0, *map(len, posted.values())])
        self._owner = np.array([owner for posts in posted.values() for owner, _ in posts], np.int64)
        self._value = np.array([value for posts in posted.values() for _, value in posts], np.float32)

    def summed(self, stories: Sequence[Mapping[str, float]]) -> Vector:
        """Return what each story's terms are worth together (a row) to each owner (a column)."""
        numbers = self._numbers
        known = [{term: value for term, value in one.items() if term in numbers} for one in stories]
        rows = Rows(known, numbers)
        starts = self._starts[rows.terms]
        counts = self._starts[rows.terms + 1] - starts
        ends = np.cumsum(counts)
        posts = np.arange(counts.sum()) + np.repeat(starts - ends + counts, counts)
        cell = np.repeat(rows.rows, counts) * self._owners + self._owner[posts]
        values = np.repeat(rows.values, counts) * self._value[posts]
        found = np.bincount(cell, values, len(stories) * self._owners)
        return found.reshape(len(stories), self._owners).astype(np.float32)
