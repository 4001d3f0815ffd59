"""What the mails of one digest have in common, stored once for all of its readers who see the same."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from monitor.model.digests import Bodies
from monitor.store import ids
from monitor.store.columns import own_id
from monitor.store.schema import metadata

edition = sa.Table(
    "edition",
    metadata,
    own_id(),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
)
"""Text and page of a digest, with a place for what is each reader's own (model.OWN)."""


def keep(connection: sa.Connection, bodies: Bodies) -> int:
    """Store what many mails have in common; return by what they refer to it."""
    (row,) = ids.allocate(connection, 1)
    connection.execute(sa.insert(edition).values(id=row, text=bodies.text, html=bodies.html))
    return row


def some(connection: sa.Connection, rows: Iterable[int | None]) -> Mapping[int, Bodies]:
    """Return editions by what mails refer to them."""
    wanted = {row for row in rows if row is not None}
    found = connection.execute(sa.select(edition).where(edition.c.id.in_(wanted))) if wanted else ()
    return {row.id: Bodies(row.text, row.html) for row in found}
