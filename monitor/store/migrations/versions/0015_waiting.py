"""Stories that wait for an event are found by an index of their own, and stand in no other for it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_PLACED = sa.text("event_id IS NOT NULL")
_WAITS = {"sqlite": "event_id IS NULL AND seed = 0", "postgresql": "event_id IS NULL AND NOT seed"}


def upgrade() -> None:
    """Make the indexes anew: SQLite takes a partial one only where a query says the same in its words."""
    op.drop_index("ix_story_event_id_at", "story")
    op.create_index(
        op.f("ix_story_event_id_at"),
        "story",
        ["event_id", "at"],
        sqlite_where=_PLACED,
        postgresql_where=_PLACED,
    )
    waits = sa.text(_WAITS[op.get_bind().dialect.name])
    op.drop_index("ix_story_waits", "story")
    op.create_index("ix_story_waits", "story", ["id"], sqlite_where=waits, postgresql_where=waits)
