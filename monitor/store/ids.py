"""Ids: given out in the lane, so that they grow in the order of commits and are never used again."""

from collections.abc import Iterator

import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.store.schema import counter

_BLOCK = 256


def allocate(connection: sa.Connection, count: int) -> range:
    """Take count fresh ids for rows of any table."""
    after = connection.scalar(
        sa.update(counter)
        .where(counter.c.name == "row")
        .values(next=counter.c.next + count)
        .returning(counter.c.next)
    )
    assert after is not None, "the first migration makes the counter"  # noqa: S101
    return range(after - count, after)


def stream(connection: sa.Connection) -> Iterator[int]:
    """Give fresh ids without end, taken a block at a time; what is left of the last block stays unused."""
    while True:
        yield from allocate(connection, _BLOCK)


def story_id(row: int) -> str:
    """Write a story's id as the outside sees it."""
    return f"s{row}"


def event_id(row: int) -> str:
    """Write an event's id as the outside sees it."""
    return f"e{row}"


def story_row(story_id: str) -> int:
    """Read a story's id; raises UsageError with a sentence."""
    return _row(story_id, "s", "a story's")


def event_row(event_id: str) -> int:
    """Read an event's id; raises UsageError with a sentence."""
    return _row(event_id, "e", "an event's")


def alert_row(alert_id: str) -> int:
    """Read an alert's id; raises UsageError with a sentence."""
    return _row(alert_id, "a", "an alert's")


def message_row(message_id: str) -> int:
    """Read a message's id; raises UsageError with a sentence."""
    return _row(message_id, "m", "a message's")


def is_event(written: str) -> bool:
    """Tell whether an id is written as an event's."""
    return written[:1] == "e"


def _row(written: str, letter: str, whose: str) -> int:
    if written[:1] != letter or not (written[1:].isascii() and written[1:].isdecimal()) or len(written) > 19:
        raise UsageError(
            f"{written!r} is not {whose} id; ids look like {letter}123 and stand in every listing"
        )
    return int(written[1:])
