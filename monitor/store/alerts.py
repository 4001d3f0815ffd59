"""Alerts: what a rule saw, made once for each thing and recipient, and kept until it has arrived."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.model.alerts import Alert, AlertRule, AlertView, WaitingAlert
from monitor.model.digests import Delivered
from monitor.store import ids, moves
from monitor.store.columns import Json, Utc, own_id
from monitor.store.dialect import listed, upsert
from monitor.store.schema import counter, feed, incident, metadata, story, tag

alert = sa.Table(
    "alert",
    metadata,
    own_id(),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("record", Json, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("next_try_at", Utc),
    sa.Column("settled_at", Utc),
    sa.Column("sent_as", sa.Text),
    sa.UniqueConstraint("rule", "about", "recipient"),
    sa.Index("ix_alert_status_next_try_at", "status", "next_try_at"),
)
"""The outbox of alerts: one row a rule, thing and recipient, for good, so that nothing alerts twice."""

watch = sa.Table(
    "watch",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("tags", sa.BigInteger, nullable=False),
    sa.Column("incidents", sa.BigInteger, nullable=False),
    sa.Column("hour", sa.BigInteger, nullable=False, server_default="0"),
)
"""How far rules have looked."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one message tells: the alerts in it, and what it is about."""

    rows: tuple[int, ...]
    about: str


@dataclass(frozen=True, slots=True)
class Looked:
    """How far a rule has looked: tags and incidents below these, hours since 1970 up to this one."""

    tags: int
    incidents: int
    hour: int = 0


_LOOKED_AT = 2_000
"""How many tags or incidents are looked at in one transaction."""

Seen = tuple[int, int, int | None, datetime]
"""A tag on topic: its row, its story, the story's event if it has one, when it was given."""


def enrol(connection: sa.Connection, rules: Sequence[str]) -> None:
    """Take in which rules there are; a new one, and one that was away, begins with what comes from now on."""
    known = set(connection.scalars(sa.select(watch.c.rule)))
    connection.execute(sa.delete(watch).where(watch.c.rule.not_in(rules)))
    start = connection.scalar(sa.select(counter.c.next).where(counter.c.name == "row")) or 0
    last = connection.scalar(sa.select(sa.func.max(incident.c.id))) or 0
    for rule in set(rules) - known:
        look(connection, rule, Looked(start, last + 1))


def watched(connection: sa.Connection, rule: str) -> Looked:
    """Return up to where a rule has looked."""
    row = connection.execute(sa.select(watch).where(watch.c.rule == rule)).one()
    return Looked(row.tags, row.incidents, row.hour)


def look(connection: sa.Connection, rule: str, looked: Looked) -> None:
    """Write down up to where a rule has looked."""
    row = {"rule": rule} | asdict(looked)
    upsert(connection, watch, [row], update=["tags", "incidents", "hour"])


def on_topic(connection: sa.Connection, rule: AlertRule, since: int) -> tuple[list[Seen], int]:
    """Return the news that a rule's topics were given since, in order, and up to where this looked."""
    upto = connection.scalar(sa.select(counter.c.next).where(counter.c.name == "row")) or 0
    found = (
        sa.select(tag.c.id, tag.c.story_id, story.c.event_id, tag.c.tagged_at)
        .join(story, story.c.id == tag.c.story_id)
        .where(tag.c.id >= since, tag.c.id < upto, tag.c.topic.in_(rule.topics), tag.c.score >= rule.score)
        .where(story.c.news, ~tag.c.back_applied)
        .order_by(tag.c.id)
        .limit(_LOOKED_AT)
    )
    seen = [(row[0], row[1], row[2], row[3]) for row in connection.execute(found)]
    return seen, upto if len(seen) < _LOOKED_AT else seen[-1][0] + 1


def live_events(connection: sa.Connection, rule: AlertRule, begun: int, since: datetime) -> list[int]:
    """Return the events with news on a rule's topics, given since the rule began and since a time."""
    found = (
        sa.select(story.c.event_id)
        .join(tag, tag.c.story_id == story.c.id)
        .where(tag.c.topic.in_(rule.topics), tag.c.score >= rule.score, ~tag.c.back_applied)
        .where(story.c.news, story.c.first_seen >= since, story.c.event_id.is_not(None))
        .where(tag.c.id >= begun)
        .distinct()
    )
    return list(connection.scalars(found))


def incidents(connection: sa.Connection, since: int, kinds: Collection[str]) -> Iterator[Any]:
    """Yield what happened to feeds since, in order: id, kind, detail, at, url and title of the feed."""
    found = sa.select(incident, feed.c.url, feed.c.title).join(feed, feed.c.id == incident.c.feed_id)
    found = found.where(incident.c.id >= since, incident.c.kind.in_(kinds))
    yield from connection.execute(found.order_by(incident.c.id).limit(_LOOKED_AT))


