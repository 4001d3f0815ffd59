"""What the directions of an archive's stories have in common."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make room; it is counted with the next stories that are placed."""
    op.add_column("background", sa.Column("centres", sa.LargeBinary(), nullable=True))
