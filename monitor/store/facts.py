"""What is known of stored stories beside their words."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from monitor.hosts import reversed_labels
from monitor.model.topics import Facts
from monitor.store.carriers import named
from monitor.store.dialect import listed
from monitor.store.grouping import event
from monitor.store.schema import author, copy, source, story, tag

_COPY = copy.join(source, source.c.id == copy.c.source_id).join(
    author, author.c.name == copy.c.author, isouter=True
)

_Found = defaultdict[int, dict[str, None]]


def facts_of(connection: sa.Connection, stories: Collection[int]) -> dict[int, Facts]:
    """Return what is known of stories, by their rows, from all their copies and their events.

    outlets are None of a story without an event; likes are not known here.
    """
    wanted = listed(connection, stories)
    joined = story.join(source, source.c.id == story.c.source_id)
    told = sa.select(story, source.c.name, source.c.title).select_from(joined).where(story.c.id.in_(wanted))
    rows = connection.execute(told).all()
    sources, hosts, authors = _carriers(connection, wanted)
    tags = _tags(connection, wanted)
    outlets = outlets_of(connection, {row.event_id for row in rows if row.event_id is not None})
    return {
        row.id: Facts(
            sources=tuple(dict.fromkeys((*named(row), *sources[row.id]))),
            hosts=tuple(hosts[row.id]),
            language=row.language,
            authors=tuple(authors[row.id]),
            at=row.at,
            first_seen=row.first_seen,
            tags=frozenset(tags[row.id]),
            outlets=outlets.get(row.event_id),
        )
        for row in rows
    }


def outlets_of(connection: sa.Connection, events: Collection[int]) -> dict[int, int]:
    """Return by event how many outlets carry it."""
    counted = sa.select(event.c.id, event.c.outlets).where(event.c.id.in_(listed(connection, events)))
    return {row.id: row.outlets for row in connection.execute(counted)}


def _carriers(connection: sa.Connection, wanted: sa.Select[Any]) -> tuple[_Found, _Found, _Found]:
    """Return by story the folded names of its sources, the hosts of its links, its authors' folded names."""
    sources, hosts, authors = _Found(dict), _Found(dict), _Found(dict)
    columns = (copy.c.story_id, copy.c.host, source.c.name, source.c.title, author.c.words)
    found = sa.select(*columns).select_from(_COPY).where(copy.c.story_id.in_(wanted)).order_by(copy.c.id)
    for row in connection.execute(found):
        sources[row.story_id] |= dict.fromkeys(named(row))
        if row.host:
            hosts[row.story_id][reversed_labels(row.host)] = None
        if row.words:
            authors[row.story_id][row.words.strip()] = None
    return sources, hosts, authors


def _tags(connection: sa.Connection, wanted: sa.Select[Any]) -> defaultdict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for row in connection.execute(sa.select(tag.c.story_id, tag.c.topic).where(tag.c.story_id.in_(wanted))):
        found[row.story_id].add(row.topic)
    return found
