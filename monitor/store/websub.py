"""Subscriptions at hubs: what monitor.push decides is kept here, one row for a feed that names a hub."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.model.fetching import History
from monitor.model.polls import Push
from monitor.store import history
from monitor.store.columns import Json, Utc
from monitor.store.dialect import upsert
from monitor.store.schema import feed, metadata
from monitor.store.subscriptions import options_of

websub = sa.Table(
    "websub",
    metadata,
    sa.Column("feed_id", sa.BigInteger, sa.ForeignKey("feed.id"), primary_key=True, autoincrement=False),
    sa.Column("hubs", Json, nullable=False),
    sa.Column("topic", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_hub", sa.Text),
    sa.Column("asked_topic", sa.Text),
    sa.Column("base", sa.Text),
    sa.Column("token", sa.Text, unique=True),
    sa.Column("secret", sa.Text),
    sa.Column("since", Utc),
    sa.Column("lease_until", Utc),
    sa.Column("next_try_at", Utc, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last_push_at", Utc),
    sa.Column("called_at", Utc),
    sa.Column("pushes", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("agreed", sa.Integer, nullable=False),
    sa.Column("missed", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
)
"""What feeds say of their hubs, and our subscriptions there: the fields of model.Push."""

_CHUNK = 500
_APART = timedelta(minutes=1)
"""How far apart a feed is polled at least, however often its hub calls."""

Lesson = Callable[[History], tuple[History, datetime | None]]
"""What to make of a feed's history, and when the feed has fallen silent then."""

_active = sa.and_(~feed.c.paused, ~feed.c.removed)


@dataclass(frozen=True, slots=True)
class Recipient:
    """The feed that a delivery is for; active is whether it is polled."""

    push: Push
    source_id: int
    polls: int
    active: bool
    dedupe_off: tuple[str, ...] = ()


def every(connection: sa.Connection, feed_ids: Sequence[int] | None = None) -> Mapping[int, Push]:
    """Return the subscriptions of all feeds, or of those."""
    return {push.feed_id: push for push in _some(connection, feed_ids)}


def _some(connection: sa.Connection, feed_ids: Sequence[int] | None) -> Iterator[Push]:
    if feed_ids is None:
        yield from map(_push, connection.execute(sa.select(websub)))
        return
    for start in range(0, len(feed_ids), _CHUNK):
        chosen = websub.c.feed_id.in_(feed_ids[start : start + _CHUNK])
        yield from map(_push, connection.execute(sa.select(websub).where(chosen)))


def _push(row: Any) -> Push:
    values = {column.name: getattr(row, column.name) for column in websub.columns}
    return Push(**values | {"hubs": tuple(row.hubs)})


def of_feed(connection: sa.Connection, feed_id: int) -> Push:
    """Return what a feed says of its hubs, which may be nothing yet."""
    return every(connection, [feed_id]).get(feed_id) or Push(feed_id)


def of_token(connection: sa.Connection, token: str) -> Recipient | None:
    """Return whose a callback is."""
    row = connection.execute(_recipients().where(websub.c.token == token)).one_or_none()
    return _recipient(row) if row else None


def _recipients() -> sa.Select[Any]:
    columns = (websub, feed.c.source_id, feed.c.polls, feed.c.options, _active.label("active"))
    return sa.select(*columns).join(feed, feed.c.id == websub.c.feed_id)


def _recipient(row: Any) -> Recipient:
    off = options_of(row.options).dedupe_off
    return Recipient(_push(row), row.source_id, row.polls, row.active, off)


def put(connection: sa.Connection, push: Push) -> None:
    """Keep what became of a subscription."""
    row = asdict(push) | {"hubs": list(push.hubs)}
    upsert(connection, websub, [row], update=[name for name in row if name != "feed_id"])


def hears(connection: sa.Connection, feed_id: int) -> None:
    """Note that a feed names a hub, so that its polls look after it."""
    connection.execute(sa.update(feed).where(feed.c.id == feed_id).values(has_hub=True))


def teach(connection: sa.Connection, feed_id: int, lesson: Lesson) -> None:
    """Let what was pushed into a feed's history, as polls do what they find."""
    row = connection.execute(sa.select(feed).where(feed.c.id == feed_id)).one()
    taught, stale_at = lesson(history.of(row))
    values = history.written(taught) | {"stale_at": stale_at}
    connection.execute(sa.update(feed).where(feed.c.id == feed_id).values(values))


def due(connection: sa.Connection, base: str, now: datetime, limit: int) -> list[Recipient]:
    """Return the subscriptions at whose hubs something is to be done, the longest waiting first.

    A hub is held to an address: under another base than the present one it has to be asked anew.
    """
    held = websub.c.state.in_(("asked", "active"))
    awaited = sa.and_(websub.c.next_try_at <= now, sa.or_(_active, held, websub.c.state == "leaving"))
    wrong = sa.and_(held, sa.or_(~_active, websub.c.base != base))
    rows = _recipients().where(sa.or_(awaited, wrong)).order_by(websub.c.next_try_at).limit(limit)
    return [_recipient(row) for row in connection.execute(rows)]


def call(connection: sa.Connection, feed_id: int, now: datetime) -> None:
    """Make a feed due for its hub; one that fails keeps its wait, which its server may have asked for."""
    row = connection.execute(
        sa.select(feed.c.last_poll_at, feed.c.next_poll_at, feed.c.failures).where(feed.c.id == feed_id)
    ).one()
    at = max(now, row.last_poll_at + _APART) if row.last_poll_at else now
    if not row.failures and at < row.next_poll_at:
        connection.execute(sa.update(feed).where(feed.c.id == feed_id).values(next_poll_at=at))
