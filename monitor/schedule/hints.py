"""What feed and server ask for: when not to come, and how long to wait at least.

The server's freshness (RFC 9111 section 4.2) is taken at its word up to the longest interval, since a
cache on the way answers the same until then. What the document says (`ttl` of RSS 2.0, `sy:update*` of RSS
1.0's syndication module) is mostly what the software puts there by default, and at most doubles the wait.
Neither holds where it would cost items: beyond the time in which a quarter of the document is new, or for a
feed that was lately polled too rarely.
"""

from datetime import datetime, timedelta

from monitor.model.fetching import Document, History, NotModified
from monitor.schedule import pace

ABSURD = timedelta(days=31)
"""A longer freshness is that of a file that never changes (a year is usual there), set by mistake."""

_HOUR = timedelta(hours=1)
_DAY_OF_HOURS = 24


def at_least(
    wait: timedelta, fetched: Document | NotModified, history: History, entries: int, longest: timedelta
) -> timedelta:
    """Return the wait, lengthened as far as feed and server ask for it and no item is lost."""
    fresh = fetched.fresh_for or timedelta()
    said = max(history.rhythm.ttl or timedelta(), history.rhythm.update_every or timedelta())
    asked = max(fresh if fresh <= ABSURD else timedelta(), min(said, 2 * wait))
    return max(wait, min(asked, longest, pace.turnover(history, entries)))


def allowed(at: datetime, history: History) -> datetime:
    """Return the first of `at` and the hours after it that skipHours and skipDays leave, at most a day later.

    The minutes stay, so that feeds with the same hours do not all come at the full one.
    """
    rhythm = history.rhythm
    for _ in range(_DAY_OF_HOURS):
        if at.hour not in rhythm.skip_hours and at.weekday() not in rhythm.skip_days:
            break
        at += _HOUR
    return at
