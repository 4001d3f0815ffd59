"""What digests tell of changes, whether mail is stopped, and when rules last looked for bursts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make room; of changes readers are told from where they have been told of stories."""
    op.add_column("reader", sa.Column("changes", sa.BigInteger(), nullable=False, server_default="0"))
    table = sa.table("reader", sa.column("changes"), sa.column("told"))
    op.execute(sa.update(table).values(changes=table.c.told))
    op.add_column("watch", sa.Column("hour", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_message_settled_at", "message", ["settled_at"])
    op.create_table(
        "halt",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_halt")),
    )
