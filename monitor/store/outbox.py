"""Digests reserved, sent, settled: what a reader has been told, and what is on its way.

Reserving a message and moving its reader's mark are one transaction, committed before anything is
sent, so that a story is told once whatever dies, and a message that was reserved is sent.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.model.digests import Bodies, Delivered, MessageView, Reader, Reservation, Waiting
from monitor.model.views import StoryView
from monitor.store import editions, ids, readers, stories
from monitor.store.corrections import heard
from monitor.store.dialect import given, insert
from monitor.store.schema import counter, message, story, tag

_PAGE = 100
"""How many mails are in memory at a time, some megabytes."""

_KEPT = "no e-mail channel, or nobody to send to: composed and kept"


def told_before(
    story_id: sa.ColumnElement[int], mark: Reader, topics: Sequence[str]
) -> sa.ColumnElement[bool]:
    """Return whether a reader of these topics was told of a story: it bore a tag of theirs below their mark.

    Where a merge or a split has written its tags anew since, it is known which it bore.
    """
    earlier = tag.alias()
    bore = sa.exists().where(
        earlier.c.story_id == story_id,
        earlier.c.topic.in_(topics),
        earlier.c.id < mark.told,
        ~earlier.c.back_applied,
    )
    once = sa.exists().where(
        heard.c.story_id == story_id, heard.c.topic.in_(topics), heard.c.tag_id < mark.told
    )
    return sa.or_(bore, once)


def untold(
    connection: sa.Connection, mark: Reader, topics: Sequence[str]
) -> tuple[tuple[StoryView, ...], int]:
    """Return the news on these topics that a reader has not been told, and the mark that covers it.

    What was applied to the archive is no news.
    """
    upto = connection.scalar(sa.select(counter.c.next).where(counter.c.name == "row")) or 0
    wanted = (
        sa.select(tag.c.story_id)
        .join(story, story.c.id == tag.c.story_id)
        .where(tag.c.topic.in_(topics), tag.c.id >= mark.told, tag.c.id < upto)
        .where(story.c.news, ~tag.c.back_applied, ~told_before(tag.c.story_id, mark, topics))
        .distinct()
    )
    rows = connection.scalars(wanted).all()
    return stories.by_rows(connection, rows), upto


def reading(connection: sa.Connection) -> frozenset[tuple[str, str]]:
    """Return who has had a message of which digest before, by digest and address."""
    found = sa.select(message.c.digest, message.c.recipient).where(message.c.stories > 0).distinct()
    return frozenset((row.digest, row.recipient) for row in connection.execute(found))


def known_events(
    connection: sa.Connection, mark: Reader, topics: Sequence[str], events: Collection[str]
) -> frozenset[str]:
    """Return those events of which somebody who has had a message before was told a story then."""
    asked = given(connection, [(ids.event_row(event),) for event in events], sa.BigInteger)
    joined = asked.table.join(story, story.c.event_id == asked.columns[0])
    told = sa.select(story.c.event_id).select_from(joined).distinct()
    told = told.where(story.c.news, told_before(story.c.id, mark, topics))
    return frozenset(map(ids.event_id, connection.scalars(told, asked.values)))


def reserve(connection: sa.Connection, made: Sequence[Reservation], now: datetime) -> tuple[Reservation, ...]:
    """Put messages into the outbox and move their readers' marks; return those that were put there.

    Where a reader's period has one already, the period is settled and nothing is told.
    """
    known = _known(connection, made)
    fresh = tuple(one for one in made if _key(one) not in known)
    for one in made:
        if _key(one) in known:
            readers.settle(connection, one.digest, one.recipient, one.settled_until)
    queue(connection, fresh, now)
    told = [Reader(one.digest, one.recipient, one.told, one.settled_until, changes=one.told) for one in fresh]
    readers.move(connection, told)
    return fresh


def _key(one: Any) -> tuple[str, str, str]:
    return one.digest, one.recipient, one.period


def _known(connection: sa.Connection, made: Sequence[Reservation]) -> frozenset[tuple[str, str, str]]:
    columns = (message.c.digest, message.c.recipient, message.c.period)
    sought = [column.in_({getattr(one, column.name) for one in made}) for column in columns]
    return frozenset(map(_key, connection.execute(sa.select(*columns).where(*sought))))


def queue(connection: sa.Connection, made: Sequence[Reservation], now: datetime) -> None:
    """Put messages into the outbox; their readers' marks stay where they are."""
    rows = [
        {
            "id": row,
            "digest": one.digest,
            "recipient": one.recipient,
            "period": one.period,
            "message_id": one.message_id,
            "status": "reserved" if one.mime else "kept",
            "subject": one.subject,
            "stories": one.stories,
            "text": one.text,
            "html": one.html,
            "mime": one.mime,
            "edition_id": one.edition,
            "attempts": 0,
            "detail": "" if one.mime else _KEPT,
            "reserved_at": now,
            "next_try_at": now if one.mime else None,
        }
        for row, one in zip(ids.allocate(connection, len(made)), made, strict=True)
    ]
    insert(connection, message, rows)


