"""A query as a condition on stories: words by the search index, all else by the tables."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.model.topics import And, Dated, Fact, Like, Near, Not, Or, Outlets, Query, Term
from monitor.store.conditions import of_fact
from monitor.store.dialect import Dialect, listed
from monitor.store.dialect.query import gathered, indexed, looked_at
from monitor.store.schema import story
from monitor.store.scope import Condition, Scope

Likes = Callable[[str], Collection[int]]
"""By a seed's name the rows of the stories that are as like it as is asked."""


def unscored(seed: str) -> Collection[int]:
    """Refuse to say which stories are like a seed; raises UsageError."""
    raise UsageError(f"like:{seed} cannot be answered here: no topic says how like a story must be")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query to be asked of a store; Store.containing makes it."""

    query: Query
    dialect: Dialect
    likes: Likes = unscored

    def in_words(self) -> "Asked":
        """Return the same, but that beginnings of words are looked for in the words, not by the index."""
        return replace(self, query=looked_at(self.query))

    def condition(self, scope: Scope) -> Condition:
        """Return the condition that a story of the scope matches; it is true or false, never unknown."""
        return self._holds(scope, gathered(self.query))

    def said(self, query: Query) -> sa.Select[Any] | None:
        """Return the wordings that match a query, where the index alone tells; None where it does not."""
        if indexed(query):
            return self.dialect.matching(query)
        found, certain = self.dialect.nearly(query) if isinstance(query, Near) else (None, False)
        return found if certain else None

    def _holds(self, scope: Scope, query: Query) -> Condition:
        if isinstance(query, Term) or indexed(query):
            return scope.said(self.dialect.matching(query))
        match query:
            case Not(part):
                return sa.not_(self._holds(scope, part))
            case And(parts):
                return sa.and_(sa.true(), *(self._holds(scope, part) for part in parts))
            case Or(parts):
                return sa.or_(sa.false(), *(self._holds(scope, part) for part in parts))
            case Near():
                return self._near(scope, query)
            case _:
                return self._known(scope, query)

    def _known(self, scope: Scope, query: Fact | Dated | Outlets | Like) -> Condition:
        if isinstance(query, Like):
            return scope.by(story.c.id).in_(listed(scope.connection, self.likes(query.seed)))
        return of_fact(scope, query)

    def _near(self, scope: Scope, near: Near) -> Condition:
        """Look at the places of words only where the index cannot tell that they are too far apart.

        Of one term alone, which is near itself, the index is not asked: see `looked_at`.
        """
        if len(near.terms) == 1:
            return self.dialect.near(near)
        found, certain = self.dialect.nearly(near)
        there = scope.said(found)
        return there if certain else sa.case((there, self.dialect.near(near)), else_=sa.false())
