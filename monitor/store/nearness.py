"""What is kept to find stories that are nearly the same: which story stands at which place."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from monitor.model import MOST_CARRIERS, NEARBY, Appearance, Place, period
from monitor.store.dialect import given, upsert
from monitor.store.schema import nearness


@dataclass(frozen=True, slots=True)
class Nearness:
    """The stories at the places that a turn may ask for, and what the turn adds."""

    standing: dict[Place, tuple[int, ...]]
    added: list[tuple[Place, int]] = field(default_factory=list)

    def keep(self, appearance: Appearance, at: datetime, told: int) -> None:
        """Let a story be found by the words of an appearance; a place that is full stays as it is."""
        for place in appearance.places(at):
            standing = self.standing.get(place, ())
            if told not in standing and len(standing) < MOST_CARRIERS:
                self.standing[place] = (*standing, told)
                self.added.append((place, told))

    def write(self, connection: sa.Connection) -> None:
        """Write what the turn added, in the table's order."""
        rows = [
            {"period": place[0], "value": place[1], "story_id": told} for place, told in sorted(self.added)
        ]
        upsert(connection, nearness, rows)


def look_up(connection: sa.Connection, asked: Iterable[tuple[Appearance, datetime]]) -> Nearness:
    """Look up which stories stand where appearances may find one at a time, period by period."""
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    for one, at in asked:
        values = [value for proposal in one.proposals for value in proposal.values]
        for when in range(period(at - NEARBY), period(at + NEARBY) + 1):
            wanted[when].update(values)
    standing: defaultdict[Place, list[int]] = defaultdict(list)
    for when, those in wanted.items():
        for value, told in _standing(connection, when, those):
            standing[when, value].append(told)
    return Nearness({place: tuple(told) for place, told in standing.items()})


def _standing(connection: sa.Connection, when: int, values: Iterable[int]) -> list[tuple[int, int]]:
    asked = given(connection, [(value,) for value in sorted(values)], sa.BigInteger)
    rows = sa.select(nearness.c.value, nearness.c.story_id).where(
        nearness.c.period == when, nearness.c.value.in_(sa.select(asked.columns[0]).select_from(asked.table))
    )
    return [(value, told) for value, told in connection.execute(rows, asked.values)]
