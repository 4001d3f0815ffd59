"""Dates as publishers write them, read strictly: the right moment, or none.

Not taken from feedparser, which reads numbers as calendar dates, 24:00 as today, the 30th of
February as March and every zone it does not know as UTC. Without any zone a time is taken as UTC.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.words import fold

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
_LONGEST = 100

_OF_DAY = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
_RFC_3339 = re.compile(rf"\d{{4}}-\d\d-\d\dT{_OF_DAY}(?:\.\d{{1,6}})?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)")
_RFC_822 = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?(\d\d?) ([A-Z][a-z]{{2}}) (\d{{4}}) ({_OF_DAY}) "
    r"(?:([+-])(0\d|1[0-5])([0-5]\d)|([A-Z]{1,4}))"
)
_EPOCH = re.compile(r"\d{9,10}(\d{3})?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?)?(.*)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^)]*\)")
_CLOCK = re.compile(
    r"(?<![\d:+-])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?!\d)(?:\s*([ap])\.?m\b\.?)?", re.IGNORECASE
)
_YMD = re.compile(r"(?<!\d)(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)")
_DMY = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th)?\.?[\s-]*(?:de\s|of\s)?\s*(?P<name>[^\W\d_]{3,})\.?"
    r"[\s,-]*(?:de\s)?\s*(?P<y>\d{4}|\d\d)(?!\d)"
)
_MDY = re.compile(
    r"(?P<name>[^\W\d_]{3,})\.?\s*(?P<d>\d{1,2})(?:st|nd|rd|th)?,?"
    r"(?:\s+(?P<zone>[A-Z]{3,5}|[+-]\d{4}))?[\s,]+(?P<y>\d{4})(?!\d)"
)
_NUMERIC = re.compile(r"(?<!\d)(?P<a>\d{1,2})(?P<by>[/.])(?P<b>\d{1,2})(?P=by)(?P<y>\d{4}|\d\d)(?!\d)")
_OFFSET = re.compile(r"([+-])\s?(\d{1,2}):?(\d{2})?(?!\d)")
_ZONE = re.compile(r"[^\W\d_]+(?:/[A-Za-z_]+)*")
_NOISE = frozenset({"T", "AT", "UM", "UHR", "O", "Г", "Р", "РОКУ", "ГОДА"})

# English, German, French, Spanish, Portuguese, Italian, Polish, Ukrainian, Russian, Greek; folded.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen sty січ янв ιαν",
            "feb fev lut лют фев φεβ",
            "mar бер мар μαρ",
            "apr avr abr kwi кві апр απρ",
            "may mai mag maj тра мая май μαι",
            "jun juin giu cze чер июн ιουν",
            "jul juil lug lip лип июл ιουλ",
            "aug aou ago sie сер авг αυγ",
            "sep set wrz вер сен σεπ",
            "oct okt ott out paz жов окт οκτ",
            "nov lis лис ноя νοε",
            "dec dez dic gru гру дек δεκ",
        ),
        start=1,
    )
    for name in names.split()
}

# In hours. RFC 822's own where a name has several meanings; BST is British, IST is Indian.
_ZONES = {
    name: hours
    for names, hours in (
        ("Z UT UTC GMT WET", 0.0),
        ("BST CET MET WEST WAT", 1.0),
        ("CEST MEST EET CAT SAST", 2.0),
        ("EEST MSK TRT EAT", 3.0),
        ("MSD GST", 4.0),
        ("PKT", 5.0),
        ("IST", 5.5),
        ("NPT", 5.75),
        ("ICT WIB", 7.0),
        ("HKT SGT MYT PHT AWST WITA", 8.0),
        ("JST KST WIT", 9.0),
        ("ACST", 9.5),
        ("AEST", 10.0),
        ("ACDT", 10.5),
        ("AEDT", 11.0),
        ("NZST", 12.0),
        ("NZDT", 13.0),
        ("NDT", -2.5),
        ("BRT ART ADT", -3.0),
        ("NST", -3.5),
        ("AST EDT", -4.0),
        ("EST CDT", -5.0),
        ("CST MDT", -6.0),
        ("MST PDT", -7.0),
        ("PST AKDT", -8.0),
        ("AKST", -9.0),
        ("HST", -10.0),
    )
    for name in names.split()
}


def sane(raw: str, now: datetime) -> datetime | None:
    """Return the moment a publisher wrote when it lies between 1995 and a day ahead, else None."""
    moment = read(raw)
    return moment if moment and _EARLIEST <= moment <= now + _AHEAD else None


def read(raw: str) -> datetime | None:
    """Return the moment, in UTC and whole seconds, or None where none or no certain one is written."""
    text = " ".join(raw.split())
    if len(text) > _LONGEST or not text.isprintable():
        return None
    try:
        if moment := usual(text):
            return moment
        return _epoch(text) if _EPOCH.fullmatch(text) else _written(_spaced(_COMMENT.sub(" ", text)))
    except (ValueError, OverflowError):
        return None


def usual(text: str) -> datetime | None:
    """Return the moment that a date exactly as its standard has it names; of any other form, None."""
    if _RFC_3339.fullmatch(text):
        return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
    if match := _RFC_822.fullmatch(text):
        day, name, year, clock, sign, hours, minutes, zone = match.groups()
        month = _MONTHS.get(name.lower())
        away = timedelta(hours=int(hours), minutes=int(minutes)) if sign else _zone(zone)
        if month and away is not None:
            hour, minute, second = map(int, clock.split(":"))
            moment = datetime(int(year), month, int(day), hour, minute, second, tzinfo=UTC)
            return moment + away if sign == "-" else moment - away
    return None


def _zone(name: str) -> timedelta | None:
    hours = _ZONES.get(name)
    return None if hours is None else timedelta(hours=hours)


def _epoch(digits: str) -> datetime:
    return datetime.fromtimestamp(int(digits[:-3] if len(digits) > 10 else digits), UTC)


def _spaced(text: str) -> str:
    """Return 20240501T1030Z as 2024-05-01 10:30 Z, anything else as it is."""
    match = _COMPACT.fullmatch(text)
    if match is None:
        return text
    year, month, day, hour, minute, second, rest = match.groups("")
    clock = f"{hour}:{minute}:{second or '00'}" if hour else ""
    return f"{year}-{month}-{day} {clock} {rest}"


def _written(text: str) -> datetime | None:
    clock = _CLOCK.search(text)
    rest = f"{text[: clock.start()]} {text[clock.end() :]}" if clock else text
    for match, day in _days(rest):
        moment = day + _since_midnight(clock) if clock else day
        return _in_utc(moment, f"{match.groupdict().get('zone') or ''} {rest[match.end() :]}")
    return None


def _days(text: str) -> Iterator[tuple[re.Match[str], datetime]]:
    """Give the days that a text names, surest reading first."""
    for pattern in (_YMD, _DMY, _MDY, _NUMERIC):
        for match in pattern.finditer(text):
            if day := _day(match.groupdict()):
                yield match, day


def _day(part: dict[str, str]) -> datetime | None:
    if "name" in part:
        month, day = _month(part["name"]), int(part["d"])
    elif "by" in part:
        month, day = _month_and_day(int(part["a"]), int(part["b"]), part["by"])
    else:
        month, day = int(part["m"]), int(part["d"])
    return None if month is None else datetime(_year(part["y"]), month, day)  # noqa: DTZ001 (_in_utc)


def _month(name: str) -> int | None:
    folded = fold(name)
    return _MONTHS.get(folded[:4]) or _MONTHS.get(folded[:3])


def _month_and_day(first: int, second: int, between: str) -> tuple[int | None, int]:
    """Tell 30.10. and 10/30 apart; 03/04 can be read both ways, so it has no month."""
    if between == "." or first > 12 or first == second:
        return second, first
    return (first, second) if second > 12 else (None, 0)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _since_midnight(clock: re.Match[str]) -> timedelta:
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3])
    if half := clock[4]:
        hour = _of_24(hour, half.lower())
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second > 0):
        raise ValueError(clock.group())
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _of_24(hour: int, half: str) -> int:
    if hour > 12:
        return hour
    return hour % 12 + (12 if half == "p" else 0)


def _in_utc(moment: datetime, tail: str) -> datetime | None:
    """Return the moment read in the zone that the tail names, or None where no such zone is known."""
    if offset := _OFFSET.search(tail):
        sign, hours, minutes = offset.groups("0")
        away = timedelta(hours=int(hours), minutes=int(minutes))
        known = away < timedelta(hours=16) and int(minutes) < 60
        return moment.replace(tzinfo=UTC) - (away if sign == "+" else -away) if known else None
    names = [name for name in _ZONE.findall(tail) if name.upper() not in _NOISE]
    return _in_zone(moment, names[-1]) if names else moment.replace(tzinfo=UTC)


def _in_zone(moment: datetime, name: str) -> datetime | None:
    if "/" in name:
        try:
            return moment.replace(tzinfo=ZoneInfo(name)).astimezone(UTC)
        except (ZoneInfoNotFoundError, OSError):  # a folder of zones is an OSError
            return None
    hours = _ZONES.get(name.upper())
    return None if hours is None else moment.replace(tzinfo=UTC) - timedelta(hours=hours)
