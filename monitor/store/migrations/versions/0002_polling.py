"""Give feeds a key of their address and options of their own, and stories their article pages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from monitor.hosts import feed_key

revision = "0002"
down_revision = "0001"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add what polling at the limit keeps of a feed."""
    with op.batch_alter_table("feed") as feed:
        feed.add_column(sa.Column("key", sa.Text(), nullable=False, server_default=""))
        feed.add_column(sa.Column("options", _JSON))
        feed.create_index(op.f("ix_feed_key"), ["key"])
    _fill_keys()
    _article()


def _article() -> None:
    op.create_table(
        "article",
        sa.Column("story_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_article_story_id_story")),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_article")),
    )


def _fill_keys() -> None:
    feed = sa.table("feed", sa.column("id"), sa.column("url"), sa.column("key"))
    found = op.get_bind().execute(sa.select(feed.c.id, feed.c.url)).all()
    filled = sa.update(feed).where(feed.c.id == sa.bindparam("row")).values(key=sa.bindparam("found"))
    if found:
        op.get_bind().execute(filled, [{"row": row.id, "found": feed_key(row.url)} for row in found])
