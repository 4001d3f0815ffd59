"""How many outlets carry each event."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"

_MANY = """
    UPDATE event SET outlets = (
        SELECT count(DISTINCT coalesce(copy.domain, nullif(source.title, ''), source.name))
        FROM story JOIN copy ON copy.story_id = story.id JOIN source ON source.id = copy.source_id
        WHERE story.event_id = event.id
    )
"""


def upgrade() -> None:
    """Make room, and count."""
    op.add_column("event", sa.Column("outlets", sa.Integer(), nullable=False, server_default="0"))
    op.execute(_MANY)
    several = sa.text("outlets > 1")
    op.create_index("ix_event_outlets", "event", ["outlets"], sqlite_where=several, postgresql_where=several)
