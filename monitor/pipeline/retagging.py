"""Retag: apply a topic as it is defined today to what is stored, a page of stories after another.

What holds keeps its tag's id, with its evidence renewed; what no longer holds goes; what is new is
back-applied, which is no news. A person's word stands. How far it has come is in the store, so that it goes
on there whatever dies.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic

from monitor.clock import Clock
from monitor.model.entries import Words
from monitor.model.topics import Facts, Tag, Topic
from monitor.pipeline.likings import Likings, Near
from monitor.pipeline.marking import Again
from monitor.pipeline.tagging import decided, with_likeness
from monitor.store import Lane, Store, marks, profiles, retagging, speaking, tags, waiting
from monitor.store.facts import facts_of
from monitor.store.retagging import Applied, Page
from monitor.store.tags import Bearer
from monitor.store.waiting import Hanging
from monitor.tag.definition import Definitions, likes, weakened

_AT_ONCE = 500
"""So many stories' words are in memory at a time."""

_FIRST, _LEAST, _MOST = 1_000, 100, 10_000
_PATIENCE = 0.4
"""How many stories a page has: as many as take less than half a second, for which the lane is held."""

_Earned = tuple[int, Tag]
"""A wording, and the tag that it earns."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a topic has been applied: the share of the archive that is done, from 0 to 1."""

    topic: str
    share: float


class Retagger:
    """What applies topics to the archive."""

    def __init__(self, definitions: Definitions, likings: Likings, store: Store) -> None:
        self.definitions = definitions
        self.likings = likings
        self._store = store
        self.page_sizes: dict[str, int] = {}

    def due(self, connection: Lane) -> list[str]:
        """Return the topics that the archive is not tagged by as they are defined today."""
        states, today = retagging.states(connection), self.digests(connection)
        return [name for name, digest in today.items() if states.get(name, Applied()).applied != digest]

    def digests(self, connection: Lane) -> Mapping[str, str]:
        """Return the digests of today's definitions."""
        return self.definitions.digests(retagging.seed_digests(connection))

    def begin(self, lane: Lane, name: str) -> None:
        """Apply a topic from the first story on, unless that is under way."""
        today, state = self.digests(lane)[name], retagging.states(lane)[name]
        if state.applying != today:
            retagging.reach(lane, name, today, 0)

    def step(self, name: str, clock: Clock) -> Reached:
        """Apply a topic to the next page. Pages grow to what takes half a second."""
        if self.likings:
            with self._store.read() as connection:
                self.likings.at(connection)
        size = self.page_sizes.setdefault(name, _FIRST)
        with self._store.write() as lane:
            began = monotonic()
            reached = self._step(lane, name, clock(), size)
            took = max(monotonic() - began, 0.001)
        self.page_sizes[name] = int(min(max(size * _PATIENCE / took, _LEAST), 2 * size, _MOST))
        return reached

    def again(self, now: datetime) -> Again:
        """Return what tags one story anew; its tag is news where it was so before."""

        def tag(lane: Lane, name: str, row: int) -> None:
            was_news = any(one.topic == name for one in speaking.earlier_of(lane, [row]))
            self.apply(lane, name, Page(row - 1, row), now, back_applied=not was_news)

        return tag

    def _step(self, lane: Lane, name: str, now: datetime, size: int) -> Reached:
        today, state = self.digests(lane)[name], retagging.states(lane)[name]
        page = retagging.next_page(lane, state.reached if state.applying == today else 0, size)
        if page is None:
            retagging.finish(lane, name, today)
            return Reached(name, 1.0)
        self.apply(lane, name, page, now)
        retagging.reach(lane, name, today, page.upto)
        return Reached(name, page.upto / (retagging.last(lane) + 1))

    def apply(self, lane: Lane, name: str, page: Page, now: datetime, *, back_applied: bool = True) -> None:
        """Apply a topic to a page of the archive."""
        topic, query = self.definitions[name], self.definitions.query(name)
        liked = self._liked(lane, topic, page)
        looked = {row for row, near in liked.items() if near.score >= topic.threshold}
        looked |= retagging.bearing(lane, page, name)
        if query is not None:
            sure = weakened(query)
            asked = None if sure is None else self._store.containing(sure).in_words()
            looked |= retagging.matching(lane, page, asked)
            looked |= retagging.told_otherwise(lane, page)
        looked -= retagging.marked(lane, page, name)
        for rows in _chunks(sorted(looked)):
            turn = _Turn(lane, topic, self, liked)
            turn.look(rows)
            turn.write(rows, now, back_applied)

    def scores(self, connection: Lane, name: str) -> dict[int, float]:
        """Return the scores of all stories that have any, under the topic as it is defined today.

        That is the score of a tag (monitor.tag.score), and below the border what it would be.
        """
        topic, query = self.definitions[name], self.definitions.query(name)
        everything = Page(0, retagging.last(connection))
        liked = self.likings.of_topic(connection, topic) if topic.seeds else ()
        worth = 1.0 if query is None else 0.5
        found = {row: worth * near.score for row, near in liked}
        if query is not None:
            asked = self._store.containing(query, self.likings.of_seed(connection, topic.threshold))
            matched = retagging.matching(connection, everything, asked)
            matched |= self._elsewhere(connection, name, matched)
            found |= {row: 0.5 + found[row] if row in found else 1.0 for row in matched}
        said = marks.of_topic(connection, name)
        return found | {one.story_id: float(one.on) for one in said}

    def _elsewhere(self, connection: Lane, name: str, matched: Collection[int]) -> set[int]:
        """Return the stories that earn their tag by the words of another copy than the one shown."""
        bearing = retagging.bearing(connection, Page(0, retagging.last(connection)), name) - set(matched)
        found: set[int] = set()
        for rows in _chunks(sorted(bearing)):
            turn = _Turn(connection, self.definitions[name], self, {})
            turn.look(rows)
            found |= turn.earned.keys()
        return found

    def _liked(self, lane: Lane, topic: Topic, page: Page) -> dict[int, Near]:
        """Return how like the stories of a page are to the topic's seeds."""
        return dict(self.likings.of_topic(lane, topic, page.after, page.upto)) if topic.seeds else {}


