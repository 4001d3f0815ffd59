"""A query as a condition on wordings, for search indexes that know AND and OR but no free NOT."""

from collections.abc import Callable

import sqlalchemy as sa

from monitor.model import And, Not, Or, Query, Term


def condition(query: Query, matching: Callable[[Query], sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    """Ask the index once for each part without NOT, and combine the answers in SQL."""
    match query:
        case Not(part):
            return sa.not_(condition(part, matching))
        case And(parts) if not _positive(query):
            return sa.and_(*(condition(part, matching) for part in parts))
        case Or(parts) if not _positive(query):
            return sa.or_(*(condition(part, matching) for part in parts))
        case _:
            return matching(query)


def _positive(query: Query) -> bool:
    match query:
        case Not():
            return False
        case And(parts) | Or(parts):
            return all(map(_positive, parts))
        case _:
            return True


def render(query: Query, phrase: Callable[[tuple[str, ...]], str], both: str, either: str) -> str:
    """Write a query without NOT in an index's own language."""
    match query:
        case Term(spellings=spellings):
            return "(" + either.join(map(phrase, spellings)) + ")"
        case And(parts):
            return "(" + both.join(render(part, phrase, both, either) for part in parts) + ")"
        case Or(parts):
            return "(" + either.join(render(part, phrase, both, either) for part in parts) + ")"
        case Not():
            raise ValueError("a query with NOT is combined outside the index")
