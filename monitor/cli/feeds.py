"""`monitor feeds`: subscriptions and their health."""

from typing import Annotated, Any

import typer

from monitor.cli import feeds_add, feeds_opml
from monitor.cli.health import health
from monitor.cli.shared import Json, call, line, seconds, shown
from monitor.config.secret import without_password
from monitor.corpus.exporting import written
from monitor.model.polls import Push
from monitor.model.views import FeedView
from monitor.store import feeds, subscriptions

commands = typer.Typer(no_args_is_help=True, help="Subscriptions and their health.")
Address = Annotated[str, typer.Argument(metavar="URL", help="The feed's address.")]


def register(application: typer.Typer) -> None:
    """Add the commands."""
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
        "feed": without_password(view.url),
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
        "push": _push(view.push),
    }


def _push(push: Push | None) -> dict[str, Any] | None:
    """Return how a feed's subscription at its hub is; its token and secret are nobody's business."""
    if push is None or (push.state == "idle" and not push.hubs):
        return None
    return {
        "state": push.state,
        "hub": push.asked_hub or push.hubs[0],
        "lease_until": written(push.lease_until),
        "last_push": written(push.last_push_at),
        "pushes": push.pushes,
        "missed": push.missed,
        "refused": push.refused,
        "error": push.error,
    }


def status(view: FeedView) -> str:
    """Return how a feed is in a word."""
    if view.paused:
        return "paused"
    if view.error:
        return "failing"
    return "ok" if view.polls else "never polled"


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


@commands.command("remove")
def remove_feed(context: typer.Context, url: Address) -> None:
    """Unsubscribe from a feed; its stories stay."""
    with call(context).app() as app, app.store.write() as lane:
        subscriptions.remove(lane, url)
    print(f"removed {without_password(url)}")


@commands.command("pause")
def pause_feed(context: typer.Context, url: Address) -> None:
    """Stop polling a feed until it is resumed."""
    with call(context).app() as app, app.store.write() as lane:
        subscriptions.pause(lane, url, paused=True, now=app.clock())
    print(f"paused {without_password(url)}")


@commands.command("resume")
def resume_feed(context: typer.Context, url: Address) -> None:
    """Go on polling a feed, at once."""
    with call(context).app() as app, app.store.write() as lane:
        subscriptions.pause(lane, url, paused=False, now=app.clock())
    print(f"resumed {without_password(url)}")


for _part in (feeds_add, feeds_opml):
    _part.register(commands)
commands.command()(health)
