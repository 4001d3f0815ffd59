"""The tables of events: which stories are one happening, and by what a story's event is found.

A story without an event waits for one; seeds have none.
"""

import sqlalchemy as sa

from monitor.store.columns import Json, Utc, own_id
from monitor.store.schema import metadata, story

event = sa.Table(
    "event",
    metadata,
    own_id(),
    sa.Column("headline_id", sa.BigInteger, nullable=False),
    sa.Column("stories", sa.Integer, nullable=False),
    sa.Column("checked", sa.Integer, nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("changed_at", Utc, nullable=False, index=True),
    sa.Column("outlets", sa.Integer, nullable=False, server_default="0"),
)
"""changed_at is when a story last came or went; checked how many there were when all were last compared;
outlets how many carry it by now (store/outlets.py)."""

several = event.c.outlets > sa.literal_column("1")
"""That more than one outlet carries an event; most are carried by one, and stand in no index for it."""

sa.Index("ix_event_outlets", event.c.outlets, sqlite_where=several, postgresql_where=several)

membership = sa.Table(
    "membership",
    metadata,
    sa.Column("story_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("terms", sa.Text, nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("shared", Json, nullable=False),
    sa.Column("joined_at", Utc, nullable=False),
)
"""What a story's event is known by, and why it is there: terms are JSON, vector is 256 signed bytes."""

posting = sa.Table(
    "posting",
    metadata,
    sa.Column("week", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("term", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("story_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Stories by the terms that tell most about them, week by week, so that new rows stand together."""

background = sa.Table(
    "background",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("stories", sa.Integer, nullable=False),
    sa.Column("counts", sa.LargeBinary, nullable=False),
    sa.Column("placed", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("centres", sa.LargeBinary),
)
"""In how many stories a term stood when last counted (packed JSON), and what their directions have in common
(NULL before it was known); placed counts the stories since, version is a digest of the counts."""

waits = sa.and_(story.c.event_id.is_(None), ~story.c.seed)
"""That a story has no event yet."""

sa.Index("ix_story_waits", story.c.at, story.c.id, sqlite_where=waits, postgresql_where=waits)
