"""The plain method to compare with: TF-IDF of words and pairs, average linkage, all documents at once."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w\w+")


def cosines(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the cosines of all pairs of texts: sublinear TF-IDF of words and neighbouring pairs."""
    counted = [_terms(text) for text in texts]
    found = Counter(term for terms in counted for term in terms)
    columns = {term: number for number, term in enumerate(term for term in found if found[term] > 1)}
    rows = np.zeros((len(texts), len(columns)), np.float32)
    for number, terms in enumerate(counted):
        for term, times in terms.items():
            if term in columns:
                rarity = math.log((1 + len(texts)) / (1 + found[term])) + 1
                rows[number, columns[term]] = (1 + math.log(times)) * rarity
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return (rows @ rows.T).astype(np.float64)


def _terms(text: str) -> Counter[str]:
    words = _WORD.findall(text.lower())
    return Counter([*words, *map(" ".join, pairwise(words))])


def average_linkage(likeness: NDArray[np.float64], cuts: Sequence[float]) -> dict[float, list[int]]:
    """Merge the two groups that are most alike on average; return each document's group at every cut."""
    sums = likeness.copy()
    np.fill_diagonal(sums, 0)
    size = np.ones(len(sums))
    mean = sums.copy()
    np.fill_diagonal(mean, -1)
    groups = np.arange(len(sums))
    found: dict[float, list[int]] = {}
    best, value = mean.argmax(1), mean.max(1)
    for cut in sorted(cuts, reverse=True):
        while value.max() >= cut:
            one = int(value.argmax())
            other = int(best[one])
            sums[one] += sums[other]
            sums[:, one] = sums[one]
            size[one] += size[other]
            groups[groups == other] = one
            row = sums[one] / (size[one] * size)
            row[mean[one] == -1] = -1
            row[other] = -1
            mean[one], mean[:, one] = row, row
            mean[other], mean[:, other], value[other] = -1, -1, -1
            best[one], value[one] = row.argmax(), row.max()
            stale = np.flatnonzero((value > -1) & ((best == other) | (best == one)))
            for number in stale:
                best[number], value[number] = mean[number].argmax(), mean[number].max()
            nearer = row > value
            best[nearer], value[nearer] = one, row[nearer]
        found[cut] = groups.tolist()
    return found
