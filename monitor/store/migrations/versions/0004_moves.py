"""What was merged and split, a person's word on it, and where ids lead that moved."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room for merges and splits; a copy that is there already is news where its story is."""
    op.add_column("copy", sa.Column("news", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE copy SET news = (SELECT story.news FROM story WHERE story.id = copy.story_id)")
    _moved()
    _change()
    _ruling()
    _heard()


def _moved() -> None:
    op.create_table(
        "moved",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("now_id", sa.BigInteger(), nullable=False),
        sa.Column("copy_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved")),
    )
    op.create_index(op.f("ix_moved_now_id"), "moved", ["now_id"])


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("copy_id", sa.BigInteger(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_kept_id"), "change", ["kept_id"])
    op.create_index(op.f("ix_change_other_id"), "change", ["other_id"])


def _ruling() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("one", sa.BigInteger(), nullable=False),
        sa.Column("other", sa.BigInteger(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
        sa.UniqueConstraint("about", "one", "other", name=op.f("uq_ruling_about_one_other")),
    )


def _heard() -> None:
    op.create_table(
        "heard",
        sa.Column("story_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("copy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("tag_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_heard_story_id_story")),
        sa.PrimaryKeyConstraint("story_id", "copy_id", "topic", "tag_id", name=op.f("pk_heard")),
        sqlite_with_rowid=False,
    )
