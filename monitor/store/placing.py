"""The lane's side of events: which stories wait for one, what may be theirs, what placing came to."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.model.events import Background, Joined, KnownEvent, Member, Newcomer, Placed
from monitor.store import moves, outlets
from monitor.store.dialect import add, given, insert, upsert
from monitor.store.grouping import background, event, membership, posting, waits
from monitor.store.profiles import packed, terms_of
from monitor.store.schema import story
from monitor.store.window import Window, week_of
from monitor.words import digest

TURN = 250
"""How many stories are placed at once: the lane is held for about a second."""

_COUNTED = 10_000
"""Over how many of the newest stories terms are counted: a tenth of a second, for half as many new ones."""

_ENOUGH = 200
_GROWN = 0.5


def any_waiting(connection: sa.Connection) -> bool:
    """Tell whether any story has no event."""
    return connection.scalar(sa.select(story.c.id).where(waits).limit(1)) is not None


# ---------------------------------------------------------------- what tells common words from telling ones


def background_version(connection: sa.Connection) -> int | None:
    """Return what changes when terms are counted anew."""
    found: int | None = connection.scalar(sa.select(background.c.version))
    return found


def known_background(connection: sa.Connection) -> Background:
    """Return how often terms stand in stories, as last counted."""
    version = background_version(connection)
    if version is None:
        return _NOTHING
    kept = connection.info.get("background")
    if kept is None or kept[0] != version:
        row = connection.execute(sa.select(background)).one()
        counts = json.loads(zlib.decompress(row.counts))
        kept = connection.info["background"] = (version, Background(row.stories, counts, row.centres or b""))
    found: Background = kept[1]
    return found


_NOTHING = Background()


def is_outgrown(connection: sa.Connection, known: Background, more: int) -> bool:
    """Tell whether so many stories were placed since terms were counted that it is time again."""
    if known.stories and not known.centres:
        return True
    placed = connection.scalar(sa.select(background.c.placed))
    if placed is None:
        placed = connection.scalar(sa.select(sa.func.count()).select_from(membership)) or 0
    return placed + more >= max(_ENOUGH, known.stories * _GROWN)


def newest(connection: sa.Connection) -> Iterator[tuple[Sequence[str], bytes]]:
    """Yield the terms and the direction of the newest stories."""
    told = sa.select(membership.c.terms, membership.c.vector).order_by(membership.c.story_id.desc())
    for terms, vector in connection.execute(told.limit(_COUNTED)).all():
        yield terms_of(terms), vector


def learn(connection: sa.Connection, found: Background) -> None:
    """Keep how often terms stand in stories; every process has it from the next turn on."""
    counts = zlib.compress(json.dumps(found.counts).encode(), level=1)
    version = digest(counts + found.centres)
    row = {
        "id": 1,
        "stories": found.stories,
        "counts": counts,
        "placed": 0,
        "version": version,
        "centres": found.centres,
    }
    upsert(connection, background, [row], update=[name for name in row if name != "id"])
    connection.info["background"] = (version, found)


# ---------------------------------------------------------------- what it came to


def record(
    connection: sa.Connection,
    kept: Window,
    placed: Placed,
    stories: Sequence[Newcomer],
    now: datetime,
) -> None:
    """Write where stories went, and by which terms new ones are found; kept is what we remember of events."""
    new = {one.story.story_id: one.story for one in stories}
    _merge(connection, placed.moved)
    _join(connection, placed.joined)
    insert(
        connection,
        membership,
        [_row(one, new[one.story_id], now) for one in placed.joined if one.story_id in new],
    )
    _explain(connection, [one for one in placed.joined if one.story_id not in new], now)
    add(connection, posting, sorted(_postings(stories)))
    sizes = _change(connection, placed.events, now)
    outlets.count(connection, [one.id for one in placed.events])
    connection.execute(sa.update(background).values(placed=background.c.placed + len(stories)))
    changed = tuple(replace(one, size=sizes[one.id]) for one in placed.events)
    kept.take(connection, replace(placed, events=changed), stories)


def _postings(stories: Iterable[Newcomer]) -> Iterator[tuple[int, int, int]]:
    for one in stories:
        week, row = week_of(one.story.at), one.story.story_id
        yield from [(week, term, row) for term in one.terms]


def _merge(connection: sa.Connection, moved: Mapping[int, int]) -> None:
    if moved:
        went = sa.update(story).where(story.c.event_id == sa.bindparam("old"))
        rows = [{"old": old, "now": now} for old, now in moved.items()]
        connection.execute(went.values(event_id=sa.bindparam("now")), rows)
        connection.execute(sa.delete(event).where(event.c.id.in_(list(moved))))
        moves.move_events(connection, moved)


def _join(connection: sa.Connection, joined: Sequence[Joined]) -> None:
    if joined:
        connection.execute(
            sa.update(story).where(story.c.id == sa.bindparam("row")).values(event_id=sa.bindparam("into")),
            [{"row": one.story_id, "into": one.event_id} for one in joined],
        )


def _row(one: Joined, member: Member, now: datetime) -> dict[str, Any]:
    return {
        "story_id": one.story_id,
        "terms": packed(member.profile),
        "vector": member.profile.vector,
        "score": one.score,
        "shared": list(one.terms),
        "joined_at": now,
    }


_REASONS = ("score", "shared", "joined_at")


def _explain(connection: sa.Connection, joined: Sequence[Joined], now: datetime) -> None:
    if joined:
        new = {name: sa.bindparam(f"new_{name}", type_=membership.c[name].type) for name in _REASONS}
        connection.execute(
            sa.update(membership).where(membership.c.story_id == sa.bindparam("row")).values(new),
            [
                {
                    "row": one.story_id,
                    "new_score": one.score,
                    "new_shared": list(one.terms),
                    "new_joined_at": now,
                }
                for one in joined
            ],
        )


def _change(connection: sa.Connection, events: Sequence[KnownEvent], now: datetime) -> Mapping[int, int]:
    """Write the events that changed; how many stories each has is counted, and returned."""
    asked = given(connection, [(one.id,) for one in events], sa.BigInteger)
    joined = asked.table.join(story, story.c.event_id == asked.columns[0])
    counted = sa.select(story.c.event_id, sa.func.count()).select_from(joined).group_by(story.c.event_id)
    sizes = dict.fromkeys((one.id for one in events), 0)
    sizes.update((row[0], row[1]) for row in connection.execute(counted, asked.values))
    rows = [
        {
            "id": one.id,
            "headline_id": one.headline_id,
            "stories": sizes[one.id],
            "checked": one.checked,
            "pinned": False,
            "changed_at": now,
        }
        for one in events
    ]
    upsert(connection, event, rows, update=["headline_id", "stories", "checked", "changed_at"])
    return sizes
