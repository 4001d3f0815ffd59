"""By what stories that are nearly the same are found."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make room for the keys that propose; stories of before are compared with nothing."""
    op.create_table(
        "nearness",
        sa.Column("period", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("copy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("period", "value", "copy_id", name=op.f("pk_nearness")),
        sqlite_with_rowid=False,
    )
