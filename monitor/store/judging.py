"""The judge's lane: what is known of a batch, and what came of it, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from monitor.model import (
    Appearance,
    Batch,
    Known,
    KnownCopy,
    KnownStory,
    StoryKey,
)
from monitor.store.schema import copy, identity, story, story_key, wording

_CHUNK = 500
_T = TypeVar("_T")


def known(connection: sa.Connection, batch: Batch) -> Known:
    """Look up everything that the judge needs to know of a batch."""
    keys = {key for appearance in batch.appearances for key in _identities(appearance)}
    story_keys = {key for appearance in batch.appearances for key in appearance.keys}
    return Known(
        copies=dict(_copies(connection, batch.source_id, sorted(keys))),
        stories=_stories(connection, story_keys),
    )


def _identities(appearance: Appearance) -> Iterator[str]:
    yield from appearance.identities
    yield from appearance.ambiguous
    if appearance.fallback:
        yield appearance.fallback


def _copies(
    connection: sa.Connection, source_id: int, keys: Sequence[str]
) -> Iterator[tuple[str, KnownCopy | None]]:
    columns = (
        identity.c.key,
        copy.c.id,
        copy.c.story_id,
        story.c.at,
        copy.c.guid,
        copy.c.link_key,
        wording.c.title,
        wording.c.hash,
        copy.c.published,
        copy.c.rule,
    )
    joined = (
        identity.outerjoin(copy, copy.c.id == identity.c.copy_id)
        .outerjoin(wording, wording.c.id == copy.c.wording_id)
        .outerjoin(story, story.c.id == copy.c.story_id)
    )
    for chunk in _chunks(keys):
        wanted = sa.select(*columns).select_from(joined)
        for row in connection.execute(
            wanted.where(identity.c.source_id == source_id, identity.c.key.in_(chunk))
        ):
            yield row.key, None if row.id is None else _copy(row)


def _copy(row: Any) -> KnownCopy:
    return KnownCopy(
        id=row.id,
        story_id=row.story_id,
        story_at=row.at,
        guid=row.guid,
        link_key=row.link_key,
        title=row.title,
        words_hash=row.hash,
        published=row.published,
        first=row.rule == "first",
    )


def _stories(connection: sa.Connection, keys: Iterable[StoryKey]) -> dict[StoryKey, tuple[KnownStory, ...]]:
    wanted = {key.written: key for key in keys}
    found: dict[StoryKey, list[tuple[int, datetime]]] = defaultdict(list)
    for chunk in _chunks(sorted(wanted)):
        rows = sa.select(story_key.c.key, story.c.id, story.c.at).join(
            story, story.c.id == story_key.c.story_id
        )
        for key, row, at in connection.execute(rows.where(story_key.c.key.in_(chunk)).order_by(story.c.id)):
            found[wanted[key]].append((row, at))
    sources = _sources(connection, sorted({row for stories in found.values() for row, _ in stories}))
    return {
        key: tuple(KnownStory(row, at, frozenset(sources[row])) for row, at in stories)
        for key, stories in found.items()
    }


def _sources(connection: sa.Connection, stories: Sequence[int]) -> dict[int, set[int]]:
    sources: dict[int, set[int]] = defaultdict(set)
    for chunk in _chunks(stories):
        rows = sa.select(copy.c.story_id, copy.c.source_id).where(copy.c.story_id.in_(chunk))
        for row, source_id in connection.execute(rows):
            sources[row].add(source_id)
    return sources


def _chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
