"""Stories that wait for an event are found in the order of their times."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_WAITS = {"sqlite": "event_id IS NULL AND seed = 0", "postgresql": "event_id IS NULL AND NOT seed"}


def upgrade() -> None:
    """Make the index anew; some stores of schema 0015 have it so already."""
    waits = sa.text(_WAITS[op.get_bind().dialect.name])
    op.drop_index("ix_story_waits", "story")
    op.create_index("ix_story_waits", "story", ["at", "id"], sqlite_where=waits, postgresql_where=waits)
