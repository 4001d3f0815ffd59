"""Add what the schedule remembers of a feed, and the incidents that a person may want to be told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the table."""
    _history()
    _incident()


def _history() -> None:
    with op.batch_alter_table("feed") as feed:
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
