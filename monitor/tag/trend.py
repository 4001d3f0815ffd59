"""What is rising: how much comes on a topic, against its own past.

A burst is a count that the same hours of the 28 days before, or of as many as are known, do not explain.
Their rate is not known but estimated, so the tail is that of the negative binomial distribution that a
Poisson count has under Jeffreys' prior for its rate (Gelman et al., Bayesian Data Analysis, section 2.6);
where days differ more than Poisson counts do, that of one with their mean and variance, if it is the heavier.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.model.topics import Burst, RisingTerm, Trend, Volume

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

_HOURS, _DAYS = 48, 30
PAST = 28
"""With so many days before, every weekday counts alike."""

_ENOUGH = 7
"""Fewer days than a week say nothing: its weekend may be all that was seen."""

_WINDOWS = (3, 6, 24)
_LOOKS = 24 * len(_WINDOWS)
"""So many looks a day are corrected for (Bonferroni): every window, every hour."""

_LEVEL = 0.05
"""Of a topic at its usual pace less than one burst in twenty days is chance."""

LEAST = 3
"""Two stories are never a burst, nor a term's rise, however quiet it was."""

_TELLING = 10.83
"""A likelihood ratio that one term in a thousand has by chance (chi-square, one degree of freedom)."""


def trend(times: Iterable[datetime], now: datetime, days: int, terms: Sequence[RisingTerm] = ()) -> Trend:
    """Return how much came when, and what is rising, where so many whole days are known.

    times are those of the topic's stories, in any order.
    """
    ages = [now - at for at in times if at <= now]
    rising = bursts(ages, days)
    return Trend(volumes(ages, now, HOUR, _HOURS), volumes(ages, now, DAY, _DAYS), rising, tuple(terms))


def volumes(ages: Sequence[timedelta], now: datetime, span: timedelta, many: int) -> tuple[Volume, ...]:
    """Count stories of these ages by spans that end now, the oldest span first."""
    counted = Counter(age // span for age in ages)
    return tuple(Volume(now - (nth + 1) * span, counted[nth]) for nth in reversed(range(many)))


def bursts(ages: Iterable[timedelta], days: int) -> tuple[Burst, ...]:
    """Return the windows that end now in which more came than the whole days known before explain."""
    seconds = [age.total_seconds() for age in ages]
    past = min(days - 1, PAST)
    if past < _ENOUGH:
        return ()
    return tuple(burst for hours in _WINDOWS if (burst := _burst(seconds, hours, past)))


def _burst(seconds: Sequence[float], hours: int, past: int) -> Burst | None:
    day = DAY.total_seconds()
    counted = Counter(int(age // day) for age in seconds if age % day < hours * HOUR.total_seconds())
    before = [counted[nth] for nth in range(1, past + 1)]
    level = min(1.0, _LOOKS * chance(counted[0], before))
    if counted[0] < LEAST or level > _LEVEL:
        return None
    return Burst(hours, counted[0], sum(before) / past, level, past)


def chance(count: int, before: Sequence[int]) -> float:
    """Return how probable so many or more are, after these counts of as many equal spans."""
    mean = sum(before) / len(before)
    estimated = _tail(count, sum(before) + 0.5, len(before) / (len(before) + 1))
    spread = sum((one - mean) ** 2 for one in before) / max(1, len(before) - 1)
    if spread <= mean:
        return estimated
    return max(estimated, _tail(count, mean * mean / (spread - mean), mean / spread))


def _tail(count: int, size: float, p: float) -> float:
    """Return the probability that a negative binomial variable is at least so big.

    size is the number of successes waited for, p that of each; it need not be whole. What is left of the
    tail is added up from its first term on, since one minus the rest loses small values.
    """
    term = math.exp(
        math.lgamma(count + size)
        - math.lgamma(size)
        - math.lgamma(count + 1)
        + size * math.log(p)
        + count * math.log1p(-p)
    )
    total, nth = 0.0, count
    while term > total * 1e-12 and total < 1:
        total += term
        term *= (nth + size) / (nth + 1) * (1 - p)
        nth += 1
    return min(1.0, total)


def rising(
    now: Mapping[str, int], stories: int, before: Mapping[str, int], others: int, most: int
) -> tuple[RisingTerm, ...]:
    """Return the terms that stand in more of these stories than in the others, the most telling first.

    now and before count the stories with each term, stories and others are how many there are of each.
    """
    found = (
        RisingTerm(
            term, count, before.get(term, 0), likelihood_ratio(count, stories, before.get(term, 0), others)
        )
        for term, count in now.items()
        if count >= LEAST and count * others > before.get(term, 0) * stories
    )
    telling = [one for one in found if one.strength >= _TELLING]
    return tuple(sorted(telling, key=lambda one: (-one.strength, one.term))[:most])


def likelihood_ratio(count: int, many: int, other_count: int, others: int) -> float:
    """Return how little two shares can be one (Dunning 1993: twice the logarithm of the ratio)."""
    together = (count + other_count) / (many + others)
    return 2 * (
        _likelihood(count, many, count / many)
        + _likelihood(other_count, others, other_count / others if others else 0.0)
        - _likelihood(count, many, together)
        - _likelihood(other_count, others, together)
    )


def _likelihood(count: int, many: int, share: float) -> float:
    present = count * math.log(share) if count else 0.0
    absent = (many - count) * math.log1p(-share) if many > count else 0.0
    return present + absent
