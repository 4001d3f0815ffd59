"""`monitor subscribers`: who gets which digest."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from monitor.app import App
from monitor.cli.shared import Json, call, line, shown
from monitor.config import readers as values
from monitor.config import schedules
from monitor.config.addresses import address as mail_address
from monitor.corpus.exporting import written
from monitor.errors import UsageError
from monitor.model.digests import Reader, ReaderState
from monitor.store import readers

T = TypeVar("T")
commands = typer.Typer(no_args_is_help=True, help="Who gets which digest.")
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="An e-mail address.")]
Digest = Annotated[str | None, typer.Option(metavar="NAME", help="Only this digest.")]
_STATES: dict[ReaderState, str] = {
    "active": "gets it",
    "asked": "was asked to confirm",
    "paused": "paused",
    "left": "unsubscribed",
}


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.add_typer(commands, name="subscribers")


@commands.command("list")
def list_subscribers(context: typer.Context, digest: Digest = None, as_json: Json = False) -> None:
    """List who gets which digest, and who does not any more."""
    with call(context).app() as app, app.store.read() as connection:
        found = [one for one in readers.everybody(connection) if one.recipient]
    for one in found:
        if digest in {None, one.digest}:
            if as_json:
                line(_record(one))
            else:
                print(_sentence(one))


def _record(one: Reader) -> dict[str, Any]:
    return {
        "digest": one.digest,
        "address": one.recipient,
        "state": one.state,
        "origin": one.origin,
        "schedule": one.schedule,
        "timezone": one.timezone,
        "language": one.language,
        "topics": list(one.topics),
        "since": written(one.since),
    }


def _sentence(one: Reader) -> str:
    own = [one.schedule, one.timezone, one.language, ", ".join(one.topics)]
    since = f" since {shown(one.since)}" if one.since else ""
    details = "; ".join(part for part in own if part)
    by = "the configuration" if one.origin == "file" else "hand"
    return f"{one.recipient} {_STATES[one.state]}{since}: {one.digest}, named by {by}" + (
        f" ({details})" if details else ""
    )


@commands.command("add")
def add(
    context: typer.Context,
    address: Address,
    digest: Annotated[str, typer.Option(metavar="NAME", help="The digest to send them.")],
    schedule: Annotated[
        str | None, typer.Option(help='Cron fields of their own, such as "0 8 * * *".')
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Their own zone, such as Europe/Warsaw.")] = None,
    language: Annotated[str | None, typer.Option(help="Their language: en, uk or pl.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only these topics of the digest.")] = None,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="They have agreed; do not ask them by mail.")
    ] = False,
) -> None:
    """Send a digest to somebody, once they confirm by the link in a mail."""
    with call(context).app() as app:
        now = app.clock()
        wanted = Reader(
            digest=digest,
            recipient=_read(mail_address, "the address", address),
            told=0,
            settled_until=now,
            state="active" if confirmed else "asked",
            schedule=_read(schedules.cron, "--schedule", schedule),
            timezone=_read(schedules.timezone, "--timezone", timezone),
            language=_read(values.language, "--language", language),
            topics=tuple(topic or ()),
        )
        with app.store.write() as lane:
            made = app.subscribing.add(lane, wanted, now)
    asked = ", who is asked by mail to confirm" if made.state == "asked" else ""
    print(f"added {made.recipient} to {made.digest}{asked}")


def _read(reader: Any, what: str, value: T) -> T:
    """Read an option as the configuration reads the same setting."""
    if value is None:
        return value
    try:
        read: T = reader.read(value)
    except values.Wrong as error:
        right = f": {error.right}" if error.right else ""
        raise UsageError(f"{what} {error.wrong}{right}") from None
    return read


@commands.command("pause")
def pause(context: typer.Context, address: Address, digest: Digest = None) -> None:
    """Send somebody nothing until they are resumed."""
    _turn(context, address, digest, "paused")


@commands.command("resume")
def resume(context: typer.Context, address: Address, digest: Digest = None) -> None:
    """Send to somebody again who was paused, or with --digest who had unsubscribed and wants it back."""
    _turn(context, address, digest, "active")


def _turn(context: typer.Context, address: str, digest: str | None, state: ReaderState) -> None:
    def change(app: App, lane: Any, one: Reader) -> bool:
        pauses = state == "paused" and one.state == "active"
        back = {"paused"} if digest is None else {"paused", "left"}
        turns = pauses or (state == "active" and one.state in back)
        if turns:
            readers.turn(lane, one, state, app.clock())
        return turns

    _each(context, address, digest, "paused" if state == "paused" else "resumed", change)


@commands.command("remove")
def remove(context: typer.Context, address: Address, digest: Digest = None) -> None:
    """Take somebody off the list whom a command put there."""

    def change(_app: App, lane: Any, one: Reader) -> bool:
        if one.origin == "file":
            raise UsageError(f"{one.recipient} reads {one.digest} by the configuration; take them out there")
        readers.remove(lane, one)
        return True

    _each(context, address, digest, "removed", change)


def _each(
    context: typer.Context,
    address: str,
    digest: str | None,
    done: str,
    change: Callable[[App, Any, Reader], bool],
) -> None:
    """Change somebody in one digest or in all they read."""
    with call(context).app() as app, app.store.write() as lane:
        found = [
            one
            for one in readers.everybody(lane)
            if one.recipient.casefold() == address.casefold() and digest in {None, one.digest}
        ]
        if not found:
            raise UsageError(f"{address} reads no digest{f' called {digest}' if digest else ''}")
        changed = [one for one in found if change(app, lane, one)]
    for one in found:
        kept = "" if one in changed else f"not {done}, since that one {_STATES[one.state]}: "
        print(f"{kept or done + ' '}{one.recipient}: {one.digest}")
