"""Where words come from: a feed or an archive (kind press), or a seed's file (kind seed)."""

import sqlalchemy as sa

from monitor.store import ids
from monitor.store.schema import source


def source_row(connection: sa.Connection, kind: str, name: str, title: str | None = None) -> int:
    """Return the row of a source, made where it is new."""
    found: int | None = connection.scalar(
        sa.select(source.c.id).where(source.c.kind == kind, source.c.name == name)
    )
    if found is not None:
        return found
    (row,) = ids.allocate(connection, 1)
    connection.execute(sa.insert(source).values(id=row, kind=kind, name=name, title=title))
    return row
