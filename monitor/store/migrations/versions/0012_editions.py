"""What many mails have in common is stored once, and what was sent is kept as text and page alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make room; the mails that are settled are never sent again."""
    op.create_table(
        "edition",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
    )
    op.add_column("message", sa.Column("edition_id", sa.BigInteger()))
    table = sa.table("message", sa.column("mime"), sa.column("status"))
    op.execute(sa.update(table).where(table.c.status != "reserved").values(mime=None))
