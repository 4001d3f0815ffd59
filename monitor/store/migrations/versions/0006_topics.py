"""Topics: what a tag rests on, what waits for its event, a person's marks, how far a topic was applied."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room; what was tagged before stays so, and is applied anew when its topic changes."""
    with op.batch_alter_table("copy") as copy:
        copy.add_column(sa.Column("author", sa.Text()))
        copy.add_column(sa.Column("host", _BYTEWISE))
        copy.add_column(sa.Column("domain", sa.Text()))
    for column in ("author", "host"):
        there = sa.text(f"{column} IS NOT NULL")
        name = op.f(f"ix_copy_{column}")
        op.create_index(name, "copy", [column], sqlite_where=there, postgresql_where=there)
    op.drop_index("ix_story_at", "story")
    op.create_index(op.f("ix_story_at_wording_id"), "story", ["at", "wording_id"])
    op.create_index(op.f("ix_story_language"), "story", ["language"])
    op.create_table(
        "author",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_author")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("topic") as topic:
        topic.add_column(sa.Column("applied", sa.Text()))
        topic.add_column(sa.Column("applying", sa.Text()))
        topic.add_column(sa.Column("reached", sa.BigInteger()))
    with op.batch_alter_table("tag") as tag:
        tag.add_column(sa.Column("likeness", _JSON))
        tag.add_column(sa.Column("back_applied", sa.Boolean(), nullable=False, server_default=sa.false()))
        tag.add_column(sa.Column("by", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "pending",
        sa.Column("story_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("wording_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", _JSON, nullable=False),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wording_id"], ["wording.id"], name=op.f("fk_pending_wording_id_wording")),
        sa.PrimaryKeyConstraint("story_id", "topic", name=op.f("pk_pending")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mark",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("story_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "story_id", name=op.f("pk_mark")),
        sqlite_with_rowid=False,
    )
