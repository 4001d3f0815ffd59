"""What this process remembers of events from one turn to the next: what finds stories, and what events hold.

All of it is in the tables, and is read from there where it is not remembered. Whoever changes events leaves a
new stamp, so that what is remembered is forgotten once others have changed them, or a transaction is undone.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from monitor.model.events import KnownEvent, Member, Newcomer, Placed
from monitor.store.dialect import each, given, listed, upsert
from monitor.store.grouping import event, membership, posting
from monitor.store.profiles import unpacked
from monitor.store.schema import state, story

_WEEK = 7 * 86_400
"""Stories are found by their terms in the week that another is from, and in those beside it."""

_FOUND = 16
"""How many of a week's stories with a term are looked at, the newest."""

_MEMBERS = 60
"""By how many of its newest stories an event is known; with 40, B-cubed F1 on UCI is 0.01 lower, with 120 the
same."""

_MOST_POSTED, _MOST_MEMBERS = 100_000, 10_000
"""Fifty megabytes: 250 bytes a term of a week, 2.3 kB a story. Beyond, all is forgotten and read anew."""

_STAMP = "events"


@dataclass(slots=True)
class Window:
    """Events as they were when the stamp was left.

    posted are the newest stories of a week by the numbers of terms, homes the events of stories (None: it has
    none), gone where the stories of events went that were merged away; events are known by members, their
    newest stories.
    """

    stamp: str | None
    posted: defaultdict[int, dict[int, tuple[int, ...]]] = field(default_factory=lambda: defaultdict(dict))
    homes: dict[int, int | None] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    events: dict[int, KnownEvent] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)

    # ------------------------------------------------------------ what may be theirs

    def found_by(
        self, connection: sa.Connection, sought: Mapping[datetime, Iterable[int]]
    ) -> dict[int, set[int]]:
        """Return the events of stories with terms, of which each is sought in the weeks around a time."""
        newest = connection.scalar(sa.select(sa.func.max(posting.c.week))) or 0
        weeks = {week: terms for week, terms in _weeks(sought).items() if week <= newest}
        missing = ((week, term) for week, terms in weeks.items() for term in terms - self.posted[week].keys())
        self._read_posted(connection, list(missing))
        stories: defaultdict[int, set[int]] = defaultdict(set)
        for week, terms in weeks.items():
            posted = self.posted[week]
            for term in terms:
                if by_term := posted[term]:
                    stories[term].update(by_term)
        these = set().union(*stories.values())
        self._read_homes(connection, these - self.homes.keys())
        homes = {one: home for one in these if (home := self._now(self.homes[one])) is not None}
        return {term: {homes[one] for one in of_term if one in homes} for term, of_term in stories.items()}

    def _now(self, home: int | None) -> int | None:
        while home in self.gone:
            home = self.gone[home]
        return home

    def _read_posted(self, connection: sa.Connection, missing: Sequence[tuple[int, int]]) -> None:
        """Read the newest stories of weeks by terms."""
        if not missing:
            return
        asked = given(connection, missing, sa.Integer, sa.BigInteger)
        week, term = asked.columns
        newest = (
            sa.select(posting.c.story_id)
            .where(posting.c.week == week, posting.c.term == term)
            .order_by(posting.c.story_id.desc())
            .limit(_FOUND)
            .correlate(asked.table)
            .subquery()
        )
        written = sa.func.aggregate_strings(sa.cast(newest.c.story_id, sa.Text), ",")
        rows = sa.select(week, term, sa.select(written).scalar_subquery())
        for of_week, of_term, stories in connection.execute(rows, asked.values).all():
            found = sorted(map(int, stories.split(","))) if stories else ()
            self.posted[of_week][of_term] = tuple(found)

    def _read_homes(self, connection: sa.Connection, missing: Collection[int]) -> None:
        if missing:
            these = story.c.id.in_(listed(connection, missing))
            rows = connection.execute(sa.select(story.c.id, story.c.event_id).where(these)).all()
            merged_away = dict.fromkeys(missing)
            self.homes.update(merged_away | dict(rows))

    def known_events(self, connection: sa.Connection, wanted: Iterable[int]) -> list[KnownEvent]:
        """Return events with their newest stories."""
        asked = sorted(set(wanted))
        self._read_events(connection, [one for one in asked if one not in self.events])
        return [self.events[one] for one in asked if one in self.events]

    def _read_events(self, connection: sa.Connection, missing: Sequence[int]) -> None:
        if not missing:
            return
        newest = _newest(connection, missing)
        times = {story_id: at for of_one in newest.values() for story_id, at in of_one.items()}
        self._read_members(
            connection, {one: times[one] for one in sorted(times.keys() - self.members.keys())}
        )
        asked = given(connection, [(one,) for one in missing], sa.BigInteger)
        rows = sa.select(event).select_from(asked.table.join(event, event.c.id == asked.columns[0]))
        for row in connection.execute(rows, asked.values):
            members = tuple(self.members[one] for one in sorted(newest[row.id]) if one in self.members)
            if members:
                self.homes.update((one.story_id, row.id) for one in members)
                self.events[row.id] = KnownEvent(
                    row.id, row.stories, row.checked, row.pinned, row.headline_id, members
                )

    def _read_members(self, connection: sa.Connection, missing: Mapping[int, datetime]) -> None:
        if not missing:
            return
        asked = given(connection, [(row,) for row in missing], sa.BigInteger)
        joined = asked.table.join(membership, membership.c.story_id == asked.columns[0])
        columns = (membership.c.story_id, membership.c.terms, membership.c.vector)
        rows = connection.execute(sa.select(*columns).select_from(joined), asked.values)
        self.members.update(
            (row, Member(row, missing[row], unpacked(terms, vector))) for row, terms, vector in rows
        )

    # ------------------------------------------------------------ what became of it

    def take(self, connection: sa.Connection, placed: Placed, stories: Iterable[Newcomer]) -> None:
        """Remember where stories went, of which these are new, and what events hold now.

        Of an event that stories left, older ones than were known may be among the newest: it is forgotten.
        """
        left = {self.homes.get(one.story_id) for one in placed.joined}
        self.gone.update(placed.moved)
        self.homes.update((one.story_id, one.event_id) for one in placed.joined)
        shrunk = set(map(self._now, left))
        for gone in placed.moved:
            self.events.pop(gone, None)
        for changed in placed.events:
            if changed.id in shrunk and len(changed.members) < changed.size:
                self.events.pop(changed.id, None)
            else:
                self.events[changed.id] = _known_by_newest(changed)
        for one in stories:
            row = one.story.story_id
            self.members[row] = one.story
            posted = self.posted[week_of(one.story.at)]
            posted.update(
                (term, tuple(sorted({*posted[term], row})[-_FOUND:])) for term in one.terms if term in posted
            )
        self._bound()
        self.leave(connection)

    def forget(self, stories: Iterable[int], events: Iterable[int]) -> None:
        """Forget where stories are and what they are known by, and what events hold."""
        for one in stories:
            self.members.pop(one, None)
            if (home := self._now(self.homes.pop(one, None))) is not None:
                self.events.pop(home, None)
        for one in events:
            self.events.pop(one, None)

    def _bound(self) -> None:
        if sum(map(len, self.posted.values())) > _MOST_POSTED or len(self.members) > _MOST_MEMBERS:
            for kept in (self.posted, self.homes, self.gone, self.events, self.members):
                kept.clear()

    def leave(self, connection: sa.Connection) -> None:
        """Leave a new stamp: what others remember holds no more."""
        self.stamp = _stamp(connection)


