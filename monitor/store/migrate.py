"""Bring the schema up to date with Alembic; a schema that is up to date costs one query."""

from pathlib import Path

import sqlalchemy as sa

from monitor.errors import StoreError
from monitor.store.dialect import Dialect

HEAD = "0016"
"""The newest revision in migrations/versions."""


def upgrade(dialect: Dialect, to: str = HEAD) -> None:
    """Run the migrations that are missing up to a revision, one process at a time."""
    try:
        if _version(dialect) == to:
            return
        with dialect.hold("migrate", wait=True):
            if _version(dialect) != to:
                _run(dialect, to)
    except sa.exc.DatabaseError as error:
        raise StoreError(f"the store at {dialect.writer.url!r} does not open: {error.orig}") from error


def _version(dialect: Dialect) -> str | None:
    with dialect.reader.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if version and version > HEAD:
        raise StoreError(f"the store was made by a newer monitor (schema {version}, this one knows {HEAD})")
    return version


def _run(dialect: Dialect, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with dialect.writer.begin() as connection:
        config.attributes.update(connection=connection, dialect=dialect)
        command.upgrade(config, to)
