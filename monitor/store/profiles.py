"""What stories are known by, as stored: made where they are placed, renewed where their words change."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from sys import intern
from typing import Any

import sqlalchemy as sa

from monitor.model.entries import Words
from monitor.model.events import Member, Profile
from monitor.store.dialect import given
from monitor.store.grouping import membership, waits
from monitor.store.schema import story, wording

_READ = 1_000
"""Characters of a text that are read: the first forty words are in them."""

_SAID = story.join(wording, wording.c.id == story.c.wording_id)
_COLUMNS = (
    story.c.id,
    story.c.at,
    wording.c.title,
    wording.c.summary,
    sa.func.substr(wording.c.text, 1, _READ),
)
_WAITING = sa.select(*_COLUMNS).select_from(_SAID).where(waits)


def waiting(
    connection: sa.Connection, limit: int, rows: Collection[int] | None = None
) -> dict[int, tuple[datetime, Words]]:
    """Return stories without an event, the oldest or those of some: when they are from and what they say."""
    found = oldest_waiting(limit) if rows is None else _WAITING.where(story.c.id.in_(rows)).limit(limit)
    return _words(connection, found)


def oldest_waiting(limit: int) -> sa.Select[Any]:
    """Return the statement that reads the oldest."""
    return _WAITING.order_by(story.c.at, story.c.id).limit(limit)


def placed_words(connection: sa.Connection, rows: Collection[int]) -> dict[int, tuple[datetime, Words]]:
    """Return when those of some stories that have a profile are from, and what they say."""
    joined = _SAID.join(membership, membership.c.story_id == story.c.id)
    return _words(connection, sa.select(*_COLUMNS).select_from(joined).where(story.c.id.in_(rows)))


def _words(connection: sa.Connection, rows: sa.Select[Any]) -> dict[int, tuple[datetime, Words]]:
    return {row[0]: (row[1], Words(*row[2:])) for row in connection.execute(rows).all()}


def of_stories(connection: sa.Connection, rows: Collection[int]) -> dict[int, Profile]:
    """Return the profiles of stories, as far as they have any."""
    asked = given(connection, [(row,) for row in sorted(rows)], sa.BigInteger)
    joined = asked.table.join(membership, membership.c.story_id == asked.columns[0])
    columns = (membership.c.story_id, membership.c.terms, membership.c.vector)
    found = connection.execute(sa.select(*columns).select_from(joined), asked.values)
    return {row.story_id: unpacked(row.terms, row.vector) for row in found}


def between(connection: sa.Connection, after: int, upto: int) -> Iterator[tuple[int, Profile]]:
    """Yield the profiles of the stories after one and up to another, in their order."""
    columns = (membership.c.story_id, membership.c.terms, membership.c.vector)
    here = sa.select(*columns).where(membership.c.story_id > after, membership.c.story_id <= upto)
    for row in connection.execute(here.order_by(membership.c.story_id)):
        yield row.story_id, unpacked(row.terms, row.vector)


def newest(connection: sa.Connection, limit: int) -> list[Profile]:
    """Return the profiles of the newest stories."""
    found = sa.select(membership.c.terms, membership.c.vector).order_by(membership.c.story_id.desc())
    return [unpacked(row.terms, row.vector) for row in connection.execute(found.limit(limit))]


def renew(connection: sa.Connection, stories: Iterable[Member]) -> None:
    """Write the profiles of stories whose words have changed; by what they were found they still are."""
    new = {name: sa.bindparam(f"new_{name}", type_=membership.c[name].type) for name in ("terms", "vector")}
    rows = [
        {"row": one.story_id, "new_terms": packed(one.profile), "new_vector": one.profile.vector}
        for one in stories
    ]
    if rows:
        connection.execute(
            sa.update(membership).where(membership.c.story_id == sa.bindparam("row")).values(new), rows
        )


def packed(profile: Profile) -> str:
    """Write a profile's terms as JSON; they are letters and digits, in which nothing needs to be escaped."""
    return "{" + ",".join([f'"{term}":{times}' for term, times in profile.terms]) + "}"


def unpacked(terms: str, vector: bytes) -> Profile:
    """Read a profile."""
    found = json.loads(terms)
    return Profile(tuple(zip(map(intern, found), found.values(), strict=True)), vector)


def terms_of(terms: str) -> Sequence[str]:
    """Read the terms of a profile only: what stands in quotes."""
    return terms.split('"')[1::2]
