"""How long to wait before what was not accepted is tried again."""

from datetime import timedelta

_LONGEST = timedelta(hours=1)
_DOUBLINGS = 6


def wait_after(attempts: int) -> timedelta:
    """Return the wait after so many attempts before this one: a minute, doubled each time, up to an hour."""
    return min(timedelta(minutes=1 << min(attempts, _DOUBLINGS)), _LONGEST)
