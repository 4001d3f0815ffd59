"""A person's word on what is the same, and the account of what was merged and split."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from monitor.model.views import ChangeView, RulingView
from monitor.store import ids, moves
from monitor.store.corrections import change, ruling
from monitor.store.dialect import upsert
from monitor.store.grouping import event
from monitor.store.schema import copy, source, story, wording

About = Literal["story", "event"]
Kind = Literal["same", "apart", "pinned"]

_ONE, _OTHER = copy.alias("one_copy"), copy.alias("other_copy")
_PAIRS = ruling.join(_ONE, _ONE.c.id == ruling.c.one).join(_OTHER, _OTHER.c.id == ruling.c.other)
"""Rulings with the copies that name their two things."""


@dataclass(frozen=True, slots=True)
class Said:
    """A person's word: about what, when, by whom, with what note."""

    about: About
    at: datetime
    who: str
    note: str


def rule(connection: sa.Connection, kind: Kind, pairs: Collection[tuple[int, int]], by: Said) -> None:
    """Pin that the stories of two copies are the same, or apart, or an event; a later word replaces it."""
    said = {"about": by.about, "kind": kind, "at": by.at, "who": by.who, "note": by.note}
    rows = [
        said | {"id": row, "one": min(pair), "other": max(pair)}
        for row, pair in zip(ids.allocate(connection, len(pairs)), pairs, strict=True)
    ]
    upsert(connection, ruling, rows, keys=("about", "one", "other"), update=["kind", "at", "who", "note"])


def withdraw(
    connection: sa.Connection, about: About, kind: Kind, ones: Collection[int], others: Collection[int]
) -> None:
    """Take back rulings of a kind on copies of the one side and copies of the other."""
    across = sa.or_(
        sa.and_(ruling.c.one.in_(ones), ruling.c.other.in_(others)),
        sa.and_(ruling.c.one.in_(others), ruling.c.other.in_(ones)),
    )
    connection.execute(sa.delete(ruling).where(ruling.c.about == about, ruling.c.kind == kind, across))


def spread(connection: sa.Connection, about: About, ones: Collection[int], others: Collection[int]) -> None:
    """Let what was kept apart from the whole stay apart from both of its parts."""
    for here, there in ((ones, others), (others, ones)):
        touching = sa.or_(ruling.c.one.in_(here), ruling.c.other.in_(here))
        wanted = sa.select(ruling).where(ruling.c.about == about, ruling.c.kind == "apart", touching)
        for row in connection.execute(wanted).all():
            far = row.other if row.one in here else row.one
            if far not in {*ones, *others}:
                rule(connection, "apart", [(min(there), far)], Said(about, row.at, row.who, row.note))


def apart(connection: sa.Connection) -> set[frozenset[int]]:
    """Return the pairs of stories that a person keeps apart."""
    pairs = sa.select(_ONE.c.story_id, _OTHER.c.story_id).select_from(_PAIRS)
    found = connection.execute(pairs.where(ruling.c.about == "story", ruling.c.kind == "apart"))
    return {frozenset(pair) for pair in found}


def standing(connection: sa.Connection, row: int | None = None) -> tuple[RulingView, ...]:
    """Return the rulings that stand, all or those on one story, the oldest first."""
    one, other = story.alias("one_story"), story.alias("other_story")
    here, there = wording.alias("one_words"), wording.alias("other_words")
    joined = _PAIRS.join(one, one.c.id == _ONE.c.story_id).join(other, other.c.id == _OTHER.c.story_id)
    joined = joined.join(here, here.c.id == one.c.wording_id).join(there, there.c.id == other.c.wording_id)
    titles = (here.c.title.label("here"), there.c.title.label("there"))
    columns = (ruling, one.c.id.label("one_story"), other.c.id.label("other_story"), *titles)
    found = sa.select(*columns).select_from(joined).where(ruling.c.about == "story").order_by(ruling.c.id)
    if row is not None:
        found = found.where(sa.or_(one.c.id == row, other.c.id == row))
    return tuple(
        _view(said, ids.story_id(said.one_story), ids.story_id(said.other_story), (said.here, said.there))
        for said in connection.execute(found)
    )


def pins(connection: sa.Connection, rows: Collection[int] | None = None) -> dict[int, RulingView]:
    """Return the word on the events that a person pinned, all or those of some, the oldest first."""
    joined = ruling.join(event, event.c.id == ruling.c.one).join(story, story.c.id == event.c.headline_id)
    found = sa.select(ruling, wording.c.title).select_from(
        joined.join(wording, wording.c.id == story.c.wording_id)
    )
    found = found.where(ruling.c.about == "event").order_by(ruling.c.id)
    if rows is not None:
        found = found.where(ruling.c.one.in_(rows))
    return {
        said.one: _view(said, ids.event_id(said.one), ids.event_id(said.one), (said.title, said.title))
        for said in connection.execute(found)
    }


def _view(said: Any, one: str, other: str, titles: tuple[str, str]) -> RulingView:
    return RulingView(said.kind, one, other, titles, said.at, said.who, said.note)


def changes_of(
    connection: sa.Connection, row: int, name: Callable[[int], str] = ids.story_id
) -> tuple[ChangeView, ...]:
    """Return what was merged into a story, under any id that leads to it, and split off it, in order.

    It may be an event too; name writes its id.
    """
    known = [row, *moves.former(connection, row)]
    joined = change.outerjoin(copy, copy.c.id == change.c.copy_id).outerjoin(
        source, source.c.id == copy.c.source_id
    )
    bridge = sa.func.coalesce(source.c.title, source.c.name).label("bridge")
    found = sa.select(change, bridge).select_from(joined).order_by(change.c.id)
    return tuple(
        ChangeView(
            kind=said.kind,
            kept=name(said.kept_id),
            other=name(said.other_id),
            rule=said.rule,
            evidence=said.evidence,
            at=said.at,
            who=said.who,
            bridge=said.bridge,
        )
        for said in connection.execute(
            found.where(sa.or_(change.c.kept_id.in_(known), change.c.other_id.in_(known)))
        )
    )
