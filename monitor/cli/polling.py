"""`monitor poll`: one pass over the feeds."""

import asyncio
from dataclasses import asdict
from itertools import islice
from typing import Annotated

import typer

from monitor.app import App
from monitor.cli.shared import Json, call, line, many
from monitor.config.secret import without_password
from monitor.model.fetching import Job
from monitor.model.polls import Polled
from monitor.pipeline.polling import Lease
from monitor.store import feeds, polls


def register(application: typer.Typer) -> None:
    """Add the command."""
    application.command()(poll)


def poll(
    context: typer.Context,
    urls: Annotated[list[str] | None, typer.Argument(metavar="[FEED]...", help="Feeds, by address.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every feed, due or not.")] = False,
    as_json: Json = False,
) -> None:
    """Poll the feeds that are due, those named, or all; exit code 1 when any failed."""
    with call(context).app() as app:
        failed = asyncio.run(poll_once(app, _lease(app, urls or [], everything), as_json))
    raise typer.Exit(1 if failed else 0)


def _lease(app: App, urls: list[str], everything: bool) -> Lease:
    if not urls and not everything:
        return app.due()
    with app.store.read() as connection:
        wanted = iter(feeds.named(connection, urls) if urls else feeds.every(connection))

    def lease(room: int) -> tuple[Job, ...]:
        rows = list(islice(wanted, room))
        if not rows:
            return ()
        with app.store.write() as lane:
            return polls.lease(lane, rows, app.clock())

    return lease


async def poll_once(app: App, lease: Lease, as_json: bool) -> int:
    """Poll what lease hands out, writing a line for each and a summary at the end; return how many failed."""
    started = asyncio.get_running_loop().time()
    summary = dict.fromkeys(("feeds", "failed", "new", "copies", "revisions"), 0)

    def report(one: Polled) -> None:
        for name, count in (
            ("feeds", 1),
            ("failed", one.status == "failed"),
            ("new", one.new),
            ("copies", one.copies),
            ("revisions", one.revisions),
        ):
            summary[name] += count
        if as_json:
            line(asdict(one) | {"feed": without_password(one.feed), "seconds": round(one.seconds, 3)})
        else:
            print(_sentence(one), flush=True)

    app.learn_seeds()
    async with app.poller() as poller:
        await poller.poll_all(lease, app.room, report)
    if as_json:
        seconds = round(asyncio.get_running_loop().time() - started, 3)
        line({"summary": summary | {"seconds": seconds}})
    else:
        print(
            "{polled}, {failed} failed: {new} new, {copies} copies, {revisions} revisions".format(
                **summary, polled=many(summary["feeds"], "feed")
            )
        )
    return summary["failed"]


def _sentence(one: Polled) -> str:
    feed = without_password(one.feed)
    if one.error:
        return f"{feed}: failed: {one.error}"
    if one.status != "new":
        return f"{feed}: {one.status}"
    entries = many(one.entries, "entry", "entries")
    return f"{feed}: {one.new} new, {one.copies} copies, {one.revisions} revisions of {entries}"
