"""Compare the stories of neighbouring events anew, all with all, as if none had been placed yet.

Stories arrive one by one and are placed by what is known then. Best first over all pairs, order no longer
matters: the two groups with the highest score become one until no score says that two are one event.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from monitor.cluster.likeness import HALVED, Mass, pairs_of, scored
from monitor.model.events import ONE_EVENT

_Matrix = NDArray[np.float64]

_NEVER = -1.0


def regroup(blocks: Sequence[Mass], fixed: Sequence[bool]) -> list[list[int]]:
    """Group blocks, mostly single stories, into events; two fixed blocks never come together.

    Returns the numbers of the blocks of each group.
    """
    table = _Table(blocks, fixed)
    while table.merge():
        pass
    return table.groups()


class _Table:
    """The groups so far, by the number of their first block, and every pair's score."""

    def __init__(self, blocks: Sequence[Mass], fixed: Sequence[bool]) -> None:
        self._groups = {number: [number] for number in range(len(blocks))}
        self._size = np.array([block.size for block in blocks], np.float64)
        self._pairs, self._growth = pairs_of(self._size), np.log(self._size)
        self._within = np.array([block.within for block in blocks])
        self._first = np.array([block.first for block in blocks])
        self._last = np.array([block.last for block in blocks])
        self._fixed = np.array(fixed, bool)
        self._between = _between(blocks)
        self._scores = np.empty_like(self._between)
        self._score(slice(None))
        np.fill_diagonal(self._scores, _NEVER)

    def groups(self) -> list[list[int]]:
        return list(self._groups.values())

    def merge(self) -> bool:
        """Make the best two groups one; tell whether any two were one event."""
        one, other = divmod(int(self._scores.argmax()), len(self._scores))
        if self._scores[one, other] < ONE_EVENT:
            return False
        self._groups[one] += self._groups.pop(other)
        self._within[one] += self._within[other] + self._between[one, other]
        self._between[one] += self._between[other]
        self._between[:, one] = self._between[one]
        self._size[one] += self._size[other]
        self._pairs[one], self._growth[one] = pairs_of(self._size[one]), np.log(self._size[one])
        self._first[one] = min(self._first[one], self._first[other])
        self._last[one] = max(self._last[one], self._last[other])
        self._fixed[one] |= self._fixed[other]
        self._between[other] = self._between[:, other] = 0
        self._scores[other] = self._scores[:, other] = _NEVER
        self._score(slice(one, one + 1))
        self._scores[one, one] = _NEVER
        return True

    def _score(self, some: slice) -> None:
        """Score some groups against all; those that are gone have nothing in common with any."""
        silence = np.maximum(self._first[some, None] - self._last, self._first - self._last[some, None])
        faded = self._between[some] / (self._size[some, None] * self._size)
        faded *= np.exp2(np.maximum(silence, 0) / -HALVED)
        scores = scored(
            faded,
            self._within[some, None] + self._within,
            self._pairs[some, None] + self._pairs,
            np.abs(self._growth[some, None] - self._growth),
        )
        if self._fixed.any():
            scores[self._fixed[some, None] & self._fixed] = _NEVER
        self._scores[some] = scores
        self._scores[:, some] = scores.T


def _between(blocks: Sequence[Mass]) -> _Matrix:
    """Return the sums of likenesses between all blocks, each with the others."""
    sizes = [len(block.terms) for block in blocks]
    terms = np.fromiter(map(hash, chain.from_iterable(block.terms for block in blocks)), np.int64, sum(sizes))
    values = np.fromiter(
        chain.from_iterable(block.terms.values() for block in blocks), np.float32, sum(sizes)
    )
    _, first, term, carried = np.unique(terms, return_index=True, return_inverse=True, return_counts=True)
    columns = np.argsort(np.argsort(np.where(carried > 1, first, len(terms))))
    shared = carried[term] > 1
    words = np.zeros((len(blocks), np.count_nonzero(carried > 1)), np.float32)
    words[np.repeat(np.arange(len(blocks)), sizes)[shared], columns[term][shared]] = values[shared]
    meanings = np.stack([block.meaning for block in blocks])
    return (words @ words.T + meanings @ meanings.T).astype(np.float64)