def waiting(
    connection: sa.Connection, now: datetime | None, digest: str | None = None, after: int = 0
) -> tuple[Waiting, ...]:
    """Return a page of the reserved messages whose next try is due by now (None: all), oldest first."""
    found = sa.select(message).where(message.c.status == "reserved", message.c.id > after).limit(_PAGE)
    if now is not None:
        found = found.where(message.c.next_try_at <= now)
    if digest is not None:
        found = found.where(message.c.digest == digest)
    rows = connection.execute(found.order_by(message.c.id)).all()
    shared = editions.some(connection, (row.edition_id for row in rows))
    return tuple(
        Waiting(
            row.id,
            row.digest,
            row.recipient,
            row.period,
            row.subject,
            row.stories,
            row.mime,
            row.attempts,
            row.reserved_at,
            row.message_id,
            Bodies(row.text, row.html),
            shared.get(row.edition_id),
        )
        for row in rows
    )


def sent_since(connection: sa.Connection, since: datetime) -> int:
    """Return how many messages were accepted since a time."""
    found = sa.select(sa.func.count()).where(message.c.status == "sent", message.c.settled_at > since)
    return connection.scalar(found.select_from(message)) or 0


def settle(
    connection: sa.Connection, sent: Waiting, answer: Delivered, now: datetime, next_try_at: datetime | None
) -> None:
    """Write a channel's answer down; without a next try a message that was not accepted has failed.

    What is settled is never sent again, so that its mail need not be kept.
    """
    status = "sent" if answer.accepted else "reserved" if next_try_at else "failed"
    connection.execute(
        sa.update(message)
        .where(message.c.id == sent.id)
        .values(
            status=status,
            detail=answer.detail,
            attempts=sent.attempts + 1,
            next_try_at=next_try_at,
            settled_at=None if status == "reserved" else now,
            mime=sent.mime if status == "reserved" else None,
        )
    )


def latest(connection: sa.Connection, digest: str | None = None, limit: int = 50) -> tuple[MessageView, ...]:
    """Return messages, newest first."""
    found = sa.select(message).order_by(message.c.id.desc()).limit(limit)
    return _views(connection, found.where(message.c.digest == digest) if digest else found)


def one(connection: sa.Connection, message_id: str) -> MessageView | None:
    """Return one message by the id that listings show."""
    wanted = ids.message_row(message_id)
    return next(iter(_views(connection, sa.select(message).where(message.c.id == wanted))), None)


def _views(connection: sa.Connection, found: sa.Select[Any]) -> tuple[MessageView, ...]:
    rows = connection.execute(found).all()
    shared = editions.some(connection, (row.edition_id for row in rows))
    return tuple(_view(row, shared.get(row.edition_id)) for row in rows)


def _view(row: Any, shared: Bodies | None) -> MessageView:
    own = Bodies(row.text, row.html)
    bodies = shared.filled(own) if shared else own
    return MessageView(
        id=f"m{row.id}",
        digest=row.digest,
        recipient=row.recipient,
        period=row.period,
        message_id=row.message_id,
        status=row.status,
        subject=row.subject,
        stories=row.stories,
        attempts=row.attempts,
        detail=row.detail,
        reserved_at=row.reserved_at,
        settled_at=row.settled_at,
        text=bodies.text,
        html=bodies.html,
    )
