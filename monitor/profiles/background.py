"""How telling a term is: seldom in this archive's stories, and no mere function word."""

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter

from monitor.model.events import Background, Profile
from monitor.profiles.centres import centres
from monitor.profiles.lexicon import weight

_PRIOR = 1_000
"""So many stories the prior is worth: until an archive has as many, what is known of English counts for more.

With 1,000 or none B-cubed F1 is the same to 0.005 on ECB+ and UCI; a new store's first stories need it."""

_LIGHTEST = 1.5
_SHORT = 6
"""The prior share of stories with a short word is exp(1.5 - weight): 9 of 10 for "the", none for "flood"."""

_LEAST = 0.5

_KEPT = 50_000

_LAST = 500
"""What so many stories were last weighed is kept: they are scored by it first, and then it is explained."""


class Scale:
    """What terms weigh against one background; each term is weighed once."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._rarities = _Rarities(background)
        self.weighed = lru_cache(_LAST)(self.weigh)

    def weigh(self, profile: Profile, length: float = 1) -> dict[str, float]:
        """Return the weights of a story's terms, together as a vector so long."""
        rarities = self._rarities
        raw = [
            rarities[term] if times == 1 else (1 + math.log(times)) * rarities[term]
            for term, times in profile.terms
        ]
        whole = math.hypot(*raw)
        if not whole:
            return {}
        scale = length / whole
        return {one[0]: value * scale for one, value in zip(profile.terms, raw, strict=True)}


class _Rarities(dict[str, float]):
    """The logarithms of how seldom terms stand in a story."""

    def __init__(self, background: Background) -> None:
        self._background = background

    def __missing__(self, term: str) -> float:
        expected = self._background.counts.get(term, 0) + _expected(term)
        self[term] = found = math.log((self._background.stories + _PRIOR) / expected)
        return found


@lru_cache(1 << 16)
def _expected(term: str) -> float:
    """Return in how many of the prior's stories a term stands; of other scripts the vectors know nothing."""
    if len(term) > _SHORT or not term.isascii():
        return _LEAST
    return max(_PRIOR * math.exp(min(0.0, _LIGHTEST - weight(term))), _LEAST)


def learned(profiles: Iterable[Profile]) -> Background:
    """Return what the stories of an archive have in common; terms that stand in one only are left out."""
    return counted((map(itemgetter(0), one.terms), one.vector) for one in profiles)


def counted(stories: Iterable[tuple[Iterable[str], bytes]]) -> Background:
    """Do the same, given the terms and the packed direction of each story."""
    counts: Counter[str] = Counter()
    vectors = []
    for terms, vector in stories:
        counts.update(terms)
        vectors.append(vector)
    common = {term: found for term, found in counts.most_common(_KEPT) if found > 1}
    return Background(len(vectors), common, centres(vectors))
