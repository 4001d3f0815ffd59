"""What readers are owed: which digest, as each wants it, for which period."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.digest.language import speak
from monitor.digest.periods import latest_due, period_key
from monitor.model.digests import DigestPlan, Reader, Recipient

NOBODY = Recipient("")
"""Stands for the page, where a digest has no recipients."""

_LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Due:
    """A digest that a reader is owed, as they want it; key is the period's, note is said in it.

    reads tells that they have had a message of it before.
    """

    plan: DigestPlan
    reader: Reader
    period: datetime
    key: str
    settled_until: datetime
    note: str = ""
    reads: bool = False

    @property
    def view(self) -> object:
        """Return what readers have in common who see the same."""
        reader = self.reader
        seen = (self.plan, self.period, self.key, self.note, self.reads)
        return (*seen, reader.told, reader.changes, reader.language, bool(reader.recipient))


def at_once(plan: DigestPlan, reader: Reader, now: datetime) -> Due:
    """Return what a reader is owed at a person's word."""
    local = now.astimezone(ZoneInfo(plan.timezone))
    return Due(plan, reader, local, f"{now.isoformat()} by hand", reader.settled_until)


def due(plan: DigestPlan, reader: Reader, now: datetime) -> Due | None:
    """Return what a reader is owed by now."""
    period = latest_due(plan.schedule, plan.timezone, reader.settled_until, now)
    if period is None:
        return None
    note = speak(reader.language).late(period) if now - period.astimezone(UTC) >= _LATE else ""
    return Due(plan, reader, period, period_key(period), period.astimezone(UTC), note)


def to(plan: DigestPlan) -> tuple[Recipient, ...]:
    """Return whom the configuration names as a digest's readers: the page where it names nobody."""
    return plan.to or (NOBODY,)


def own(plan: DigestPlan, reader: Reader) -> DigestPlan:
    """Return a digest as a reader wants it, without its list of readers: what is seen by many is equal."""
    return replace(
        plan,
        to=(),
        topics=tuple(topic for topic in reader.topics if topic in plan.topics) or plan.topics,
        schedule=reader.schedule or plan.schedule,
        timezone=reader.timezone or plan.timezone,
    )
