"""How many outlets carry each event: counted where copies come, go and are moved, so that it can be asked."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from monitor.store.carriers import outlet
from monitor.store.dialect import listed
from monitor.store.grouping import event
from monitor.store.schema import copy, source, story

_CARRIED = story.join(copy, copy.c.story_id == story.c.id).join(source, source.c.id == copy.c.source_id)
_MANY = (
    sa.select(sa.func.count(outlet.distinct())).select_from(_CARRIED).where(story.c.event_id == event.c.id)
)


def count(connection: sa.Connection, events: Collection[int]) -> None:
    """Count anew how many outlets carry events, of which a story came or went, or a copy of one."""
    if events:
        _count(connection, listed(connection, events))


def count_of(connection: sa.Connection, stories: Collection[int]) -> None:
    """Count anew how many outlets carry the events of stories of which a copy came or is elsewhere now."""
    if stories:
        wanted = story.c.id.in_(listed(connection, stories))
        _count(connection, sa.select(story.c.event_id).where(wanted, story.c.event_id.is_not(None)))


@contextmanager
def renaming(connection: sa.Connection, sources: Collection[int]) -> Iterator[None]:
    """Count anew where a source gets another title: it is the outlet of copies without a link."""
    before = _titles(connection, sources)
    yield
    renamed = [row for row, title in _titles(connection, sources).items() if before[row] != title]
    if renamed:
        unlinked = sa.and_(copy.c.source_id.in_(listed(connection, renamed)), copy.c.domain.is_(None))
        told = sa.select(story.c.event_id).select_from(story.join(copy, copy.c.story_id == story.c.id))
        _count(connection, told.where(unlinked, story.c.event_id.is_not(None)))


def _titles(connection: sa.Connection, sources: Collection[int]) -> dict[int, str | None]:
    found = sa.select(source.c.id, source.c.title).where(source.c.id.in_(listed(connection, sources)))
    return {row.id: row.title for row in connection.execute(found)}


def _count(connection: sa.Connection, events: sa.Select[Any]) -> None:
    many = _MANY.correlate(event).scalar_subquery()
    connection.execute(sa.update(event).where(event.c.id.in_(events)).values(outlets=many))
