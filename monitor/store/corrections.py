"""The tables of what was put right: merges and splits, the word of people on them, and where ids lead."""

import sqlalchemy as sa

from monitor.store.columns import Utc, own_id
from monitor.store.schema import metadata

moved = sa.Table(
    "moved",
    metadata,
    own_id(),
    sa.Column("now_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("copy_id", sa.BigInteger),
)
"""Where the id of what was merged away leads now, in one step; for stories and events alike.

copy_id is the copy that a story showed: where that one leaves by a split, the id goes with it.
"""

change = sa.Table(
    "change",
    metadata,
    own_id(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("kept_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("other_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("copy_id", sa.BigInteger),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
)
"""What was merged (other into kept) and split (other off kept): why, by which copy, when, by whom."""

ruling = sa.Table(
    "ruling",
    metadata,
    own_id(),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("one", sa.BigInteger, nullable=False),
    sa.Column("other", sa.BigInteger, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.UniqueConstraint("about", "one", "other"),
)
"""A person's word: that two stories are the same or apart, each named by a copy, whose id never moves; or
that an event is pinned, which is named twice by its own id."""

heard = sa.Table(
    "heard",
    metadata,
    sa.Column("story_id", sa.BigInteger, sa.ForeignKey("story.id"), primary_key=True, autoincrement=False),
    sa.Column("copy_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("tag_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The tags that a story bore before a merge or split wrote them anew, by the copy that it showed then."""
