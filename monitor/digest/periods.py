"""When a digest is due: cron(5) on the clock of the wall, each scheduled minute once.

A local time that occurs twice (autumn) counts the first time; one that does not exist (spring)
counts at the first moment after the gap. Moments are aware datetimes in the digest's zone; compare
them in UTC, since Python calls an ambiguous local time unequal to everything in another zone.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim


def latest_due(schedule: str, timezone: str, after: datetime, now: datetime) -> datetime | None:
    """Return the last scheduled moment in (after, now], so that what was missed is made up for once.

    Its cost does not depend on how long ago `after` is.
    """
    last = _latest(schedule, timezone, now)
    return last if last and _utc(last) > after else None


@lru_cache(1024)
def _latest(schedule: str, timezone: str, now: datetime) -> datetime | None:
    past = (moment for moment in _backwards(schedule, ZoneInfo(timezone), now) if _utc(moment) <= now)
    return next(past, None)


def next_due(schedule: str, timezone: str, now: datetime) -> datetime | None:
    """Return the first scheduled moment after now; None when there is none within fifty years."""
    moments = CronSim(schedule, now.astimezone(ZoneInfo(timezone)))
    return next((moment for moment in moments if not moment.fold and _utc(moment) > now), None)


def period_key(moment: datetime) -> str:
    """Return the local date and minute of a scheduled moment, such as 2026-10-25T02:30."""
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")


def _backwards(schedule: str, zone: ZoneInfo, now: datetime) -> Iterator[datetime]:
    """Yield scheduled moments, latest first, from a little after now.

    While an hour is repeated, the wall clock has been further ahead than it shows now.
    """
    local = now.astimezone(zone)
    start = local.replace(microsecond=0) + _repeated(local) + timedelta(seconds=1)
    return (moment for moment in CronSim(schedule, start, reverse=True) if not moment.fold)


def _repeated(local: datetime) -> timedelta:
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    return max(first - second, timedelta(0)) if first is not None and second is not None else timedelta(0)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
