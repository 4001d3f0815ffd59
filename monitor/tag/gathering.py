"""What a topic gathers, learnt from its seeds, from what a person marked, and from the archive.

The method is topic tracking with relevance feedback (Rocchio 1971): the mean of the seeds, moved towards the
archive's stories that are most like them and away from what was marked as off topic, in two spaces at
once, those of terms and of meaning. Each seed is left out in turn, to see how like the topic it is without
it: that says from which likeness on a story is on topic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.model.events import Profile
from monitor.tag.border import border, lowered
from monitor.tag.sample import Sample, Vector
from monitor.tag.spaces import InMeaning, InTerms, Joint, Shares

_FEEDBACK = 6.0
"""The archive's stories that are most like the seeds are together worth six seeds; 3 and 10 give the same."""

_FED = 0.03
_MOST_FED = 100
_MANY_FED = 30
"""So many of the archive's stories are taken for that, the most alike; 50 or 200 give the same. Fewer than 30
are worth less."""

_FED_FROM = 1.5
"""None of them is nearer to the archive's mean than that; 0.5 gives the same, 2 less with three seeds."""

_ON = 1 / 3
_OFF = 0.25
_HALF_OFF = 3
"""What is marked as on topic is worth a third of a seed, since it is like the topic already: with a whole one
Reuters' topics got worse. What is off topic takes away a quarter of a topic at most, half of that with three
marks, so that it never erases one."""

_FOLDS = 5
"""Seeds are left out one by one; of more than five, a fifth at a time."""

_MOST_TERMS = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """How likeness in terms and in meaning make one number: 0 on the border, -1 for the archive's mean."""

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
    """Learn what a topic gathers from its seeds, one at least, and from what was marked as on and off."""
    own = len(seeds) + len(on)
    given = [*seeds.values(), *on, *off]
    terms, meaning = InTerms(given, sample), InMeaning(given, sample)
    known = [row for row in map(sample.places.get, given) if row is not None]
    learner = _Learner(terms, meaning, len(given), sample.size, known)
    joint = learner.joint([1.0] * len(seeds))
    archive = np.delete(joint.scores[len(given) :], known)
    cut = lowered(border(learner.left_out(len(seeds)), archive), joint.scores[len(seeds) : own])
    if on or off:
        parts = [1.0] * len(seeds) + [_ON] * len(on)
        joint = learner.joint([*parts, *[-_OFF * sum(parts) / (len(off) + _HALF_OFF)] * len(off)])
    pairs = zip(seeds, terms.weighed, meaning.whitened, strict=False)
    return Gathering(
        name,
        _telling(terms, joint.terms.topic),
        1 / joint.terms.length,
        joint.meaning.topic,
        _line(joint.weights(float(sample.centre @ joint.meaning.topic)), cut),
        _line(joint.worded, cut),
        {seed: Seed(words, direction) for seed, words, direction in pairs},
    )


def _line(weights: tuple[float, float, float], cut: float) -> Line:
    """Return the line of weights that give spreads above the archive's mean, so that the cut is 0."""
    terms, meaning, offset = weights
    return Line(terms / cut, meaning / cut, offset / cut - 1)


def _telling(space: InTerms, topic: Vector) -> dict[str, float]:
    """Return what the terms of a topic are worth, the most telling ones."""
    told = np.flatnonzero(topic > 0)
    most = told[np.argsort(-topic[told], kind="stable")[:_MOST_TERMS]]
    names = list(space.numbers)
    return {names[number]: float(topic[number]) for number in most}


@dataclass(frozen=True, slots=True, eq=False)
class _Learner:
    """What makes a topic of given rows and of the archive's, of which known are given as well."""

    terms: InTerms
    meaning: InMeaning
    given: int
    sampled: int
    known: Sequence[int]

    def joint(self, parts: Sequence[float]) -> Joint:
        """Return the topic of the first given rows, each with its part, and of what is most like them."""
        shares = _shares([*parts, *[0.0] * (self.given - len(parts))], self.sampled)
        alike = Joint(self.terms, self.meaning, shares)
        own = sum(part for part in parts if part > 0)
        fed = _fed(shares, alike.scores[self.given :], self.known, own)
        return Joint(self.terms, self.meaning, fed)

    def left_out(self, seeds: int) -> Vector:
        """Return how like each seed is to a topic that is learnt without it; of one seed that is unknown."""
        folds = min(seeds, _FOLDS)
        if folds == 1:
            return np.zeros(0, np.float32)
        found = np.zeros(seeds, np.float32)
        for fold in range(folds):
            parts = [float(place % folds != fold) for place in range(seeds)]
            found[fold::folds] = self.joint(parts).scores[fold:seeds:folds]
        return found


def _shares(parts: Sequence[float], sampled: int) -> Shares:
    """Return the shares of given rows by their parts, those on topic together one; the archive has none."""
    total = sum(part for part in parts if part > 0)
    rows = np.zeros(len(parts) + sampled, np.float32)
    rows[: len(parts)] = np.array(parts) / total
    return Shares(rows, len(parts))


def _fed(shares: Shares, scores: Vector, known: Sequence[int], own: float) -> Shares:
    """Give part in a topic to those of the archive's rows that are most like it.

    known are rows that are given already; own is how many seeds those are worth that are on topic.
    """
    most = min(_MOST_FED, int(len(scores) * _FED))
    if not most:
        return shares
    found = scores.copy()
    found[known] = 0
    above = np.maximum(found - max(_FED_FROM, float(np.partition(found, -most)[-most])), 0)
    total = float(above.sum())
    if not total:
        return shares
    worth = _FEEDBACK * min(1.0, np.count_nonzero(above) / _MANY_FED)
    rows = shares.rows * np.float32(own / (own + worth))
    rows[shares.given :] = above * (worth / (own + worth) / total)
    return Shares(rows, shares.given)
