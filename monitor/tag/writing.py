"""A tree in the query language again: what `query` reads back as the same tree."""

import re
from collections.abc import Mapping
from datetime import datetime

from monitor.model.topics import And, Dated, Fact, Field, Like, Near, Not, Or, Outlets, Query, Term

_PLAIN = re.compile(r"""[^\s()"“”„‟«»*~]+""")
_FIELDS: Mapping[tuple[Field, ...], str] = {(): "", ("title",): "title:", ("summary", "text"): "text:"}


def write(query: Query) -> str:
    """Return a query as a person would write it."""
    match query:
        case And(parts):
            return " AND ".join(map(_inside, parts))
        case Or(parts):
            return " OR ".join(map(_inside, parts))
        case Not(part):
            return f"NOT {_inside(part)}"
        case Term() | Near():
            return _words(query)
        case _:
            return _fact(query)


def _inside(part: Query) -> str:
    return f"({write(part)})" if isinstance(part, And | Or) else write(part)


def _words(words: Term | Near) -> str:
    match words:
        case Term(text=text, fields=fields):
            return _FIELDS[fields] + text
        case Near(terms, distance):
            return f" NEAR/{distance} ".join(map(_words, terms))


def _fact(fact: Fact | Dated | Outlets | Like) -> str:
    match fact:
        case Fact(field, _, text):
            return f"{field}:{_value(text)}"
        case Like(seed):
            return f"like:{_value(seed)}"
        case Outlets(least):
            return f"sources:>={least}"
        case Dated(by, since, before):
            bounds = (("since" if by == "first_seen" else "after", since), ("before", before))
            return " AND ".join(f"{field}:{_time(at)}" for field, at in bounds if at)


def _value(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else f'"{text}"'


def _time(at: datetime) -> str:
    return f"{at.date()}" if at.time() == at.min.time() else at.isoformat()
