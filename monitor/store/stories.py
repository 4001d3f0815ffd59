"""Looking: lists and search, newest first, and one story with all its evidence."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.model.entries import Words
from monitor.model.topics import Tag
from monitor.model.views import CopyView, RevisionView, StoryView
from monitor.store import ids, moves, rulings
from monitor.store.articles import of_stories
from monitor.store.asked import Asked
from monitor.store.schema import copy, source, story, tag, topic, wording
from monitor.store.scope import of_all
from monitor.store.seeking import Sought
from monitor.store.tags import read

_PAGE = 300
_ROW = (
    story,
    wording.c.title,
    wording.c.summary,
    wording.c.text,
    source.c.name.label("source"),
    source.c.title.label("source_title"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which stories to list; since and until bound first_seen, matching is a query.

    news: only what may be called new (DESIGN section 3, News); event is a row.
    """

    matching: Asked | None = None
    topic: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    seeds: bool = True
    news: bool = False
    event: int | None = None


MANY = 10_000
"""From how many on it is enough to say that there are more: to count all takes longer than to find some."""


def newest(connection: sa.Connection, wanted: Wanted, limit: int, offset: int = 0) -> tuple[StoryView, ...]:
    """Return a page of stories, newest first by published, else by first seen."""
    if sought := _sought(connection, wanted):
        return by_rows(connection, sought.newest(offset + limit)[offset:])
    page = _select(connection, wanted).order_by(story.c.at.desc(), story.c.id.desc())
    rows = connection.execute(page.limit(limit).offset(offset)).all()
    pages = (rows[start : start + _PAGE] for start in range(0, len(rows), _PAGE))
    return tuple(view for part in pages for view in _views(connection, part))


def count(connection: sa.Connection, wanted: Wanted, most: int | None = None) -> int:
    """Return how many stories there are of what is wanted, but no more than most."""
    if most is not None and (sought := _sought(connection, wanted)):
        return sought.count(most)
    found = sa.select(story.c.id).where(*_conditions(connection, wanted)).limit(most)
    return connection.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0


def rows(connection: sa.Connection, wanted: Wanted) -> Sequence[int]:
    """Return the rows of all stories wanted in the order in which they came."""
    found = sa.select(story.c.id).where(*_conditions(connection, wanted))
    return connection.scalars(found.order_by(story.c.id)).all()


def every(connection: sa.Connection, wanted: Wanted) -> Iterator[StoryView]:
    """Yield every story wanted in the order in which they came, a page at a time."""
    for some in batched(rows(connection, wanted)):
        page = _select(connection, Wanted()).where(story.c.id.in_(some)).order_by(story.c.id)
        yield from _views(connection, connection.execute(page).all())


def one(connection: sa.Connection, story_id: str) -> StoryView | None:
    """Return a story with all that is known of it; an id that was merged away gives the story it is now."""
    wanted = moves.now(connection, ids.story_row(story_id))
    row = connection.execute(_select(connection, Wanted()).where(story.c.id == wanted)).one_or_none()
    if row is None:
        return None
    (view,) = _views(connection, [row])
    changes, apart = rulings.changes_of(connection, wanted), rulings.standing(connection, wanted)
    return replace(view, changes=changes, apart=tuple(one for one in apart if one.kind == "apart"))


def by_rows(connection: sa.Connection, rows: Sequence[int]) -> tuple[StoryView, ...]:
    """Return the stories with these row numbers, newest first."""
    found: list[StoryView] = []
    for some in batched(rows):
        page = _select(connection, Wanted()).where(story.c.id.in_(some))
        found += _views(connection, connection.execute(page).all())
    return tuple(sorted(found, key=_newest, reverse=True))


