"""`monitor feeds`: subscriptions and their health."""

from pathlib import Path
from typing import Annotated, Any

import typer

from monitor import opml
from monitor.cli.health import health
from monitor.cli.shared import Json, call, line, many, note, seconds, shown
from monitor.config.addresses import web_url
from monitor.config.secret import without_password
from monitor.corpus.exporting import written
from monitor.errors import UsageError
from monitor.model import FeedView, Subscription
from monitor.store import feeds

commands = typer.Typer(no_args_is_help=True, help="Subscriptions and their health.")
Address = Annotated[str, typer.Argument(metavar="URL", help="The feed's address.")]


def register(application: typer.Typer) -> None:
    """Add the commands."""
    commands.command()(health)
    application.add_typer(commands, name="feeds")


@commands.command("list")
def list_feeds(context: typer.Context, as_json: Json = False) -> None:
    """List every feed with its last poll, and what is wrong where something is."""
    with call(context).app() as app, app.store.read() as connection:
        for view in feeds.views(connection):
            if as_json:
                line(_record(view))
            else:
                print(_sentence(view))


def _record(view: FeedView) -> dict[str, Any]:
    return {
        "feed": view.url,
        "title": view.title,
        "site": view.site,
        "folder": view.folder,
        "origin": view.origin,
        "status": status(view),
        "paused": view.paused,
        "every": seconds(view.every),
        "polls": view.polls,
        "failures": view.failures,
        "http": view.http,
        "reason": view.reason,
        "error": view.error,
        "last_poll": written(view.last_poll_at),
        "last_success": written(view.last_success_at),
        "next_poll": written(view.next_poll_at),
    }


def status(view: FeedView) -> str:
    """Return how a feed is in a word."""
    if view.paused:
        return "paused"
    if view.error:
        return "failing"
    return "ok" if view.last_poll_at else "never polled"


def _sentence(view: FeedView) -> str:
    address = without_password(view.url)
    name = f"{view.title} <{address}>" if view.title else address
    if view.error:
        return (
            f"{name}: {status(view)}, {view.failures} in a row, last success {shown(view.last_success_at)}, "
            f"next poll {shown(view.next_poll_at)}: {view.reason}: {view.error}"
        )
    return (
        f"{name}: {status(view)}, last poll {shown(view.last_poll_at)}, next poll {shown(view.next_poll_at)}"
    )


@commands.command("add")
def add_feed(
    context: typer.Context, url: Address, title: Annotated[str | None, typer.Option(help="Its name.")] = None
) -> None:
    """Subscribe to a feed; it is polled at the daemon's next tick."""
    try:
        address = web_url(url)
    except ValueError as error:
        raise UsageError(f"the feed's address: {error}") from error
    with call(context).app() as app, app.store.write() as lane:
        added = feeds.add(lane, [Subscription(address, title)], app.clock())
    print(f"added {address}" if added else f"{address} is subscribed to already")


@commands.command("remove")
def remove_feed(context: typer.Context, url: Address) -> None:
    """Unsubscribe from a feed; its stories stay."""
    with call(context).app() as app, app.store.write() as lane:
        feeds.remove(lane, url)
    print(f"removed {url}")


@commands.command("pause")
def pause_feed(context: typer.Context, url: Address) -> None:
    """Stop polling a feed until it is resumed."""
    with call(context).app() as app, app.store.write() as lane:
        feeds.pause(lane, url, paused=True, now=app.clock())
    print(f"paused {url}")


@commands.command("resume")
def resume_feed(context: typer.Context, url: Address) -> None:
    """Go on polling a feed, at once."""
    with call(context).app() as app, app.store.write() as lane:
        feeds.pause(lane, url, paused=False, now=app.clock())
    print(f"resumed {url}")


@commands.command("import")
def import_feeds(context: typer.Context, file: Annotated[Path, typer.Argument(help="An OPML file.")]) -> None:
    """Subscribe to every feed of an OPML file; exit code 1 when some outlines could not be read."""
    outlines = opml.read(_content(file))
    wanted, problems = _sound(outlines)
    with call(context).app() as app, app.store.write() as lane:
        added = feeds.add(lane, [_subscription(outline) for outline in wanted.values()], app.clock())
    print(f"added {many(len(added), 'feed')}, {len(wanted) - len(added)} there already")
    for problem in problems:
        note(f"{file}: {problem}")
    raise typer.Exit(1 if problems else 0)


def _sound(outlines: opml.Outlines) -> tuple[dict[str, opml.Outline], list[str]]:
    """Return the outlines that can be subscribed to by their addresses, and what is wrong with the rest."""
    wanted, problems = {}, list(outlines.problems)
    for outline in outlines.feeds:
        try:
            wanted[web_url(outline.url)] = outline
        except ValueError as error:
            problems.append(f"line {outline.line}: {error}")
    return wanted, problems


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error


def _subscription(outline: opml.Outline) -> Subscription:
    folder = opml.folder_name(outline.folder)
    return Subscription(outline.url, outline.title, folder=folder, attributes=outline.attributes)


@commands.command("export")
def export_feeds(context: typer.Context) -> None:
    """Write the subscriptions as OPML to stdout."""
    with call(context).app() as app, app.store.read() as connection:
        views = [view for view in feeds.views(connection) if not view.removed]
    outlines = [
        opml.Outline(view.url, view.title, view.site, opml.folder_path(view.folder), view.attributes)
        for view in views
    ]
    print(opml.write(outlines).decode(), end="")
