"""The kill switch: a person's word that no digest and no alert leaves, until another word."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.store.columns import Utc
from monitor.store.dialect import upsert
from monitor.store.schema import metadata

halt = sa.Table(
    "halt",
    metadata,
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("since", Utc, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)

_SENDING = "sending"


@dataclass(frozen=True, slots=True)
class Halt:
    """Since when nothing is sent, and why."""

    since: datetime
    why: str

    @property
    def sentence(self) -> str:
        """Say so, and what lets things out again."""
        why = f" ({self.why})" if self.why else ""
        since = f"{self.since:%Y-%m-%d %H:%M} UTC"
        return f"Nothing is sent since {since}{why}; `monitor sending start` lets it out again."


def standing(connection: sa.Connection) -> Halt | None:
    """Return the halt that stands, if one does."""
    row = connection.execute(sa.select(halt).where(halt.c.what == _SENDING)).one_or_none()
    return Halt(row.since, row.why) if row else None


def stop(connection: sa.Connection, why: str, now: datetime) -> Halt:
    """Let nothing be sent any more; of a halt that stands only the reason changes."""
    before = standing(connection)
    made = Halt(before.since if before else now, why)
    upsert(connection, halt, [{"what": _SENDING, "since": made.since, "why": why}], update=["why"])
    return made


def start(connection: sa.Connection) -> None:
    """Let everything be sent again."""
    connection.execute(sa.delete(halt).where(halt.c.what == _SENDING))
