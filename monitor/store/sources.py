"""Where words come from: a feed or an archive (kind press), or a seed's file (kind seed)."""

from collections.abc import Collection, Iterator, Mapping

import sqlalchemy as sa

from monitor.store import ids
from monitor.store.schema import source

_PART = 500  # values of one IN: statements of few shapes are prepared once, and SQLite bounds their number


def source_row(connection: sa.Connection, kind: str, name: str, title: str | None = None) -> int:
    """Return the row of a source, made where it is new."""
    return source_rows(connection, kind, {name: title})[name]


def source_rows(connection: sa.Connection, kind: str, titles: Mapping[str, str | None]) -> dict[str, int]:
    """Return the rows of sources by name, those that are new made with their titles."""
    found: dict[str, int] = {}
    for some in in_parts(titles):
        wanted = sa.select(source.c.name, source.c.id).where(source.c.kind == kind, source.c.name.in_(some))
        found |= {row.name: row.id for row in connection.execute(wanted)}
    new = [name for name in titles if name not in found]
    if not new:
        return found
    made = dict(zip(new, ids.allocate(connection, len(new)), strict=True))
    connection.execute(
        sa.insert(source),
        [{"id": row, "kind": kind, "name": name, "title": titles[name]} for name, row in made.items()],
    )
    return found | made


def in_parts(values: Collection[str]) -> Iterator[list[str]]:
    """Yield values in parts of a length that one statement takes."""
    listed = list(values)
    return (listed[start : start + _PART] for start in range(0, len(listed), _PART))
