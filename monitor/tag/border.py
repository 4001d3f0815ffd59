"""From which likeness on a story is on topic.

The border is set by how seldom a story of the archive is as like the seeds as they are to one another. All
likeness is in spreads of the archive's above its mean.
"""

import math
from statistics import NormalDist

import numpy as np

from monitor.tag.sample import Vector

_RISE = 0.8
_SHIFT = 2.5
_USUAL = 4.0
_WORTH = 1.5
"""The border lies 0.8 spreads above the archive's mean for each unit of the seeds' rarity, and 2.5 times as
far below it as the archive's median is. The guess that two of a hundred stories are as like the topic as its
seeds, a rarity of 4, is worth one seed and a half. Chosen on the news of five publishers; docs/decisions.md
has what the border costs where each of them is held out."""

_SOFT = 2.0
"""A story that is a spread less like the topic than a seed counts as exp(-2) of one that is as like."""

_GUESSED = np.array([NormalDist().inv_cdf((place + 0.5) / 1_000) for place in range(1_000)], np.float32)
"""The guess of how like news is to a topic: it is worth a thousand stories, as for their mean and spread."""

_LEAST = 0.5
"""No border is nearer to the archive's mean than half a spread, which 30 of 100 stories are beyond."""

_MARKED = 3
"""A border is worth three marks: a story below it that a person marked as on topic moves it by a quarter."""


def border(left_out: Vector, archive: Vector) -> float:
    """Return the border, given the archive's likeness and that of each seed to the others."""
    known = np.concatenate([archive, _GUESSED])
    rarities = [_rarity(float(one), known) for one in left_out]
    expected = (sum(rarities) + _WORTH * _USUAL) / (len(rarities) + _WORTH)
    return max(_LEAST, _RISE * expected + _SHIFT * float(np.median(known)))


def _rarity(seed: float, known: Vector) -> float:
    """Return the logarithm of how few stories are as like a topic as a seed.

    The seed is one of them: so where it is beyond all others it is no rarer than one of so many.
    """
    alike = float(np.exp(-_SOFT * np.maximum(seed - known, 0)).sum())
    return math.log((len(known) + 1) / (alike + 1))


def lowered(cut: float, on: Vector) -> float:
    """Return the border moved towards what was marked as on topic and lies below it."""
    below = on[on < cut]
    return max(_LEAST, (cut * _MARKED + float(below.sum())) / (_MARKED + len(below)))
