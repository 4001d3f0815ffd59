"""Near, asked of PostgreSQL: the places of words are read out of a wording's vector."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import sqlalchemy as sa

from monitor.model.topics import Near, Term
from monitor.store.dialect.vectors import WEIGHTS, lexeme

_FROM = "unnest(s.words) AS w, unnest(w.positions, w.weights) AS p(place, weight)"


class _Values:
    """The parameters of a statement as it is written."""

    def __init__(self) -> None:
        self.given: list[sa.BindParameter[object]] = []

    def name(self, value: object) -> str:
        """Take a value; return how the statement names it."""
        name = f"near_{len(self.given)}"
        self.given.append(sa.bindparam(name, value, unique=True))
        return f":{name}"


def near_condition(near: Near) -> sa.ColumnElement[bool]:
    """Return the condition that a story's wording has terms near one another, each in its own place."""
    values = _Values()
    terms = range(len(near.terms))
    places = (
        f"LATERAL ({_places(term, values)}) AS t{number}(field, start, stop)"
        for number, term in enumerate(near.terms)
    )
    apart = (
        f"t{one}.field = t{other}.field AND (t{one}.stop <= t{other}.start OR t{other}.stop <= t{one}.start)"
        for one, other in combinations(terms, 2)
    )
    first = ", ".join(f"t{number}.start" for number in terms)
    last = ", ".join(f"t{number}.stop" for number in terms)
    own = " - ".join(f"(t{number}.stop - t{number}.start)" for number in terms)
    others = f"greatest({last}) - least({first}) - {own} <= {values.name(near.distance)}"
    wanted = " AND ".join(("s.wording_id = story.wording_id", *apart, others))
    written = f"EXISTS (SELECT 1 FROM search AS s, {', '.join(places)} WHERE {wanted})"  # noqa: S608  # values are parameters
    return sa.type_coerce(sa.text(written).bindparams(*values.given), sa.Boolean)


def _places(term: Term, values: _Values) -> str:
    fields = values.name([WEIGHTS[field] for field in term.fields or WEIGHTS])
    return " UNION ALL ".join(
        f"SELECT p.weight, p.place::int, p.place + {len(spelling)} FROM {_FROM}"  # noqa: S608  # the same
        f" WHERE p.weight = ANY({fields}) AND {' AND '.join(_run(spelling, term.prefix, values))}"
        for spelling in term.spellings
    )


def _run(spelling: Sequence[str], prefix: bool, values: _Values) -> Iterator[str]:
    """Yield the conditions that a spelling stands at a place, word by word."""
    end = len(spelling) - 1
    for number, word in enumerate(map(lexeme, spelling)):
        said = f"w.lexeme {'^@' if prefix and number == end else '='} {values.name(word)}"
        if not number:
            yield said
        else:
            yield (
                f"EXISTS (SELECT 1 FROM unnest(s.words) AS w"  # noqa: S608  # the same
                f" WHERE {said} AND (p.place + {number})::smallint = ANY(w.positions))"
            )
