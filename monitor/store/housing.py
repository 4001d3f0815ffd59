"""In which event stories are where stories are merged and split; events counted and dropped."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from monitor.store import moves, outlets
from monitor.store.corrections import ruling
from monitor.store.dialect import insert
from monitor.store.grouping import event, membership
from monitor.store.schema import story
from monitor.store.window import changed


def homes(connection: sa.Connection, stories: Collection[int]) -> dict[int, int]:
    """Return the events of stories, the pinned ones first, then in the order of the stories."""
    joined = story.join(event, event.c.id == story.c.event_id)
    found = sa.select(story.c.id, story.c.event_id).select_from(joined).where(story.c.id.in_(stories))
    rows = connection.execute(found.order_by(event.c.pinned.desc(), story.c.id))
    return {row.id: row.event_id for row in rows}


def merged(connection: sa.Connection, into: int, were: Mapping[int, int], at: datetime) -> None:
    """Let a story that others were merged into be in the first of the events where they were.

    were is what homes() said of them all before; an event that has no story left leads to that one.
    """
    if not were:
        return
    home, heir = next(iter(were.values())), into if into in were else next(iter(were))
    others = [row for row in were if row != heir]
    connection.execute(sa.delete(membership).where(membership.c.story_id.in_(others)))
    connection.execute(sa.update(membership).where(membership.c.story_id == heir).values(story_id=into))
    connection.execute(sa.update(story).where(story.c.id == into).values(event_id=home))
    events = set(were.values())
    left = set(connection.scalars(sa.select(story.c.event_id).where(story.c.event_id.in_(events)).distinct()))
    drop(connection, events - left, home)
    recount(connection, sorted(left), at)
    changed(connection, stories={into, *were}, events=events)


def parted(connection: sa.Connection, whole: int, fresh: int, at: datetime) -> None:
    """Let a story that was split off wait for its event, or stay where a person pinned that of the whole."""
    joined = story.join(event, event.c.id == story.c.event_id)
    pinned = sa.select(event.c.id).select_from(joined).where(story.c.id == whole, event.c.pinned)
    home = connection.scalar(pinned)
    connection.execute(sa.update(story).where(story.c.id == fresh).values(event_id=home))
    if home is not None:
        row = connection.execute(sa.select(membership).where(membership.c.story_id == whole)).mappings().one()
        insert(connection, membership, [{**row, "story_id": fresh, "joined_at": at}])
        recount(connection, [home], at)
    else:
        outlets.count_of(connection, [whole])
    changed(connection, stories=[whole, fresh], events=[] if home is None else [home])


def recount(connection: sa.Connection, rows: Iterable[int], at: datetime) -> None:
    """Count the stories and outlets of events anew, where one came or went; who speaks may be another."""
    changed = list(rows)
    outlets.count(connection, changed)
    for row in changed:
        size = connection.scalar(sa.select(sa.func.count()).where(story.c.event_id == row))
        values = {"stories": size, "checked": size, "headline_id": _headline(connection, row)}
        connection.execute(sa.update(event).where(event.c.id == row).values(values | {"changed_at": at}))


def _headline(connection: sa.Connection, row: int) -> int:
    """Return the story that speaks for an event, else the one most like the others, as it came."""
    joined = story.join(event, event.c.id == story.c.event_id).join(
        membership, membership.c.story_id == story.c.id
    )
    found = sa.select(story.c.id).select_from(joined).where(story.c.event_id == row)
    best = (story.c.id != event.c.headline_id, membership.c.score.desc(), story.c.at, story.c.id)
    best_one: int = connection.execute(found.order_by(*best).limit(1)).scalar_one()
    return best_one


def drop(connection: sa.Connection, gone: Collection[int], into: int) -> None:
    """Drop events that have no stories; their ids lead to another, and what was said of them is no more."""
    if not gone:
        return
    connection.execute(sa.delete(event).where(event.c.id.in_(gone)))
    connection.execute(sa.delete(ruling).where(ruling.c.about == "event", ruling.c.one.in_(gone)))
    moves.move(connection, dict.fromkeys(gone), into)
