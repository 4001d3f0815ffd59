"""Create the first schema."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table, the counter of ids and the search index."""
    _counter()
    _identity()
    _message()
    _reader()
    _source()
    _state()
    _story_key()
    _topic()
    _wording()
    _feed()
    _story()
    _copy()
    _tag()
    context.config.attributes["dialect"].create_index(op.get_bind())


def _counter() -> None:
    made = op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.bulk_insert(made, [{"name": "row", "next": 1}])


def _identity() -> None:
    op.create_table(
        "identity",
        sa.Column("source_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("copy_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", "key", name=op.f("pk_identity")),
        sqlite_with_rowid=False,
    )


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("mime", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("reserved_at", _TIME, nullable=False),
        sa.Column("next_try_at", _TIME, nullable=True),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("digest", "recipient", "period", name=op.f("uq_message_digest_recipient_period")),
    )
    op.create_index(op.f("ix_message_status"), "message", ["status"])


def _reader() -> None:
    op.create_table(
        "reader",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("settled_until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest", "recipient", name=op.f("pk_reader")),
    )


def _source() -> None:
    op.create_table(
        "source",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_source_kind_name")),
    )


def _state() -> None:
    op.create_table(
        "state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_state")),
    )


def _story_key() -> None:
    op.create_table(
        "story_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("story_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "story_id", name=op.f("pk_story_key")),
        sqlite_with_rowid=False,
    )


def _topic() -> None:
    op.create_table(
        "topic",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_topic")),
    )


def _wording() -> None:
    op.create_table(
        "wording",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("copy_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
    )
    op.create_index(op.f("ix_wording_copy_id"), "wording", ["copy_id"])


def _feed() -> None:
    op.create_table(
        "feed",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=True),
        sa.Column("attributes", _JSON, nullable=True),
        sa.Column("every_seconds", sa.Integer(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("added_at", _TIME, nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("http", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("interval_seconds", sa.Integer(), nullable=True),
        sa.Column("last_poll_at", _TIME, nullable=True),
        sa.Column("last_success_at", _TIME, nullable=True),
        sa.Column("next_poll_at", _TIME, nullable=False),
        sa.Column("leased_until", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_feed_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("url", name=op.f("uq_feed_url")),
    )
    op.create_index(op.f("ix_feed_next_poll_at"), "feed", ["next_poll_at"])


def _story() -> None:
    op.create_table(
        "story",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("wording_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("published", _TIME, nullable=True),
        sa.Column("first_seen", _TIME, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_story_source_id_source")),
        sa.ForeignKeyConstraint(["wording_id"], ["wording.id"], name=op.f("fk_story_wording_id_wording")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
    )
    op.create_index(op.f("ix_story_at"), "story", ["at"])
    op.create_index(op.f("ix_story_first_seen"), "story", ["first_seen"])
    op.create_index(op.f("ix_story_source_id"), "story", ["source_id"])
    op.create_index(op.f("ix_story_wording_id"), "story", ["wording_id"])


def _copy() -> None:
    op.create_table(
        "copy",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("wording_id", sa.BigInteger(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("link_key", sa.Text(), nullable=True),
        sa.Column("published", _TIME, nullable=True),
        sa.Column("published_raw", sa.Text(), nullable=True),
        sa.Column("first_seen", _TIME, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_copy_source_id_source")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_copy_story_id_story")),
        sa.ForeignKeyConstraint(["wording_id"], ["wording.id"], name=op.f("fk_copy_wording_id_wording")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy")),
    )
    op.create_index(op.f("ix_copy_source_id"), "copy", ["source_id"])
    op.create_index(op.f("ix_copy_story_id"), "copy", ["story_id"])


def _tag() -> None:
    op.create_table(
        "tag",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("wording_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", _JSON, nullable=False),
        sa.Column("tagged_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_tag_story_id_story")),
        sa.ForeignKeyConstraint(["topic"], ["topic.name"], name=op.f("fk_tag_topic_topic")),
        sa.ForeignKeyConstraint(["wording_id"], ["wording.id"], name=op.f("fk_tag_wording_id_wording")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("story_id", "topic", name=op.f("uq_tag_story_id_topic")),
    )
    op.create_index("ix_tag_topic_id", "tag", ["topic", "id"])
