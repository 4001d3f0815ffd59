"""What the stories of an archive mean in common, by kinds: of any one of them it tells nothing.

Any two stories about one war mean much the same, and so do any two about football. Kinds are found by k-means
on the sphere (Dhillon and Modha, "Concept decompositions for large sparse text data", 2001), one for each
thousand stories, beginning with stories that stand evenly apart in the archive.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from monitor.profiles.lexicon import DIMENSIONS, Vector
from monitor.profiles.making import unit, unpacked

_KIND = 1_000
"""A kind for each so many stories: with 500 the labelled events are taken for kinds, F1 on UCI loses 0.05."""

_ROUNDS = 15

_UNKNOWN = 200
"""As if so many more stories had told about nothing. With 50 a topical archive of a thousand stories parts a
little better, but one whose first stories are of one event takes that event for what all have in common."""


class Centres:
    """The mean of an archive's directions, and those of its kinds if there are several."""

    def __init__(self, packed: bytes) -> None:
        self._rows = np.frombuffer(packed, np.float32).reshape(-1, DIMENSIONS)
        self._sides = unit(self._rows[1:] - self._rows[:1])

    def own(self, directions: Vector) -> Vector:
        """Return what directions (rows) have beyond those like them, one long; zero where there is none."""
        if not len(self._rows):
            return directions
        kinds: Any = 0
        if len(self._sides):
            kinds = 1 + ((directions - self._rows[0]) @ self._sides.T).argmax(axis=1)
        own = unit(directions - self._rows[kinds])
        own[~directions.any(axis=1)] = 0
        return own


def centres(vectors: Sequence[bytes]) -> bytes:
    """Return the mean of packed directions and the means of their kinds, as rows of 32-bit numbers.

    Few stories say little of where it is. Of none it is not known: no rows.
    """
    if not vectors:
        return b""
    told = unpacked([one for one in vectors if any(one)])
    mean = _drawn(told, np.zeros(DIMENSIONS, np.float32))
    kinds = _kinds(unit(told - mean))
    several = [_drawn(told[kinds == kind], mean) for kind in range(1 + kinds.max(initial=0))]
    rows = [mean, *several] if len(several) > 1 else [mean]
    return np.stack(rows).astype(np.float32).tobytes()


def _drawn(told: Vector, towards: Vector) -> Vector:
    """Return the mean of directions, drawn towards another."""
    mean: Vector = (told.sum(axis=0) + _UNKNOWN * towards) / (len(told) + _UNKNOWN)
    return mean


def _kinds(sides: Vector) -> Vector:
    """Return of which kind each direction is, by number."""
    begin = np.linspace(0, len(sides) - 1, max(1, len(sides) // _KIND)).astype(int)
    middles, kinds = sides[begin] if len(sides) else sides, np.zeros(len(sides), int)
    for _ in range(_ROUNDS if len(middles) > 1 else 0):
        kinds = (sides @ middles.T).argmax(axis=1)
        among = (kinds == np.arange(len(middles))[:, None]).astype(np.float32)
        middles = unit(among @ sides)
    return kinds
