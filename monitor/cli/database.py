"""`monitor db`: look after the store."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.shared import call, fail
from monitor.errors import UsageError
from monitor.store import open_store

commands = typer.Typer(no_args_is_help=True, help="Look after the store.")


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.add_typer(commands, name="db")


@commands.command("migrate")
def migrate(context: typer.Context) -> None:
    """Bring the store's schema up to date (every command does)."""
    with call(context).app() as app:
        print(f"{app.settings.store.url.partition('@')[2] or app.settings.store.url} is up to date")


@commands.command("check")
def check(context: typer.Context) -> None:
    """Look for damage; exit code 1 when there is any."""
    with call(context).app() as app:
        problems = app.store.problems()
    if problems:
        fail(*problems, code=1)
    print("the store is sound")


@commands.command("backup")
def backup(context: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Write a consistent copy, while a daemon may be at work."""
    with call(context).app() as app:
        app.store.backup(file)
    print(f"backed up to {file}")


@commands.command("restore")
def restore(context: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Put a backup in place of everything in the store; refused while a daemon runs."""
    if not file.is_file():
        raise UsageError(f"{file}: there is no such file")
    store = open_store(call(context).settings().store.url)
    try:
        store.restore(file)
    finally:
        store.close()
    print(f"restored from {file}")