def made_since(connection: sa.Connection, rule: str, since: datetime) -> frozenset[str]:
    """Return what a rule has made alerts of since a time."""
    found = sa.select(alert.c.about).where(alert.c.rule == rule, alert.c.made_at > since).distinct()
    return frozenset(connection.scalars(found))


def make(connection: sa.Connection, rule: AlertRule, alerts: Sequence[Alert], now: datetime) -> int:
    """Put alerts into the outbox for each of a rule's recipients; those made before stay as they are."""
    if not alerts:
        return 0
    names = {one.about: {one.about, *_former(connection, one.about)} for one in alerts}
    known = sa.select(alert.c.about).where(alert.c.rule == rule.name)
    done = set(connection.scalars(known.where(alert.c.about.in_(set().union(*names.values())))))
    fresh = {one.about: one for one in alerts if done.isdisjoint(names[one.about])}
    if not fresh:
        return 0
    rows = [_row(rule.name, to, one, now) for one in fresh.values() for to in dict.fromkeys(rule.to)]
    for row, key in zip(rows, ids.allocate(connection, len(rows)), strict=True):
        connection.execute(sa.insert(alert).values(id=key, **row))
    return len(fresh)


def _former(connection: sa.Connection, about: str) -> list[str]:
    """Return by which ids a story or an event was known before others were merged into it."""
    letter, number = about[:1], about[1:]
    if letter not in {"s", "e"} or not number.isdecimal():
        return []
    return [f"{letter}{row}" for row in moves.former(connection, int(number))]


def _row(rule: str, to: str, one: Alert, now: datetime) -> dict[str, Any]:
    return {
        "rule": rule,
        "about": one.about,
        "recipient": to,
        "status": "waiting",
        "held": False,
        "title": one.title,
        "text": one.text,
        "url": one.url,
        "record": dict(one.record),
        "attempts": 0,
        "detail": "",
        "made_at": one.made_at,
        "next_try_at": now,
        "settled_at": None,
    }


def waiting(connection: sa.Connection, now: datetime) -> list[WaitingAlert]:
    """Return the alerts whose next try is due, oldest first."""
    found = sa.select(alert).where(alert.c.status == "waiting", alert.c.next_try_at <= now)
    return [_waiting(row) for row in connection.execute(found.order_by(alert.c.id))]


def _waiting(row: Any) -> WaitingAlert:
    told = Alert(row.about, row.title, row.text, row.url, row.made_at, row.record)
    return WaitingAlert(row.id, row.rule, row.recipient, told, row.attempts, row.held)


def sent_since(connection: sa.Connection, rule: str, to: str, since: datetime) -> list[datetime]:
    """Return when alerts of a rule arrived at a recipient, the oldest first; a summary counts once."""
    found = sa.select(alert.c.sent_as, alert.c.settled_at).distinct()
    found = found.where(alert.c.rule == rule, alert.c.recipient == to, alert.c.status == "sent")
    return sorted(row.settled_at for row in connection.execute(found.where(alert.c.settled_at > since)))


def hold(connection: sa.Connection, rows: Collection[int], until: datetime) -> None:
    """Let alerts wait; they are told together."""
    _change(connection, rows, next_try_at=until, held=True)


def settle(
    connection: sa.Connection, told: Told, answer: Delivered, now: datetime, wait: timedelta | None
) -> None:
    """Write an answer down; without a wait before the next try what was not accepted is dead."""
    status = "sent" if answer.accepted else "waiting" if wait else "dead"
    done = None if status == "waiting" else now
    _change(
        connection,
        told.rows,
        sent_as=told.about,
        status=status,
        detail=answer.detail,
        attempts=alert.c.attempts + 1,
        next_try_at=now + wait if wait else None,
        settled_at=done,
    )


def revive(connection: sa.Connection, rows: Collection[int], now: datetime) -> None:
    """Try alerts again from the beginning, whatever became of them."""
    _change(connection, rows, status="waiting", held=False, attempts=0, next_try_at=now, settled_at=None)


def _change(connection: sa.Connection, rows: Collection[int], **values: Any) -> None:
    connection.execute(sa.update(alert).where(alert.c.id.in_(listed(connection, rows))).values(**values))


def latest(connection: sa.Connection, status: str | None, limit: int) -> list[AlertView]:
    """Return alerts, newest first, all or those of a status."""
    found = sa.select(alert).order_by(alert.c.id.desc()).limit(limit)
    return list(map(_view, connection.execute(found.where(alert.c.status == status) if status else found)))


def one(connection: sa.Connection, alert_id: str) -> AlertView | None:
    """Return an alert by the id that listings show."""
    found = connection.execute(sa.select(alert).where(alert.c.id == ids.alert_row(alert_id))).one_or_none()
    return _view(found) if found else None


def _view(row: Any) -> AlertView:
    return AlertView(
        id=f"a{row.id}",
        rule=row.rule,
        to=row.recipient,
        status=row.status,
        title=row.title,
        about=row.about,
        made_at=row.made_at,
        attempts=row.attempts,
        detail=row.detail,
        settled_at=row.settled_at,
    )
