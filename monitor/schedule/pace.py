"""How often a feed brings something, and how long one may wait for it without missing anything.

Replayed on real histories in tests/benchmarks/schedule.py; the table stands in docs/decisions.md.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from math import exp

from monitor.model.fetching import History
from monitor.model.polls import Outcome

START = timedelta(minutes=30)
"""The wait of a feed that nothing is known of."""

OFTEN = 2
"""Polls to a mean gap between new items: about two in five bring something."""

QUIET = 8
"""Polls in a silence: an eighth of it is waited, so that a night costs a few polls and no morning."""

SHARE = 4
"""A quarter of the document may be new to a poll, so that four times the usual loses no item."""

MEMORY = timedelta(days=1)
"""How fast the mean forgets: over a day, since feeds have days and nights."""

GAP_COUNTS = timedelta(days=7)
"""How long one poll without a known item makes a feed one that is polled too rarely: feeds have weekends."""

_TOLD = timedelta(days=1)
_STALE, _STALE_MEANS = timedelta(days=7), 10
_TICK = timedelta(seconds=1)
_NOTHING = timedelta()


def learned(history: History, outcome: Outcome, now: datetime) -> History:
    """Return what a poll that did not fail teaches of the feed's pace; the first has a backlog's dates."""
    history = replace(history, read_at=now, rhythm=outcome.rhythm or history.rhythm)
    if history.last_new_at is None:
        return _first(history, outcome.dates, now)
    if not outcome.new:
        return history
    quiet = max(now - history.last_new_at, _TICK)
    mean = _blended(history.mean_gap, quiet, quiet / outcome.new)
    return replace(history, last_new_at=now, mean_gap=mean)


def _first(history: History, dates: tuple[datetime, ...], now: datetime) -> History:
    """Take the pace from the newer half of a first document's dates: the older half may be pinned items."""
    past = sorted(min(date, now) for date in dates)
    if not past:
        return replace(history, last_new_at=now)
    half = len(past) // 2
    mean = max((past[-1] - past[-1 - half]) / half, _TICK) if half else None
    return replace(history, last_new_at=past[-1], mean_gap=mean)


def _blended(mean: timedelta | None, quiet: timedelta, observed: timedelta) -> timedelta:
    """Weigh the mean rate so far against the one just seen, by the time that each stands for."""
    if mean is None:
        return max(observed, _TICK)
    kept = exp(-(quiet / MEMORY))
    rate = kept * (_TICK / mean) + (1 - kept) * (_TICK / observed)
    return max(_TICK / rate, _TICK)


def usual(history: History, now: datetime) -> timedelta:
    """Return the wait that a feed's pace calls for: half its mean gap, an eighth of a longer silence."""
    quiet = now - (history.last_new_at or now)
    return max((history.mean_gap or OFTEN * START) / OFTEN, quiet / QUIET)


def sooner(wait: timedelta, outcome: Outcome, elapsed: timedelta) -> timedelta:
    """Shorten a wait so that, at the pace since the last poll, a quarter of the document will be new."""
    if not outcome.new or elapsed <= _NOTHING:
        return wait
    return min(wait, elapsed * outcome.entries / (SHARE * outcome.new))


def turnover(history: History, entries: int) -> timedelta:
    """Return how long a quarter of a document lasts at the feed's pace."""
    return (history.mean_gap or OFTEN * START) * entries / SHARE


def is_gap(polls: int, outcome: Outcome) -> bool:
    """Tell whether items may have come and gone unseen: the document has several, and none was known."""
    return polls > 0 and outcome.new > 1 and not outcome.known


def with_gap(history: History, now: datetime) -> History:
    """Count a poll that found no known item."""
    return replace(history, gaps=history.gaps + 1, last_gap_at=now)


def gap_is_news(history: History, now: datetime) -> bool:
    """Tell whether a gap is worth telling: the first one after a day without."""
    return history.last_gap_at is None or now - history.last_gap_at >= _TOLD


def rare_until(history: History) -> datetime | None:
    """Return how long a feed counts as polled too rarely."""
    return history.last_gap_at + GAP_COUNTS if history.last_gap_at else None


def is_rare(history: History, now: datetime) -> bool:
    """Tell whether a feed counts as polled too rarely."""
    until = rare_until(history)
    return until is not None and now < until


def stale_at(history: History) -> datetime | None:
    """Return when a feed's silence is far longer than its own mean: ten times, and at least a week."""
    if history.last_new_at is None:
        return None
    return history.last_new_at + max(_STALE, _STALE_MEANS * (history.mean_gap or _NOTHING))
