"""When digests go out: five cron fields and a time zone of the IANA database."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from monitor.config.readers import Reader, Wrong, nearest, printable, shown

_BOUNDS = {
    "minute": "0-59",
    "hour": "0-23",
    "day-of-month": "1-31, and a day that its months have",
    "month": "1-12 or jan-dec",
    "day-of-week": "0-7 or sun-sat, 0 and 7 being Sunday",
}
_EXAMPLE = 'minute hour day-of-month month day-of-week, such as "0 7 * * 1-5"'
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def _cron(value: object) -> str:
    fields = printable(value).split()
    if len(fields) != len(_BOUNDS):
        raise Wrong(f"{shown(value)} has {len(fields)} of the five fields", _EXAMPLE)
    text = " ".join(fields)
    try:
        CronSim(text, _ANY_TIME)
    except CronSimError as error:
        name = str(error).removeprefix("Bad ")
        bad = fields[list(_BOUNDS).index(name)]
        raise Wrong(f"the {name} {shown(bad)} of {shown(text)} cannot be read", _BOUNDS[name]) from None
    return text


def _timezone(value: object) -> str:
    text = printable(value)
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise Wrong(f"{shown(text)} is not a time zone", _nearest_zone(text)) from None
    return text


def _nearest_zone(text: str) -> str:
    zones = available_timezones()
    same_city = next(
        (zone for zone in sorted(zones) if zone.casefold().endswith(f"/{text.casefold()}")), None
    )
    if same_city:
        return f'did you mean "{same_city}"?'
    return nearest(text, zones) or 'such as "Europe/Kyiv" or "UTC"'


cron = Reader(_cron)
timezone = Reader(_timezone)
