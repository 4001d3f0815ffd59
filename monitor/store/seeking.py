"""The newest stories that match a query, and how many they are, without looking at every story.

SQLite does not know how common a word is, so it is led: first through the newest stories, which is all where
what is looked for is common; then, where something that must hold is rare, through the stories of which it
holds; else on through ever larger windows of older ones. The index is asked for the words of one window at a
time, by the range of its wordings, since those of a time stand together there.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.model.topics import And, Dated, Fact, Like, Near, Or, Outlets, Query
from monitor.store.asked import Asked
from monitor.store.conditions import bearers, of_fact
from monitor.store.dialect import listed
from monitor.store.dialect.query import gathered, indexed, looked_at
from monitor.store.schema import story
from monitor.store.scope import Condition, Scope, between, of_few, of_said, unindexed

WINDOW = 5_000
_GROWTH = 4
"""Stories in the first window, which take 5 ms, and by how much each is larger than the one before."""

RARE = 20_000
"""Of so many stories at most a rare thing holds: they are looked through in 60 ms."""


SAID = 100_000
"""So many stories that the index tells at most are put in order at once, which takes 2 µs each."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A query asked of one connection, with what else must be so of a story."""

    connection: sa.Connection
    asked: Asked
    others: Sequence[Condition] = ()
    window: int = WINDOW
    rare: int = RARE
    said: int = SAID

    def newest(self, most: int) -> list[int]:
        """Return the rows of the newest stories that match, newest first."""
        found: list[int] = []
        for part in self._parts():
            page = part.order_by(story.c.at.desc(), story.c.id.desc()).limit(most - len(found))
            found += self.connection.scalars(page)
            if len(found) >= most:
                break
        return found

    def count(self, most: int) -> int:
        """Return how many stories match, but no more than most."""
        counted = self._said_by(most)
        if counted is not None:
            return counted
        found = 0
        for part in self._parts():
            some = part.limit(most - found).subquery()
            found += self.connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0
            if found >= most:
                break
        return found

    def _said_by(self, most: int) -> int | None:
        """Count by the index alone, where it is all that is asked and its first answers are enough."""
        said, others = self._split()
        if said is None:
            return None
        enough = max(2 * most, self.said) if self._begins else 2 * most
        some = said.limit(enough)
        among = sa.and_(story.c.wording_id.in_(some), *self.others, *others)
        shown = sa.select(story.c.id).where(among).limit(most).subquery()
        found = self.connection.scalar(sa.select(sa.func.count()).select_from(shown)) or 0
        return found if found >= most or self._many(some) < enough else None

    def _split(self) -> tuple[sa.Select[Any] | None, Sequence[Condition]]:
        """Part a query into what the index alone tells and what stands on the rows of stories and events.

        There is nothing of the first where that is not all.
        """
        query = gathered(self.asked.query)
        parts = query.parts if isinstance(query, And) and not indexed(query) else (query,)
        told = [(part, self.asked.said(part)) for part in parts]
        said = [found for _, found in told if found is not None]
        others = [part for part, found in told if found is None]
        if len(said) != 1 or not all(map(_is_on_rows, others)):
            return None, ()
        scope = of_said(self.connection)
        return said[0], [of_fact(scope, part) for part in others if isinstance(part, Fact | Dated | Outlets)]

    @property
    def _begins(self) -> bool:
        """Tell whether beginnings of words are asked for: the index gathers all words that begin so first."""
        return looked_at(self.asked.query) != self.asked.query

    @property
    def _few_looked_at(self) -> int:
        """Return how many stories are looked at themselves at first, which takes 30 µs each."""
        return -(-self.window // _GROWTH)

    def _many(self, found: sa.Select[Any]) -> int:
        return self.connection.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0

    def _parts(self) -> Iterator[sa.Select[tuple[int]]]:
        """Yield what matches in parts, each older than the one before and cheap to look through."""
        windows = self._windows()
        first, until = next(windows)
        yield first
        if until is None:
            return
        said, others = self._split()
        if said is not None and self._many(said.limit(self.said + 1)) <= self.said:
            older = unindexed(story.c.at) < until
            yield sa.select(story.c.id).where(story.c.wording_id.in_(said), older, *self.others, *others)
            return
        rare = self._rare(gathered(self.asked.query))
        if rare is None:
            yield from (window for window, _ in windows)
        else:
            for few in self._runs(rare, until):
                among = story.c.id.in_(listed(self.connection, few))
                asked = self.asked.in_words() if len(few) <= self.window else self.asked
                yield self._matching(
                    asked, of_few(self.connection, few), among, unindexed(story.c.at) < until
                )

    def _runs(self, rare: Collection[int], until: datetime) -> Iterator[Collection[int]]:
        """Part rare stories: where their words are looked at, the newest come first, which may be a page.

        For the others the index gathers beginnings, which takes 0.2 s for one that 45 % of 1,000,000 have.
        """
        if not self._begins:
            yield rare
            return
        older = sa.and_(story.c.id.in_(listed(self.connection, rare)), unindexed(story.c.at) < until)
        newest = sa.select(story.c.id).where(older).order_by(story.c.at.desc(), story.c.id.desc())
        rows = self.connection.scalars(newest).all()
        yield from filter(None, (rows[: self._few_looked_at], rows[self._few_looked_at :]))

    def _matching(self, asked: Asked, scope: Scope, *among: Condition) -> sa.Select[tuple[int]]:
        return sa.select(story.c.id).where(*among, *self.others, asked.condition(scope))

    def _windows(self) -> Iterator[tuple[sa.Select[tuple[int]], datetime | None]]:
        """Yield windows of stories, newest first, and since when the stories of each are.

        In the first, which is smaller then, beginnings of words are looked for in the words (25 µs a story):
        where words that begin so are not frequent there, the index gathers them quickly.
        """
        asked, until, size = self.asked.in_words(), None, self.window
        looked_through = self._few_looked_at if self._begins else size
        while True:
            older = story.c.at < until if until else sa.true()
            times = sa.select(story.c.at).where(older).order_by(story.c.at.desc())
            since: datetime | None = self.connection.scalar(times.limit(1).offset(looked_through - 1))
            window = sa.and_(older, story.c.at >= since) if since else older
            scope = between(self.connection, *self._range(window))
            yield self._matching(asked, scope, window), since
            asked = self.asked
            if since is None:
                return
            until = since
            looked_through = size = size * _GROWTH

    def _range(self, window: Condition) -> tuple[int, int]:
        """Return between which rows the stories of a window and their wordings stand."""
        columns = (story.c.wording_id, story.c.id)
        ends = sa.select(*map(sa.func.min, columns), *map(sa.func.max, columns)).where(window)
        found = self.connection.execute(ends).one()
        return (0, 0) if found[0] is None else (min(found[:2]), max(found[2:]))

    def _rare(self, query: Query) -> set[int] | None:
        """Return a few stories outside of which the query cannot hold, or None where there may be many."""
        if indexed(query):
            said = self._few(self.asked.dialect.matching(query))
            return said and self._few(sa.select(story.c.id).where(self._said(said)))
        match query:
            case And(parts) | Near(parts):
                plain = [part for part in parts if looked_at(part) == part]
                begun = [part for part in parts if part not in plain]
                few = self._rarest(plain)
                return self._rarest(begun) if few is None else few
            case Or(parts):
                return self._all([self._rare(part) for part in parts])
            case Like(seed):
                return set(self.asked.likes(seed))
            case Fact() | Dated() | Outlets():
                return self._all([self._few(found) for found in bearers(self.connection, query)])
            case _:
                return None

    def _rarest(self, parts: Sequence[Query]) -> set[int] | None:
        found = (self._rare(part) for part in parts)
        return min((few for few in found if few is not None), key=len, default=None)

    def _all(self, each: Sequence[set[int] | None]) -> set[int] | None:
        few = [some for some in each if some is not None]
        return set().union(*few) if len(few) == len(each) else None

    def _said(self, wordings: Collection[int]) -> Condition:
        return story.c.wording_id.in_(listed(self.connection, wordings))

    def _few(self, found: sa.Select[Any]) -> set[int] | None:
        rows = self.connection.scalars(found.limit(self.rare + 1)).all()
        return set(rows) if len(rows) <= self.rare else None


def _is_on_rows(query: Query) -> bool:
    """Tell whether a fact is looked up on the row of a story or of its event."""
    return isinstance(query, Dated | Outlets) or (isinstance(query, Fact) and query.field == "lang")
