"""Readers: who names them, in which state they are, what is their own, and by what links know them."""

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room; whoever reads a digest already is named by the configuration and gets a token."""
    with op.batch_alter_table("reader") as reader:
        reader.add_column(sa.Column("origin", sa.Text(), nullable=False, server_default="file"))
        reader.add_column(sa.Column("state", sa.Text(), nullable=False, server_default="active"))
        for name in ("token", "schedule", "timezone", "language"):
            reader.add_column(sa.Column(name, sa.Text()))
        reader.add_column(sa.Column("topics", _JSON))
        reader.add_column(sa.Column("since", _TIME))
        reader.create_unique_constraint(op.f("uq_reader_token"), ["token"])
    _give_tokens()


def _give_tokens() -> None:
    table = sa.table("reader", *map(sa.column, ("digest", "recipient", "token")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c.digest, table.c.recipient)).all():
        own = (table.c.digest == row.digest, table.c.recipient == row.recipient)
        connection.execute(sa.update(table).where(*own).values(token=secrets.token_urlsafe(16)))
