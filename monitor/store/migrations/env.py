"""Alembic's entry: the connection and the dialect come from monitor.store.migrate."""

from alembic import context

from monitor.store import alerts, grouping, readers, tracking, websub  # noqa: F401  # their tables are of the metadata too
from monitor.store.schema import metadata

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    include_name=lambda name, kind, _parents: kind != "table" or name in metadata.tables,
    transactional_ddl=True,
)
context.run_migrations()
