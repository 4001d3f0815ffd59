"""`monitor alerts`: what rules made known, what did not arrive, and another try."""

import asyncio
from typing import Annotated, Any

import typer

from monitor.cli.shared import Json, call, line, many, note, shown
from monitor.corpus.exporting import written
from monitor.errors import UsageError
from monitor.model.alerts import AlertView
from monitor.store import alerts, ids

commands = typer.Typer(no_args_is_help=True, help="What was made known at once.")


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.add_typer(commands, name="alerts")


@commands.command("list")
def list_alerts(
    context: typer.Context,
    dead: Annotated[bool, typer.Option("--dead", help="Only those that were given up.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List alerts, newest first, with what became of each."""
    with call(context).app() as app, app.store.read() as connection:
        found = alerts.latest(connection, "dead" if dead else None, limit)
    for one in found:
        if as_json:
            line(_record(one))
        else:
            print(_sentence(one))


def _record(one: AlertView) -> dict[str, Any]:
    return {
        "id": one.id,
        "alert": one.rule,
        "to": one.to,
        "status": one.status,
        "title": one.title,
        "about": one.about,
        "made_at": written(one.made_at),
        "attempts": one.attempts,
        "detail": one.detail,
        "settled_at": written(one.settled_at),
    }


def _sentence(one: AlertView) -> str:
    detail = f" ({one.detail})" if one.detail else ""
    return f"{one.id}  {shown(one.made_at)}  {one.rule} to {one.to}: {one.status}: {one.title}{detail}"


@commands.command("resend")
def resend(
    context: typer.Context,
    alert_ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Such as a12.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All that were given up.")] = False,
) -> None:
    """Send alerts again, whatever became of them; exit code 1 when any was not accepted."""
    with call(context).app() as app:
        with app.store.write() as lane:
            wanted = [one.id for one in alerts.latest(lane, "dead", 100_000)] if dead else alert_ids or []
            for alert_id in wanted:
                if alerts.one(lane, alert_id) is None:
                    raise UsageError(f"there is no alert {alert_id}")
            alerts.revive(lane, [ids.alert_row(one) for one in wanted], app.clock())
        answers = asyncio.run(app.alerter.tell())
    for answer in answers:
        if not answer.accepted:
            note(answer.detail)
    print(f"{many(len(wanted), 'alert')} tried again, {sum(one.accepted for one in answers)} accepted")
    raise typer.Exit(0 if all(answer.accepted for answer in answers) else 1)


@commands.command("test")
def test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A rule of the configuration.")],
) -> None:
    """Send a trial to everybody whom a rule names; exit code 1 when any was not accepted."""
    with call(context).app() as app:
        app.alerter.trial(name)
        answers = asyncio.run(app.alerter.tell())
    for answer in answers:
        print(answer.detail or ("accepted" if answer.accepted else "not accepted"))
    raise typer.Exit(0 if answers and all(answer.accepted for answer in answers) else 1)
