"""What polling keeps of feeds and their documents, article pages, and an index written in larger pieces."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy.dialects import postgresql

from monitor.hosts import feed_key

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)
_FTS5 = {"hashsize": 1 << 24, "automerge": 8}
"""Bytes gathered before a write, and how many pieces are merged at once: 90 us a story in place of 150."""


def upgrade() -> None:
    """Make room for what a feed's last document was and for what it says of itself; tune SQLite's index."""
    with op.batch_alter_table("feed") as feed:
        feed.add_column(sa.Column("key", sa.Text(), nullable=False, server_default=""))
        feed.add_column(sa.Column("options", _JSON))
        feed.add_column(sa.Column("has_hub", sa.Boolean(), nullable=False, server_default=sa.false()))
        feed.create_index(op.f("ix_feed_key"), ["key"])
        _history(feed)
    _fill_keys()
    _article()
    _document()
    _incident()
    _websub()
    if op.get_bind().dialect.name == "sqlite":
        for name, value in _FTS5.items():
            op.execute(f"INSERT INTO search(search, rank) VALUES ('{name}', {value})")  # noqa: S608  # our own


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("feed_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_document_feed_id_feed")),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_document")),
    )


def _websub() -> None:
    op.create_table(
        "websub",
        sa.Column("feed_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hubs", _JSON, nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_hub", sa.Text(), nullable=True),
        sa.Column("asked_topic", sa.Text(), nullable=True),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("since", _TIME, nullable=True),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.Column("next_try_at", _TIME, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_push_at", _TIME, nullable=True),
        sa.Column("called_at", _TIME, nullable=True),
        sa.Column("pushes", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_websub_feed_id_feed")),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_websub")),
        sa.UniqueConstraint("token", name=op.f("uq_websub_token")),
    )
    op.create_index(op.f("ix_websub_next_try_at"), "websub", ["next_try_at"])


def _article() -> None:
    op.create_table(
        "article",
        sa.Column("story_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("fetched_at", _TIME, nullable=False),
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


def _history(feed: BatchOperations) -> None:
    feed.add_column(sa.Column("address", sa.Text()))
    feed.add_column(sa.Column("duplicate_of", sa.BigInteger()))
    feed.add_column(sa.Column("rhythm", _JSON))
    feed.add_column(sa.Column("mean_gap_seconds", sa.BigInteger()))
    feed.add_column(sa.Column("last_new_at", _TIME))
    feed.add_column(sa.Column("stale_at", _TIME))
    feed.add_column(sa.Column("gaps", sa.Integer(), nullable=False, server_default=sa.text("0")))
    feed.add_column(sa.Column("last_gap_at", _TIME))
    feed.add_column(sa.Column("rare_until", _TIME))
    feed.add_column(sa.Column("failing_since", _TIME))
    feed.add_column(sa.Column("broken", sa.Boolean(), nullable=False, server_default=sa.false()))
    feed.add_column(sa.Column("moved_to", sa.Text()))
    feed.add_column(sa.Column("moved_since", _TIME))
    feed.add_column(sa.Column("moved_times", sa.Integer(), nullable=False, server_default=sa.text("0")))
    feed.create_index(op.f("ix_feed_address"), ["address"], unique=False)


def _incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("feed_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_incident_feed_id_feed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident") as incident:
        incident.create_index(op.f("ix_incident_feed_id"), ["feed_id"], unique=False)
