"""`monitor digest`: what readers get."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from monitor.app import App
from monitor.cli.shared import Json, call, line, note, shown
from monitor.corpus.exporting import written
from monitor.digest.mail import mime
from monitor.digest.periods import next_due
from monitor.errors import UsageError
from monitor.model.digests import DigestPlan, Message, Reader
from monitor.pipeline.sending import Sent
from monitor.store import halts, outbox, readers

commands = typer.Typer(no_args_is_help=True, help="What readers get, and when.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The digest's name.")]
KEPT = "no e-mail channel: composed and kept"


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.add_typer(commands, name="digest")


@commands.command("list")
def list_digests(context: typer.Context, as_json: Json = False) -> None:
    """List the digests: when, to whom, and what came of the last ones."""
    with call(context).app() as app, app.store.read() as connection:
        everybody = [one for one in readers.everybody(connection) if one.recipient and one.state == "active"]
        for plan in app.plans:
            to = [one for one in everybody if one.digest == plan.name]
            due = next_due(plan.schedule, plan.timezone, app.clock())
            last = outbox.latest(connection, plan.name, limit=1)
            channel = "email" if app.settings.channels.email else None
            if as_json:
                about = {"digest": plan.name, "title": plan.title, "topics": list(plan.topics)}
                when = {"schedule": plan.schedule, "timezone": plan.timezone, "next": written(due)}
                told = {"to": [_reader(one) for one in to], "channel": channel}
                past = {"last": last[0].period, "last_status": last[0].status} if last else {}
                line(about | when | told | {"note": None if channel else KEPT} | past)
            else:
                print(_sentence(plan, to, shown(due), channel))
                for message in last:
                    print(f"  last: {message.period} to {message.recipient or 'the page'}: {message.status}")
        if halt := halts.standing(connection):
            note(halt.sentence)


def _reader(one: Reader) -> dict[str, str | None]:
    return {"address": one.recipient, "timezone": one.timezone, "language": one.language}


def _sentence(plan: DigestPlan, to: Sequence[Reader], due: str, channel: str | None) -> str:
    names = ", ".join(one.recipient for one in to) or "the page only"
    said = f"{plan.name}: {plan.title}, {plan.schedule} {plan.timezone}, next {due} UTC, to {names}"
    return said if channel else f"{said} ({KEPT})"


def _plan(app: App, name: str) -> DigestPlan:
    for plan in app.plans:
        if plan.name == name:
            return plan
    raise UsageError(
        f"there is no digest {name!r}; there are {', '.join(plan.name for plan in app.plans) or 'none'}"
    )


@commands.command("preview")
def preview(
    context: typer.Context,
    name: Name,
    out: Annotated[
        Path | None, typer.Option(help="Write to FILE.html and FILE.txt beside it; FILE.eml writes the mail.")
    ] = None,
) -> None:
    """Show what would be sent now; nothing is marked as told."""
    with call(context).app() as app:
        _plan(app, name)
        message = app.sender().preview(name)
    if out is None:
        print(f"Subject: {message.subject}\n\n{message.text}")
    else:
        for file in _write(message, out):
            print(file)


def _write(message: Message, out: Path) -> list[Path]:
    contents = {".eml": mime(message), ".html": message.html.encode(), ".txt": message.text.encode()}
    if out.suffix == ".eml":
        files = [out]
    else:
        stem = out.with_suffix("") if out.suffix in contents else out
        files = [stem.with_name(f"{stem.name}{suffix}") for suffix in (".html", ".txt")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(contents[file.suffix])
    return files


@commands.command("send")
def send(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Send a digest now: first what is waiting of it, then what is new; exit code 1 when any failed."""
    with call(context).app() as app:
        _plan(app, name)
        sent = asyncio.run(app.sender().send_now(name))
        if not app.settings.channels.email:
            note(KEPT)
    for one in sent:
        if as_json:
            line(asdict(one))
        else:
            print(_outcome(one))
    raise typer.Exit(1 if any(one.status in {"failed", "reserved"} for one in sent) else 0)


def _outcome(one: Sent) -> str:
    to = one.recipient or "the page"
    if one.status == "nothing-new":
        return f"{one.digest} to {to}: nothing new, nothing sent"
    told = {"reserved": "not accepted yet, tried again later", "failed": "refused for good"}.get(
        one.status, one.status
    )
    return f"{one.digest} to {to}: {told}, {one.stories} stories: {one.subject}" + (
        f" ({one.detail})" if one.detail else ""
    )
