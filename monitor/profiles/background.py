"""How telling a term is: seldom in this archive's stories, and no mere function word."""

import math
from collections import Counter
from collections.abc import Iterable

from monitor.model import Background, Profile
from monitor.profiles.lexicon import weight

_PRIOR = 1_000
"""So many stories the prior is worth: until an archive has as many, what is known of English counts for more.

With 1,000 or none B-cubed F1 is the same to 0.005 on ECB+ and UCI; a new store's first stories need it."""

_LIGHTEST = 1.5
_SHORT = 6
"""The prior share of stories with a short word is exp(1.5 - weight): 9 of 10 for "the", none for "flood"."""

_KEPT = 50_000


class Scale:
    """What terms weigh against one background; each term is weighed once."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._rarities: dict[str, float] = {}

    def weighed(self, profile: Profile) -> dict[str, float]:
        """Return the weights of a story's terms; the squares add up to one."""
        raw = {term: (1 + math.log(times)) * self._rarity(term) for term, times in profile.terms}
        length = math.sqrt(sum(value * value for value in raw.values()))
        return {term: value / length for term, value in raw.items()} if length else {}

    def _rarity(self, term: str) -> float:
        """Return the logarithm of how seldom a term stands in a story."""
        known = self._rarities.get(term)
        if known is None:
            known = self._rarities[term] = self._weigh(term)
        return known

    def _weigh(self, term: str) -> float:
        prior = _PRIOR * math.exp(min(0.0, _LIGHTEST - weight(term))) if len(term) <= _SHORT else 0.0
        expected = self._background.counts.get(term, 0) + max(prior, 0.5)
        return math.log((self._background.stories + _PRIOR) / expected)


def learned(profiles: Iterable[Profile]) -> Background:
    """Count the terms of an archive's stories; those that stand in one only are left out."""
    counts: Counter[str] = Counter()
    stories = 0
    for one in profiles:
        stories += 1
        counts.update(term for term, _ in one.terms)
    return Background(stories, {term: found for term, found in counts.most_common(_KEPT) if found > 1})
