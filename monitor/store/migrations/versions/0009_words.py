"""Words by field and in every script, and where links lead: for what was stored before."""

import sqlalchemy as sa
from alembic import context, op

from monitor.store.carriers import of_link
from monitor.store.renewing import renew_index

revision = "0009"
down_revision = "0008"

_PAGE = 5_000
_copy = sa.table("copy", *map(sa.column, ("id", "url", "host", "domain")))


def upgrade() -> None:
    """Fill what is new; authors of what was read before are not known."""
    _fill_hosts(op.get_bind())
    renew_index(op.get_bind(), context.config.attributes["dialect"])


def _fill_hosts(connection: sa.Connection) -> None:
    filled = sa.update(_copy).where(_copy.c.id == sa.bindparam("row"))
    filled = filled.values(host=sa.bindparam("host"), domain=sa.bindparam("domain"))
    found = sa.select(_copy.c.id, _copy.c.url).where(_copy.c.url.is_not(None)).order_by(_copy.c.id)
    after = 0
    while rows := connection.execute(found.where(_copy.c.id > after).limit(_PAGE)).all():
        connection.execute(filled, [{"row": row.id, **of_link(row.url)} for row in rows])
        after = rows[-1].id
