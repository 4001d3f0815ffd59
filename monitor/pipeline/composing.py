"""Compose: gather what a reader has not been told, and what goes with it, and put it into a digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.digest.compose import compose
from monitor.digest.render import Edition
from monitor.model.digests import Digest, Past, Troubles
from monitor.model.views import StoryView, Trouble
from monitor.pipeline.owing import Due
from monitor.store import Lane, outbox, trends
from monitor.store.changes import changed
from monitor.store.health import neediest, states

_DAYS = 14
"""How far back volumes reach, and how old a story may be of which changes are told."""

_MISSED: tuple[Trouble, ...] = ("gone", "certificate", "html", "broken", "gap", "stale")
"""Kinds of trouble in which news may be missed."""

_FEEDS = 20


@dataclass(frozen=True, slots=True)
class Composed:
    """A digest for all who see it alike: with how many stories, and the mark that covers them."""

    edition: Edition
    stories: int
    told: int


def digest_owed(connection: Lane, owed: Due, titles: Mapping[str, str], now: datetime) -> tuple[Digest, int]:
    """Return the digest that a reader is owed, and the mark that covers what it tells."""
    stories, told = outbox.untold(connection, owed.reader, owed.plan.topics)
    tells = stories or owed.plan.send_empty
    past = _past(connection, owed, stories, now) if tells else Past()
    return compose(owed.plan, titles, stories, owed.period, note=owed.note, past=past), told


def _past(connection: Lane, owed: Due, stories: tuple[StoryView, ...], now: datetime) -> Past:
    topics, days = owed.plan.topics, _days(owed)
    events = {story.event for story in stories if story.event and owed.reads}
    return Past(
        known=outbox.known_events(connection, owed.reader, topics, events),
        changed=changed(connection, owed.reader, topics, days[0]) if owed.reads else (),
        volumes=trends.volumes(connection, topics, days),
        troubles=_troubles(connection, now),
    )


def _days(owed: Due) -> list[datetime]:
    """Return when the last days began where the reader is, and when the digest is due."""
    zone = ZoneInfo(owed.plan.timezone)
    today = owed.period.astimezone(zone).date()
    midnights = (datetime.combine(today - timedelta(nth), time.min, zone) for nth in range(_DAYS))
    return [*sorted(one.astimezone(UTC) for one in midnights), owed.period.astimezone(UTC)]


def _troubles(connection: Lane, now: datetime) -> Troubles:
    counts = states(connection, now)
    many = sum(counts[kind] for kind in _MISSED)
    polled = sum(count for kind, count in counts.items() if kind not in {"due", "paused"})
    return Troubles(neediest(connection, now, _FEEDS, kinds=_MISSED) if many else (), many, polled)
