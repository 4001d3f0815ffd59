"""The tables, in the order in which a story fills them.

Full-text search is no table of this metadata: each dialect keeps its own index of wordings.
"""

import sqlalchemy as sa

from monitor.store.columns import Bytewise, Json, Utc, own_id, reference, where_not_null

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

counter = sa.Table(
    "counter",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("next", sa.BigInteger, nullable=False),
)
"""The next id to give out; ids are given out in the judge's lane, so they grow in commit order."""

state = sa.Table(
    "state",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""Small facts about the store itself, such as which configuration it has taken in."""

source = sa.Table(
    "source",
    metadata,
    own_id(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.UniqueConstraint("kind", "name"),
)
"""Where words come from: a feed or an archive (kind press, name address), or a seed's file (kind seed)."""

feed = sa.Table(
    "feed",
    metadata,
    own_id(),
    reference("source_id", "source.id"),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("key", sa.Text, nullable=False, index=True, server_default=""),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("site", sa.Text),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("folder", sa.Text),
    sa.Column("attributes", Json),
    sa.Column("options", Json),
    sa.Column("every_seconds", sa.Integer),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False),
    sa.Column("added_at", Utc, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("body_hash", sa.Text),
    sa.Column("polls", sa.Integer, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("http", sa.Integer),
    sa.Column("reason", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("interval_seconds", sa.Integer),
    sa.Column("last_poll_at", Utc),
    sa.Column("last_success_at", Utc),
    sa.Column("next_poll_at", Utc, nullable=False, index=True),
    sa.Column("leased_until", Utc),
    sa.Column("has_hub", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("address", sa.Text, index=True),
    sa.Column("duplicate_of", sa.BigInteger),
    sa.Column("rhythm", Json),
    sa.Column("mean_gap_seconds", sa.BigInteger),
    sa.Column("last_new_at", Utc),
    sa.Column("stale_at", Utc),
    sa.Column("gaps", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("last_gap_at", Utc),
    sa.Column("rare_until", Utc),
    sa.Column("failing_since", Utc),
    sa.Column("broken", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("moved_to", sa.Text),
    sa.Column("moved_since", Utc),
    sa.Column("moved_times", sa.Integer, nullable=False, server_default=sa.text("0")),
)
"""url is what was subscribed to and stays; address is what is asked instead, once the feed has moved."""

incident = sa.Table(
    "incident",
    metadata,
    own_id(),
    reference("feed_id", "feed.id", index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)
"""What happened to a feed that a person may want to be told."""

active = sa.and_(~feed.c.paused, ~feed.c.removed)
"""That a feed is polled at all."""

document = sa.Table(
    "document",
    metadata,
    sa.Column("feed_id", sa.BigInteger, sa.ForeignKey("feed.id"), primary_key=True, autoincrement=False),
    sa.Column("record", sa.LargeBinary),
)
"""What the last document of a feed was made of, so that the next one can be cut down to what is new."""

wording = sa.Table(
    "wording",
    metadata,
    own_id(),
    sa.Column("copy_id", sa.BigInteger, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)
"""What one appearance said at one time. The current one is named by its copy; the others are revisions."""

story = sa.Table(
    "story",
    metadata,
    own_id(),
    reference("source_id", "source.id", index=True),
    reference("wording_id", "wording.id", index=True),
    sa.Column("url", sa.Text),
    sa.Column("language", sa.Text, index=True),
    sa.Column("published", Utc),
    sa.Column("first_seen", Utc, nullable=False, index=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("news", sa.Boolean, nullable=False),
    sa.Column("seed", sa.Boolean, nullable=False),
    sa.Column("event_id", sa.BigInteger),
    sa.Index("ix_story_at_wording_id", "at", "wording_id"),
    sa.Index("ix_story_event_id_at", "event_id", "at", **where_not_null("event_id")),
)
"""A news item after deduplication, in its first copy's current wording; at is published, else first_seen."""

copy = sa.Table(
    "copy",
    metadata,
    own_id(),
    reference("story_id", "story.id", index=True),
    reference("source_id", "source.id", index=True),
    reference("wording_id", "wording.id"),
    sa.Column("guid", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("link_key", sa.Text),
    sa.Column("published", Utc),
    sa.Column("published_raw", sa.Text),
    sa.Column("first_seen", Utc, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("news", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("author", sa.Text),
    sa.Column("host", Bytewise),
    sa.Column("domain", sa.Text),
    sa.Index("ix_copy_author", "author", **where_not_null("author")),
    sa.Index("ix_copy_host", "host", **where_not_null("host")),
)
"""An appearance; of those of a story the lowest id is shown. news: whether alone it would be a news story.
host is that of its link from the top down (org.example.www), domain the registrable one (example.org)."""

author = sa.Table(
    "author",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("words", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Authors as copies name them, and their folded words, each with a blank on either side."""

identity = sa.Table(
    "identity",
    metadata,
    sa.Column("source_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("copy_id", sa.BigInteger),
    sqlite_with_rowid=False,
)
"""By what a copy is recognised in its source; a key without a copy is known to name several items."""

story_key = sa.Table(
    "story_key",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("story_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The traits by which stories of different sources are found to be the same."""

nearness = sa.Table(
    "nearness",
    metadata,
    sa.Column("period", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("value", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("copy_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""By what copies are found whose words are to be compared; new rows go where the rows of their time are."""

topic = sa.Table(
    "topic",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("query", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("applied", sa.Text),
    sa.Column("applying", sa.Text),
    sa.Column("reached", sa.BigInteger),
)
"""applied is the definition that the archive was last tagged by, applying the one it is being tagged by."""

tag = sa.Table(
    "tag",
    metadata,
    own_id(),
    reference("story_id", "story.id"),
    sa.Column("topic", sa.Text, sa.ForeignKey("topic.name"), nullable=False),
    reference("wording_id", "wording.id"),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("evidence", Json, nullable=False),
    sa.Column("tagged_at", Utc, nullable=False),
    sa.Column("likeness", Json),
    sa.Column("back_applied", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("by", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("story_id", "topic"),
    sa.Index("ix_tag_topic_id", "topic", "id"),
)

article = sa.Table(
    "article",
    metadata,
    sa.Column("story_id", sa.BigInteger, sa.ForeignKey("story.id"), primary_key=True, autoincrement=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("fetched_at", Utc, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
)
"""The page behind a story, where its feed asks for full text: its text, or why there is none."""

message = sa.Table(
    "message",
    metadata,
    own_id(),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("stories", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("mime", sa.LargeBinary),
    sa.Column("edition_id", sa.BigInteger),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("reserved_at", Utc, nullable=False),
    sa.Column("next_try_at", Utc),
    sa.Column("settled_at", Utc, index=True),
    sa.UniqueConstraint("digest", "recipient", "period"),
)
"""The outbox: a digest's mail to one recipient for one period, composed once and kept as sent.

With an edition, text and html are what is the recipient's own, and mime is the mail's head; mime is kept
until the mail is settled.
"""
