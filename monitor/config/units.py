"""Durations and sizes as a person writes them: `15m`, `48h`, `500kB`, `10MB`."""

import re
from datetime import timedelta

_DURATION = re.compile(r"([0-9]{1,10})\s*([smhd])")
_SIZE = re.compile(r"([0-9]{1,12})\s*(b|kb|mb|gb)", re.IGNORECASE)
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_BYTES = {"GB": 10**9, "MB": 10**6, "kB": 10**3, "B": 1}
_LONGEST = timedelta(days=36_500)


def duration(text: str) -> timedelta:
    """Read a whole number of seconds, minutes, hours or days; ValueError when it is none."""
    if not (match := _DURATION.fullmatch(text.strip())):
        raise ValueError(text)
    seconds = int(match[1]) * _SECONDS[match[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError(text)
    return timedelta(seconds=seconds)


def size(text: str) -> int:
    """Read a number of bytes, decimal as disks and lines count; ValueError when it is none."""
    if not (match := _SIZE.fullmatch(text.strip())):
        raise ValueError(text)
    return int(match[1]) * {unit.lower(): many for unit, many in _BYTES.items()}[match[2].lower()]


def show_duration(value: timedelta) -> str:
    """Write a duration of whole seconds with the largest unit that divides it."""
    return _show(int(value.total_seconds()), _SECONDS, "s")


def show_size(value: int) -> str:
    """Write a number of bytes with the largest unit that divides it."""
    return _show(value, _BYTES, "B")


def _show(value: int, units: dict[str, int], smallest: str) -> str:
    unit = next((unit for unit, many in units.items() if value and value % many == 0), smallest)
    return f"{value // units[unit]}{unit}"
