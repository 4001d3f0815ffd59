"""`monitor sending`: the kill switch for everything that leaves: digests, confirmations and alerts."""

from typing import Annotated

import typer

from monitor.cli.shared import Json, call, line
from monitor.corpus.exporting import written
from monitor.store import halts

commands = typer.Typer(no_args_is_help=True, help="Whether anything is sent at all.")
_SENT = "Digests and alerts are sent."


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.add_typer(commands, name="sending")


@commands.command("stop")
def stop(
    context: typer.Context,
    why: Annotated[str, typer.Option(help="What whoever finds it stopped should know.")] = "",
) -> None:
    """Let nothing leave from now on, in every process on this store; what comes is kept for later."""
    with call(context).app() as app, app.store.write() as lane:
        halt = halts.stop(lane, why, app.clock())
    print(halt.sentence)


@commands.command("start")
def start(context: typer.Context) -> None:
    """Send again: one late digest for all that was missed, and the alerts that wait."""
    with call(context).app() as app, app.store.write() as lane:
        halts.start(lane)
    print(_SENT)


@commands.command("status")
def status(context: typer.Context, as_json: Json = False) -> None:
    """Say whether anything is sent, and if not, since when and why."""
    with call(context).app() as app, app.store.read() as connection:
        halt = halts.standing(connection)
    if as_json:
        about = {"since": written(halt.since), "why": halt.why} if halt else {}
        line({"sending": halt is None} | about)
    else:
        print(halt.sentence if halt else _SENT)