def _chunks(rows: Sequence[int]) -> Iterator[Sequence[int]]:
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))


@dataclass(slots=True)
class _Turn:
    """Some stories, looked at anew for one topic: what they earn and what they wait for."""

    lane: Lane
    topic: Topic
    tools: Retagger
    liked: Mapping[int, Near]
    earned: dict[int, _Earned] = field(default_factory=dict)
    hanging: dict[int, Hanging] = field(default_factory=dict)

    def look(self, rows: Collection[int]) -> None:
        """Decide what stories earn, by the words they are shown with, else by those of another copy."""
        said = retagging.said(self.lane, rows)
        facts = self._facts(rows)
        for row, (wording, words) in said.items():
            self._judge(row, [(wording, words)], facts[row])
        missed = set(rows) - self.earned.keys()
        for row, others in retagging.said_elsewhere(self.lane, missed).items():
            self._judge(row, others, facts[row])
        for row in set(rows) & self.liked.keys():
            wording, known = self.earned.get(row, (said[row][0], None))
            if made := with_likeness(self.topic, known, self.liked[row]):
                self.earned[row] = wording, made

    def _facts(self, rows: Collection[int]) -> dict[int, Facts]:
        query = self.tools.definitions.query(self.topic.name)
        if query is None:
            return dict.fromkeys(rows, Facts())
        facts = facts_of(self.lane, rows)
        if not likes(query):
            return facts
        liked, found = self.tools.likings.at(self.lane), profiles.of_stories(self.lane, rows)
        return {
            row: replace(one, likes=liked.seeds(found[row]) if row in found else None)
            for row, one in facts.items()
        }

    def _judge(self, row: int, said: Sequence[tuple[int, Words]], facts: Facts) -> None:
        matcher = self.tools.definitions.matcher(self.topic.name)
        early = replace(facts, outlets=None, tags=None, likes=None)
        for wording, words in said:
            for given in matcher(words, None, early):
                holds = not given.rest or decided(given.rest, facts, self.topic.threshold)
                if holds:
                    self.earned[row] = wording, replace(given, rest="")
                    return
                if holds is None:
                    self.hanging.setdefault(row, Hanging(row, wording, None, given))

    def write(self, rows: Collection[int], now: datetime, back_applied: bool) -> None:
        """Write what changed."""
        name = self.topic.name
        borne = tags.borne(self.lane, rows)
        before = {row: borne[row][name] for row in rows if name in borne[row]}
        tags.take(self.lane, name, before.keys() - self.earned.keys())
        changed = [
            (Bearer(row, wording, now), replace(given, back_applied=back_applied))
            for row, (wording, given) in self.earned.items()
            if row not in before or not _same(before[row], wording, given)
        ]
        tags.give(self.lane, changed)
        waiting.clear(self.lane, name, rows)
        waiting.put(self.lane, [one for row, one in self.hanging.items() if not self._by_query(row)])

    def _by_query(self, row: int) -> bool:
        return row in self.earned and bool(self.earned[row][1].evidence)


def _same(before: _Earned, wording: int, given: Tag) -> bool:
    known = before[1]
    said = (known.score, known.evidence, known.likeness)
    return before[0] == wording and said == (given.score, given.evidence, given.likeness)
