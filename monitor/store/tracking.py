"""The tables of topics beside their tags: what waits for its event, and what a person said."""

import sqlalchemy as sa

from monitor.store.columns import Json, Utc, reference
from monitor.store.schema import metadata

pending = sa.Table(
    "pending",
    metadata,
    sa.Column("story_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("topic", sa.Text, primary_key=True),
    reference("wording_id", "wording.id"),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("evidence", Json, nullable=False),
    sa.Column("rest", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What will be a tag once the rest of its query holds: the story has its event, outlets enough carry it."""

mark = sa.Table(
    "mark",
    metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("story_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("on", sa.Boolean, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
"""A person's word that a story is on a topic, or off it."""
