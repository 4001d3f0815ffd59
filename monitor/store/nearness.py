"""What is kept to find stories that are nearly the same: which stories carry a value that proposes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from monitor.model import Appearance, KnownStory, has_room, period
from monitor.store.dialect import given, upsert
from monitor.store.schema import nearness


@dataclass(frozen=True, slots=True)
class Nearness:
    """The stories that a turn may be proposed, by value, and what the turn adds."""

    carrying: dict[int, tuple[int, ...]]
    added: list[tuple[int, int, int]] = field(default_factory=list)

    def keep(self, appearance: Appearance, told: KnownStory, stories: Mapping[int, KnownStory]) -> None:
        """Let a story be found by the words of an appearance; a value that is full stays as it is."""
        when = period(told.at)
        for value in appearance.proposed:
            carrying = self.carrying.get(value, ())
            if not carrying or has_room(map(stories.__getitem__, carrying), told):
                self.carrying[value] = (*carrying, told.id)
                self.added.append((when, value, told.id))

    def write(self, connection: sa.Connection) -> None:
        """Write what the turn added, in the table's order."""
        columns = nearness.columns.keys()
        upsert(connection, nearness, [dict(zip(columns, row, strict=True)) for row in sorted(self.added)])


def look_up(connection: sa.Connection, asked: Iterable[tuple[Appearance, datetime]]) -> Nearness:
    """Look up which stories appearances may be proposed at a time: those of its period and the two beside it."""
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    for one, at in asked:
        wanted[period(at)].update(one.proposed)
    carrying: defaultdict[int, set[int]] = defaultdict(set)
    for when, values in wanted.items():
        for value, told in _carrying(connection, (when - 1, when, when + 1), values):
            carrying[value].add(told)
    return Nearness({value: tuple(told) for value, told in carrying.items()})


def _carrying(
    connection: sa.Connection, periods: tuple[int, ...], values: Iterable[int]
) -> list[tuple[int, int]]:
    asked = given(connection, [(value,) for value in sorted(values)], sa.BigInteger)
    rows = sa.select(nearness.c.value, nearness.c.story_id).where(
        nearness.c.period.in_(periods),
        nearness.c.value.in_(sa.select(asked.columns[0]).select_from(asked.table)),
    )
    return [(value, told) for value, told in connection.execute(rows, asked.values)]
