"""Events as people look at them: lists, the one that changed last first, and one event with its timeline."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.hosts import site_of_url
from monitor.model.views import EventView, MemberView
from monitor.store import ids, moves, rulings, stories
from monitor.store.grouping import event, membership
from monitor.store.schema import copy, source, story, tag, wording

_PAGE = 300

_STORIES = story.join(wording, wording.c.id == story.c.wording_id).join(
    membership, membership.c.story_id == story.c.id
)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events to list: with a story on topic, changed since a time, of at least so many stories."""

    topic: str | None = None
    since: datetime | None = None
    least: int = 2


def newest(connection: sa.Connection, sought: Sought, limit: int, offset: int = 0) -> tuple[EventView, ...]:
    """Return a page of events, without their timelines; the one that changed last is first."""
    page = _select(sought).order_by(event.c.changed_at.desc(), event.c.id.desc())
    rows = connection.execute(page.limit(limit).offset(offset)).all()
    pages = (rows[start : start + _PAGE] for start in range(0, len(rows), _PAGE))
    return tuple(view for part in pages for view in _views(connection, part))


def count(connection: sa.Connection, sought: Sought) -> int:
    """Return how many events there are of what is sought."""
    return connection.scalar(sa.select(sa.func.count()).select_from(_select(sought).subquery())) or 0


def one(connection: sa.Connection, event_id: str) -> EventView | None:
    """Return an event with its timeline; an id that was merged away gives the event it is now."""
    row = moves.now(connection, ids.event_row(event_id))
    view = of_row(connection, row)
    if view is None:
        return None
    return replace(
        view,
        timeline=tuple(_members(connection, story.c.event_id == row)),
        changes=rulings.changes_of(connection, row, ids.event_id),
    )


def of_story(connection: sa.Connection, story_id: str) -> tuple[EventView, MemberView] | None:
    """Return the event of a story, without its timeline, and why the story is there; None while it waits."""
    row = moves.now(connection, ids.story_row(story_id))
    home = connection.scalar(sa.select(story.c.event_id).where(story.c.id == row))
    view = None if home is None else of_row(connection, home)
    member = next(_members(connection, story.c.id == row), None)
    return (view, member) if view and member else None


def of_rows(connection: sa.Connection, rows: Sequence[int]) -> tuple[EventView, ...]:
    """Return events by their rows, without their timelines."""
    pages = (rows[start : start + _PAGE] for start in range(0, len(rows), _PAGE))
    found = (connection.execute(sa.select(event).where(event.c.id.in_(page))).all() for page in pages)
    return tuple(view for page in found for view in _views(connection, page))


def of_row(connection: sa.Connection, row: int) -> EventView | None:
    """Return an event by its row, without its timeline."""
    return next(iter(of_rows(connection, [row])), None)


def _select(sought: Sought) -> sa.Select[Any]:
    found = sa.select(event).where(event.c.stories >= sought.least)
    if sought.since is not None:
        found = found.where(event.c.changed_at >= sought.since)
    if sought.topic is not None:
        tagged = sa.exists().where(
            story.c.event_id == event.c.id, tag.c.story_id == story.c.id, tag.c.topic == sought.topic
        )
        found = found.where(tagged)
    return found


def _views(connection: sa.Connection, rows: Sequence[Any]) -> Iterator[EventView]:
    wanted = [row.id for row in rows]
    speaking = {
        ids.story_row(view.id): view
        for view in stories.by_rows(connection, [row.headline_id for row in rows])
    }
    pins, begun = rulings.pins(connection, wanted), _begun(connection, wanted)
    outlets = _outlets(connection, story.c.event_id.in_(wanted), story.c.event_id)
    for row in rows:
        yield EventView(
            id=ids.event_id(row.id),
            headline=speaking[row.headline_id],
            stories=row.stories,
            outlets=outlets[row.id],
            first_seen=begun[row.id],
            changed_at=row.changed_at,
            pinned=pins.get(row.id),
        )


def _begun(connection: sa.Connection, wanted: Iterable[int]) -> dict[int, datetime]:
    """Return when the first story of each event was seen."""
    first = sa.select(story.c.event_id, sa.func.min(story.c.first_seen)).group_by(story.c.event_id)
    return {row[0]: row[1] for row in connection.execute(first.where(story.c.event_id.in_(wanted)))}


def _members(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> Iterator[MemberView]:
    outlets = _outlets(connection, wanted, story.c.id)
    columns = (story, wording.c.title, membership.c.joined_at, membership.c.score, membership.c.shared)
    found = sa.select(*columns).select_from(_STORIES).where(wanted)
    for row in connection.execute(found.order_by(story.c.at, story.c.id)):
        yield MemberView(
            story=ids.story_id(row.id),
            title=row.title,
            url=row.url,
            at=row.at,
            first_seen=row.first_seen,
            outlets=outlets[row.id],
            joined_at=row.joined_at,
            score=row.score,
            terms=tuple(row.shared),
        )


def _outlets(
    connection: sa.Connection, wanted: sa.ColumnElement[bool], by: sa.Column[Any]
) -> dict[int, tuple[str, ...]]:
    """Return the sites that carry stories, those of the links, else the sources, in the order they came."""
    joined = copy.join(story, story.c.id == copy.c.story_id).join(source, source.c.id == copy.c.source_id)
    columns = (by.label("of"), copy.c.url, source.c.name, source.c.title)
    found: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for row in connection.execute(sa.select(*columns).select_from(joined).where(wanted).order_by(copy.c.id)):
        found[row.of][site_of_url(row.url or "") or row.title or row.name] = None
    return defaultdict(tuple, {key: tuple(names) for key, names in found.items()})
