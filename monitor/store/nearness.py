"""What finds stories that are nearly the same: which copies carry a value that proposes, and their words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from monitor.model import Appearance, KnownStory, Telling, Words, has_room, period
from monitor.store.dialect import given, upsert
from monitor.store.schema import copy, nearness, wording


@dataclass(frozen=True, slots=True)
class Nearness:
    """The copies that a turn may be proposed, by value, what they say, and what the turn adds."""

    carrying: dict[int, tuple[int, ...]]
    tellings: dict[int, Telling]
    added: list[tuple[int, int, int]] = field(default_factory=list)

    def keep(
        self, appearance: Appearance, copied: int, told: KnownStory, stories: Mapping[int, KnownStory]
    ) -> None:
        """Let a story be found by the words of a copy; a value that is full stays as it is."""
        self.tellings[copied] = Telling(told.id, appearance.entry.words)
        when = period(told.at)
        for value in appearance.proposed:
            carrying = self.carrying.get(value, ())
            if carrying and (copied in carrying or not has_room(self._stories(carrying, stories), told)):
                continue
            self.carrying[value] = (*carrying, copied)
            self.added.append((when, value, copied))

    def _stories(self, copies: Iterable[int], stories: Mapping[int, KnownStory]) -> Iterator[KnownStory]:
        return (stories[self.tellings[one].story_id] for one in copies)

    def write(self, connection: sa.Connection) -> None:
        """Write what the turn added, in the table's order."""
        columns = nearness.columns.keys()
        upsert(connection, nearness, [dict(zip(columns, row, strict=True)) for row in sorted(self.added)])


def look_up(connection: sa.Connection, asked: Iterable[tuple[Appearance, datetime]]) -> Nearness:
    """Look up the copies that appearances may be proposed: of the period of a time and the two beside it."""
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    for one, at in asked:
        wanted[period(at)].update(one.proposed)
    carrying: defaultdict[int, set[int]] = defaultdict(set)
    for when, values in wanted.items():
        for value, copied in _carrying(connection, (when - 1, when, when + 1), values):
            carrying[value].add(copied)
    tellings = dict(_tellings(connection, sorted(set().union(*carrying.values()))))
    return Nearness({value: tuple(sorted(copies)) for value, copies in carrying.items()}, tellings)


def _carrying(
    connection: sa.Connection, periods: tuple[int, ...], values: Iterable[int]
) -> list[tuple[int, int]]:
    asked = given(connection, [(value,) for value in sorted(values)], sa.BigInteger)
    rows = sa.select(nearness.c.value, nearness.c.copy_id).where(
        nearness.c.period.in_(periods),
        nearness.c.value.in_(sa.select(asked.columns[0]).select_from(asked.table)),
    )
    return [(value, copied) for value, copied in connection.execute(rows, asked.values)]


def _tellings(connection: sa.Connection, copies: Sequence[int]) -> Iterator[tuple[int, Telling]]:
    """Yield what copies say at present, by their ids."""
    if not copies:
        return
    asked = given(connection, [(one,) for one in copies], sa.BigInteger)
    joined = asked.table.join(copy, copy.c.id == asked.columns[0]).join(
        wording, wording.c.id == copy.c.wording_id
    )
    columns = (copy.c.id, copy.c.story_id, wording.c.title, wording.c.summary, wording.c.text)
    for copied, told, *said in connection.execute(sa.select(*columns).select_from(joined), asked.values):
        yield copied, Telling(told, Words(*said))
