"""The search index made anew, where words are cut or placed otherwise than when they were indexed.

It is read and written a page at a time, in the transaction of the migration that asks for it.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from monitor.store.dialect import Dialect, Indexed
from monitor.store.schema import wording
from monitor.words import fold_words

_PAGE = 1_000
"""Wordings in memory at a time: those of pages of full text are some ten megabytes."""

_indexed = sa.table("indexed", sa.column("id", sa.BigInteger))


def renew_index(connection: sa.Connection, dialect: Dialect) -> None:
    """Index anew every wording that is indexed; nothing is done where that would change nothing."""
    if not dialect.outdated(connection):
        return
    connection.exec_driver_sql("CREATE TEMPORARY TABLE indexed (id BIGINT PRIMARY KEY)")
    connection.exec_driver_sql(f"INSERT INTO indexed {dialect.listing}")
    connection.exec_driver_sql("DROP TABLE search")
    dialect.fill_index(connection, _pages(connection))
    connection.exec_driver_sql("DROP TABLE indexed")


def _pages(connection: sa.Connection) -> Iterator[Indexed]:
    after = 0
    said = sa.select(wording.c.id, wording.c.title, wording.c.summary, wording.c.text)
    said = said.select_from(_indexed.join(wording, wording.c.id == _indexed.c.id))
    said = said.order_by(_indexed.c.id).limit(_PAGE)
    while rows := connection.execute(said.where(_indexed.c.id > after)).all():
        yield [(row.id, fold_words(row.title, row.summary, row.text)) for row in rows]
        after = rows[-1].id
