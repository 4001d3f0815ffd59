"""What finds stories that are nearly the same: which copies carry a value that proposes, and their words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from monitor.model.entries import Words
from monitor.model.stories import Appearance, Carrier, Telling, has_room, period
from monitor.store.dialect import add, given
from monitor.store.schema import copy, nearness, wording


@dataclass(frozen=True, slots=True)
class Nearness:
    """The copies that a turn may be proposed, by value, what they say, and what the turn adds."""

    carrying: dict[int, tuple[Carrier, ...]]
    tellings: dict[int, Telling]
    added: list[tuple[int, int, int]] = field(default_factory=list)

    def keep(self, appearance: Appearance, at: datetime, copied: int, told: int) -> None:
        """Let a story be found by the words of a copy at a time; a value that is full stays as it is."""
        self.tellings[copied] = Telling(told, appearance.entry.words)
        carrier = when, _ = period(at), copied
        for value in appearance.proposed:
            carrying = self.carrying.get(value, ())
            if not carrying or (carrier not in carrying and has_room(carrying, when)):
                self.carrying[value] = (*carrying, carrier)
                self.added.append((when, value, copied))

    def rename(self, went: Mapping[int, int]) -> None:
        """Take in that stories have become others."""
        self.tellings.update(
            {
                copied: replace(one, story_id=went[one.story_id])
                for copied, one in self.tellings.items()
                if one.story_id in went
            }
        )

    def write(self, connection: sa.Connection) -> None:
        """Write what the turn added, in the table's order."""
        add(connection, nearness, sorted(self.added))


def look_up(connection: sa.Connection, asked: Iterable[tuple[Appearance, datetime]]) -> Nearness:
    """Look up the copies that appearances may be proposed: of the period of a time and the two beside it."""
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    for one, at in asked:
        wanted[period(at)].update(one.proposed)
    carrying: defaultdict[int, set[Carrier]] = defaultdict(set)
    for when, values in wanted.items():
        for value, carrier in _carrying(connection, (when - 1, when, when + 1), values):
            carrying[value].add(carrier)
    copies = {copied for carriers in carrying.values() for _, copied in carriers}
    tellings = dict(_tellings(connection, sorted(copies)))
    return Nearness({value: tuple(sorted(carriers)) for value, carriers in carrying.items()}, tellings)


def _carrying(
    connection: sa.Connection, periods: tuple[int, ...], values: Iterable[int]
) -> list[tuple[int, Carrier]]:
    asked = given(connection, [(value,) for value in sorted(values)], sa.BigInteger)
    rows = sa.select(nearness.c.value, nearness.c.period, nearness.c.copy_id).where(
        nearness.c.period.in_(periods),
        nearness.c.value.in_(sa.select(asked.columns[0]).select_from(asked.table)),
    )
    return [(value, (when, copied)) for value, when, copied in connection.execute(rows, asked.values)]


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
