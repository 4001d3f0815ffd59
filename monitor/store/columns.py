"""What columns are made of: times, JSON, ids and references, the same in either database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


class Utc(sa.TypeDecorator[datetime]):
    """An aware time, kept in UTC; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into the UTC that the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the time back aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Bytewise = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text in the order of its bytes, so that what begins alike is found by an index."""


def where_not_null(column: str) -> dict[str, Any]:
    """Return the options of an index that holds the rows with a value only."""
    condition = sa.text(f"{column} IS NOT NULL")
    return {"sqlite_where": condition, "postgresql_where": condition}


def seconds(value: int | None) -> timedelta | None:
    """Return the length of time that a column in seconds stands for."""
    return None if value is None else timedelta(seconds=value)


def own_id() -> sa.Column[int]:
    """Return the column of a row's own id, which the judge's lane gives out."""
    return sa.Column(
        "id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
    )


def reference(name: str, target: str, *, nullable: bool = False, index: bool = False) -> sa.Column[int]:
    """Return a column that names a row of another table."""
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(target), nullable=nullable, index=index)