def batched(rows: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield rows in parts as long as a page of stories."""
    return (rows[start : start + _PAGE] for start in range(0, len(rows), _PAGE))


def _newest(view: StoryView) -> tuple[datetime, int]:
    return view.published or view.first_seen, ids.story_row(view.id)


def _select(connection: sa.Connection, wanted: Wanted) -> sa.Select[Any]:
    joined = story.join(wording, wording.c.id == story.c.wording_id).join(
        source, source.c.id == story.c.source_id
    )
    return sa.select(*_ROW).select_from(joined).where(*_conditions(connection, wanted))


def _conditions(connection: sa.Connection, wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    yield from _others(wanted)
    if wanted.matching is not None:
        yield wanted.matching.condition(of_all(connection))


def _others(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.topic is not None:
        yield sa.exists().where(tag.c.story_id == story.c.id, tag.c.topic == wanted.topic)
    if wanted.since is not None:
        yield story.c.first_seen >= wanted.since
    if wanted.until is not None:
        yield story.c.first_seen < wanted.until
    if wanted.news:
        yield story.c.news
    if wanted.event is not None:
        yield story.c.event_id == wanted.event
    if not wanted.seeds:
        yield ~story.c.seed


def _sought(connection: sa.Connection, wanted: Wanted) -> Sought | None:
    """Return a query as it is looked for on SQLite; PostgreSQL plans by itself."""
    if wanted.matching is None or connection.dialect.name != "sqlite":
        return None
    return Sought(connection, wanted.matching, tuple(_others(wanted)))


def _views(connection: sa.Connection, rows: Sequence[Any]) -> Iterator[StoryView]:
    wanted = [row.id for row in rows]
    articles = of_stories(connection, wanted)
    tags, copies, revisions = (
        _tags(connection, wanted),
        _copies(connection, wanted, {row.wording_id for row in rows}),
        _revisions(connection, wanted),
    )
    for row in rows:
        yield StoryView(
            id=ids.story_id(row.id),
            words=Words(row.title, row.summary, row.text),
            url=row.url,
            source=row.source,
            source_title=row.source_title,
            language=row.language,
            published=row.published,
            first_seen=row.first_seen,
            seed=row.seed,
            news=row.news,
            tags=tuple(tags[row.id]),
            copies=tuple(copies[row.id]),
            revisions=tuple(revisions[row.id]),
            article=articles.get(row.id),
            event=None if row.event_id is None else ids.event_id(row.event_id),
        )


def _tags(connection: sa.Connection, stories: Sequence[int]) -> dict[int, list[Tag]]:
    found: dict[int, list[Tag]] = defaultdict(list)
    joined = tag.join(topic, topic.c.name == tag.c.topic).join(wording, wording.c.id == tag.c.wording_id)
    rows = sa.select(tag, wording.c.title, wording.c.summary, wording.c.text).select_from(joined)
    rows = rows.where(tag.c.story_id.in_(stories)).order_by(tag.c.score.desc(), tag.c.topic)
    for row in connection.execute(rows).mappings():
        found[row["story_id"]].append(read(row, Words(row["title"], row["summary"], row["text"])))
    return found


def _copies(
    connection: sa.Connection, stories: Sequence[int], shown: AbstractSet[int]
) -> dict[int, list[CopyView]]:
    found: dict[int, list[CopyView]] = defaultdict(list)
    joined = copy.join(wording, wording.c.id == copy.c.wording_id).join(
        source, source.c.id == copy.c.source_id
    )
    rows = sa.select(copy, wording.c.title, source.c.name, source.c.title.label("source_title")).select_from(
        joined
    )
    for row in connection.execute(rows.where(copy.c.story_id.in_(stories)).order_by(copy.c.id)):
        first = row.wording_id in shown
        found[row.story_id].append(
            CopyView(
                source=row.name,
                source_title=row.source_title,
                guid=row.guid,
                url=row.url,
                title=row.title,
                published=row.published,
                first_seen=row.first_seen,
                rule="first" if first else row.rule,
                score=1.0 if first else row.score,
                evidence="" if first else row.evidence,
                id=row.id,
                author=row.author,
            )
        )
    return found


def _revisions(connection: sa.Connection, stories: Sequence[int]) -> dict[int, list[RevisionView]]:
    found: dict[int, list[RevisionView]] = defaultdict(list)
    joined = wording.join(copy, copy.c.id == wording.c.copy_id).join(source, source.c.id == copy.c.source_id)
    rows = sa.select(wording, copy.c.story_id, copy.c.guid, source.c.name).select_from(joined)
    rows = rows.where(copy.c.story_id.in_(stories), wording.c.id != copy.c.wording_id)
    for row in connection.execute(rows.order_by(wording.c.seen_at, wording.c.id)):
        words = Words(row.title, row.summary, row.text)
        found[row.story_id].append(RevisionView(row.name, row.guid, words, row.seen_at))
    return found
