"""How often a feed asks to be polled: RSS 2.0's ttl, skipHours and skipDays, RSS 1.0's syndication module.

Every parser gives these fields as they stand, so that all of them come to the same Rhythm. A value that
makes no sense counts as not given.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

from monitor.model.fetching import Rhythm

_HEAD = 65_536  # bytes before the first item in which the lists of hours and days are looked for
_FIRST = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_SKIP_HOURS = re.compile(rb"<skipHours\b[^>]*>(.{0,2000}?)</skipHours\s*>", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = re.compile(rb"<skipDays\b[^>]*>(.{0,2000}?)</skipDays\s*>", re.IGNORECASE | re.DOTALL)
_LISTED = re.compile(rb"<(?:hour|day)\s*>\s*(\w{1,10})\s*</", re.IGNORECASE)
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = 24
_LONGEST_NUMBER = 6  # digits: minutes for two years


def rhythm(
    ttl: object = None,
    update_period: object = None,
    update_frequency: object = None,
    skip_hours: Iterable[str] = (),
    skip_days: Iterable[str] = (),
) -> Rhythm:
    """Return what a feed says of its rhythm, from its fields as they stand in the document.

    A feed that skips every hour or every day of the week skips none.
    """
    minutes = _number(ttl)
    hours = {hour % _HOURS for hour in map(_number, skip_hours) if hour is not None and hour <= _HOURS}
    days = {_DAYS.index(day) for day in map(str.lower, skip_days) if day in _DAYS}
    return Rhythm(
        ttl=timedelta(minutes=minutes) if minutes else None,
        update_every=_update_every(update_period, update_frequency),
        skip_hours=tuple(sorted(hours)) if len(hours) < _HOURS else (),
        skip_days=tuple(sorted(days)) if len(days) < len(_DAYS) else (),
    )


def skips(body: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a document's skipHours and skipDays, looked for before its first item; feedparser keeps one."""
    first = _FIRST.search(body, 0, _HEAD)
    head = body[: first.start() if first else _HEAD]
    return _listed(_SKIP_HOURS, head), _listed(_SKIP_DAYS, head)


def _listed(pattern: re.Pattern[bytes], head: bytes) -> tuple[str, ...]:
    found = pattern.search(head)
    return tuple(value.decode("ascii", "replace") for value in _LISTED.findall(found[1])) if found else ()


def _number(value: object) -> int | None:
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else None


def _update_every(period: object, frequency: object) -> timedelta | None:
    """Return the period over the frequency, with the module's defaults (daily, 1) where one is not given."""
    if not period and not frequency:
        return None
    span = _PERIODS.get(str(period or "daily").strip().lower())
    times = _number(frequency) if frequency else 1
    return span / times if span and times else None