def window(connection: sa.Connection) -> Window:
    """Return what is remembered and holds; in the lane, where nobody else changes it."""
    stamp = connection.scalar(sa.select(state.c.value).where(state.c.name == _STAMP))
    remembered: dict[str, Window] = connection.info.setdefault("remembered", {})
    kept = remembered.get("window")
    if kept is None or kept.stamp != stamp:
        kept = remembered["window"] = Window(stamp)
    return kept


def _weeks(sought: Mapping[datetime, Iterable[int]]) -> dict[int, set[int]]:
    """Return in which weeks terms are looked for: those of the times and those beside them."""
    weeks: defaultdict[int, set[int]] = defaultdict(set)
    for at, terms in sought.items():
        middle = week_of(at)
        for week in (middle - 1, middle, middle + 1):
            weeks[week].update(terms)
    return weeks


def changed(connection: sa.Connection, *, stories: Iterable[int] = (), events: Iterable[int] = ()) -> None:
    """Forget what stories were known by and where they are, and what events hold: something else by now."""
    kept = window(connection)
    kept.forget(stories, events)
    kept.leave(connection)


def rearranged(connection: sa.Connection) -> None:
    """Forget everything: stories have gone from event to event, such as by a person's word."""
    _stamp(connection)


def _stamp(connection: sa.Connection) -> str:
    stamp = secrets.token_hex(8)
    upsert(connection, state, [{"name": _STAMP, "value": stamp}], update=["value"])
    return stamp


def _known_by_newest(known: KnownEvent) -> KnownEvent:
    """Return an event as it is read: known by its newest stories."""
    if len(known.members) <= _MEMBERS:
        return known
    newest = sorted(known.members, key=lambda one: (one.at, one.story_id))[-_MEMBERS:]
    return replace(known, members=tuple(sorted(newest, key=lambda one: one.story_id)))


def _newest(connection: sa.Connection, events: Sequence[int]) -> defaultdict[int, dict[int, datetime]]:
    """Return the newest stories of events with their times."""
    asked = given(connection, [(one,) for one in events], sa.BigInteger)
    other = story.alias()
    newest = (
        sa.select(other.c.id)
        .where(other.c.event_id == asked.columns[0])
        .order_by(other.c.at.desc(), other.c.id.desc())
        .limit(_MEMBERS)
    )
    joined = each(connection, asked, newest, story.c.id)
    found: defaultdict[int, dict[int, datetime]] = defaultdict(dict)
    rows = sa.select(story.c.event_id, story.c.id, story.c.at).select_from(joined)
    for event_id, story_id, at in connection.execute(rows, asked.values):
        found[event_id][story_id] = at
    return found


def week_of(at: datetime) -> int:
    """Return the week of a time."""
    return int(at.astimezone(UTC).timestamp() // _WEEK)
