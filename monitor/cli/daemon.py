"""`monitor run` and `monitor demo`."""

import asyncio
import os
import signal
from typing import Annotated

import typer

from monitor.cli.shared import call, note


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.command()(run)
    application.command()(demo)


def run(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Poll what is due, send what is due, and end.")
    ] = False,
) -> None:
    """Run the daemon: polls, digests, the web page. SIGTERM drains, SIGHUP reloads the configuration."""
    from monitor import daemon
    from monitor.config import load

    asked = call(context)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the daemon listens to it
    with asked.app() as app:
        asked.notes(app.settings)
        if once:
            raise typer.Exit(asyncio.run(daemon.run_once(app)))
        asyncio.run(daemon.run(app, lambda: load(asked.file, os.environ)))


def demo() -> None:
    """Start a small publisher with sample feeds and a daemon on it, offline; nothing is left behind."""
    from monitor.cli.demo import run_demo

    note("starting the demo; end it with Ctrl-C")
    asyncio.run(run_demo())
