"""A query as a condition on stories: words by the search index, all else by the tables."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.model import And, Like, Near, Not, Or, Query, Term
from monitor.store.conditions import Condition, of_fact
from monitor.store.dialect import Dialect, listed
from monitor.store.dialect.query import gathered, indexed
from monitor.store.schema import story

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

    def condition(self, connection: sa.Connection) -> Condition:
        """Return the condition that a story matches; it is true or false, never unknown."""
        return self._holds(connection, gathered(self.query))

    def _holds(self, connection: sa.Connection, query: Query) -> Condition:
        if indexed(query):
            return story.c.wording_id.in_(self.dialect.matching(query))
        match query:
            case Not(part):
                return sa.not_(self._holds(connection, part))
            case And(parts):
                return sa.and_(sa.true(), *(self._holds(connection, part) for part in parts))
            case Or(parts):
                return sa.or_(sa.false(), *(self._holds(connection, part) for part in parts))
            case Near(terms):
                there = story.c.wording_id.in_(self.dialect.matching(And(terms)))
                return sa.case((there, self.dialect.near(query)), else_=sa.false())
            case Like(seed):
                return story.c.id.in_(listed(connection, self.likes(seed)))
            case Term():
                raise AssertionError("a term is indexed")
            case _:
                return of_fact(connection, query)
