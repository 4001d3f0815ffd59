"""Who reads which digest: those that the configuration names, and those whom a person added."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.model.digests import Reader, ReaderState, Recipient
from monitor.store.columns import Json, Utc
from monitor.store.dialect import upsert
from monitor.store.schema import metadata, tag

reader = sa.Table(
    "reader",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("recipient", sa.Text, primary_key=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("told", sa.BigInteger, nullable=False),
    sa.Column("changes", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("settled_until", Utc, nullable=False),
    sa.Column("origin", sa.Text, nullable=False, server_default="file"),
    sa.Column("state", sa.Text, nullable=False, server_default="active"),
    sa.Column("token", sa.Text, unique=True),
    sa.Column("schedule", sa.Text),
    sa.Column("timezone", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("topics", Json),
    sa.Column("since", Utc),
)
"""How far recipients of digests have been told; active while somebody names them, since: in this state."""

_TOKEN = 16
"""Bytes of a token: 22 characters that cannot be guessed (RFC 8058 section 5)."""

_OWN = ("schedule", "timezone", "language", "topics")


def enrol(
    connection: sa.Connection, named: Iterable[tuple[str, Recipient]], back_to: datetime, now: datetime
) -> None:
    """Take in whom the configuration names: who is new, or back, is told from back_to on, and due from now.

    Whom it no longer names gets nothing until it does again; who unsubscribed stays so.
    """
    known = {(row.digest, row.recipient): row for row in connection.execute(sa.select(reader))}
    connection.execute(sa.update(reader).where(reader.c.origin == "file").values(active=False))
    for name, to in {(name, to.address): (name, to) for name, to in named}.values():
        before = known.get((name, to.address))
        row = {"origin": "file", "timezone": to.timezone, "language": to.language}
        row |= {"schedule": None, "topics": None}
        if before and before.state == "asked":  # whom the configuration names is not asked
            row["state"] = "active"
        _put(connection, Reader(name, to.address, 0, now), row, before, back_to)


def add(connection: sa.Connection, wanted: Reader, back_to: datetime, now: datetime) -> Reader:
    """Take in whom a person names; they are told from back_to on, and due from now."""
    before = connection.execute(_row(wanted.digest, wanted.recipient)).one_or_none()
    row = {name: getattr(wanted, name) for name in _OWN}
    row |= {"origin": "user", "state": wanted.state, "since": now, "topics": list(wanted.topics) or None}
    _put(connection, wanted, row, before, back_to)
    found = one(connection, wanted.digest, wanted.recipient)
    assert found  # noqa: S101  # it was put there
    return found


def _put(
    connection: sa.Connection, wanted: Reader, values: dict[str, Any], before: Any, back_to: datetime
) -> None:
    key = {"digest": wanted.digest, "recipient": wanted.recipient}
    start = _mark(connection, back_to)
    mark = {
        "told": max(start, before.told) if before else start,
        "changes": max(start, before.changes) if before else start,
        "settled_until": wanted.settled_until,
        "token": before.token if before else secrets.token_urlsafe(_TOKEN),
    }
    kept = before is not None and before.active
    update = ["active", *values, *(() if kept else mark)]
    upsert(connection, reader, [key | {"active": True} | values | mark], update=update)


def _mark(connection: sa.Connection, back_to: datetime) -> int:
    return (connection.scalar(sa.select(sa.func.max(tag.c.id)).where(tag.c.tagged_at < back_to)) or 0) + 1


def everybody(connection: sa.Connection) -> tuple[Reader, ...]:
    """Return all whom somebody names, whatever their state, by digest and address."""
    found = sa.select(reader).where(reader.c.active).order_by(reader.c.digest, reader.c.recipient)
    return tuple(map(_reader, connection.execute(found)))


def one(connection: sa.Connection, digest: str, recipient: str) -> Reader | None:
    """Return a reader of a digest, where somebody names them."""
    row = connection.execute(_row(digest, recipient).where(reader.c.active)).one_or_none()
    return _reader(row) if row else None


def states(connection: sa.Connection, some: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """Return the states of those readers whom somebody names, by digest and address."""
    digests, addresses = {one[0] for one in some}, {one[1] for one in some}
    found = sa.select(reader.c.digest, reader.c.recipient, reader.c.state)
    found = found.where(reader.c.active, reader.c.digest.in_(digests), reader.c.recipient.in_(addresses))
    return {(row.digest, row.recipient): row.state for row in connection.execute(found)}


def has_left(connection: sa.Connection, digest: str, recipient: str) -> bool:
    """Tell whether somebody unsubscribed from a digest, even if nobody names them any more."""
    gone = sa.select(reader.c.recipient).where(reader.c.digest == digest, reader.c.state == "left")
    return recipient.casefold() in {one.casefold() for one in connection.scalars(gone)}


def by_token(connection: sa.Connection, token: str) -> Reader | None:
    """Return whom a link in a mail is about."""
    row = connection.execute(sa.select(reader).where(reader.c.token == token, reader.c.active)).one_or_none()
    return _reader(row) if row else None


def turn(connection: sa.Connection, who: Reader, state: ReaderState, now: datetime) -> None:
    """Bring a reader into another state; who comes back is due from now, with what came in between."""
    values: dict[str, Any] = {"state": state, "since": now}
    if state == "active":
        values["settled_until"] = now
    connection.execute(_change(who.digest, who.recipient).values(**values))


def remove(connection: sa.Connection, who: Reader) -> None:
    """Let nobody name a reader any more; what they were told is remembered."""
    connection.execute(_change(who.digest, who.recipient).values(active=False))


def move(connection: sa.Connection, marks: Sequence[Reader]) -> None:
    """Set readers' marks."""
    moved = sa.update(reader).where(
        reader.c.digest == sa.bindparam("of"), reader.c.recipient == sa.bindparam("who")
    )
    rows = [
        {
            "of": mark.digest,
            "who": mark.recipient,
            "told": mark.told,
            "changes": mark.changes,
            "settled_until": mark.settled_until,
        }
        for mark in marks
    ]
    if rows:
        connection.execute(moved, rows)


def settle(connection: sa.Connection, digest: str, recipient: str, until: datetime) -> None:
    """Count a reader's periods up to a time as done."""
    connection.execute(_change(digest, recipient).values(settled_until=until))


def _row(digest: str, recipient: str) -> sa.Select[Any]:
    return sa.select(reader).where(reader.c.digest == digest, reader.c.recipient == recipient)


def _change(digest: str, recipient: str) -> sa.Update:
    return sa.update(reader).where(reader.c.digest == digest, reader.c.recipient == recipient)


def _reader(row: Any) -> Reader:
    return Reader(
        digest=row.digest,
        recipient=row.recipient,
        told=row.told,
        settled_until=row.settled_until,
        state=row.state,
        origin=row.origin,
        token=row.token or "",
        schedule=row.schedule,
        timezone=row.timezone,
        language=row.language,
        topics=tuple(row.topics or ()),
        since=row.since,
        changes=row.changes,
    )
