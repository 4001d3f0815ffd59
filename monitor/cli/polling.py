"""`monitor poll`: one pass over the feeds."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from monitor.app import App
from monitor.cli.shared import Json, call, line
from monitor.config.secret import without_password
from monitor.model import Job, Polled
from monitor.store import feeds


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
        jobs = _jobs(app, urls or [], everything)
        polled = asyncio.run(poll_once(app, jobs, as_json))
    raise typer.Exit(1 if any(one.status == "failed" for one in polled) else 0)


def _jobs(app: App, urls: list[str], everything: bool) -> tuple[Job, ...]:
    now = app.clock()
    with app.store.write() as lane:
        if urls:
            return feeds.lease_named(lane, urls, now)
        return feeds.lease_all(lane, now) if everything else feeds.lease_due(lane, now)


async def poll_once(app: App, jobs: tuple[Job, ...], as_json: bool) -> list[Polled]:
    """Poll jobs, writing a line for each and a summary at the end."""
    started = asyncio.get_running_loop().time()
    polled: list[Polled] = []

    def report(one: Polled) -> None:
        polled.append(one)
        if as_json:
            line(asdict(one) | {"feed": without_password(one.feed), "seconds": round(one.seconds, 3)})
        else:
            print(_sentence(one), flush=True)

    async with app.poller() as poller:
        await poller.poll(jobs, report)
    summary = {
        "feeds": len(polled),
        "failed": sum(one.status == "failed" for one in polled),
        "new": sum(one.new for one in polled),
        "copies": sum(one.copies for one in polled),
        "revisions": sum(one.revisions for one in polled),
        "seconds": round(asyncio.get_running_loop().time() - started, 3),
    }
    if as_json:
        line({"summary": summary})
    else:
        print(
            "{feeds} feeds, {failed} failed: {new} new, {copies} copies, {revisions} revisions".format(
                **summary
            )
        )
    return polled


def _sentence(one: Polled) -> str:
    feed = without_password(one.feed)
    if one.error:
        return f"{feed}: failed: {one.error}"
    if one.status != "new":
        return f"{feed}: {one.status}"
    return f"{feed}: {one.new} new, {one.copies} copies, {one.revisions} revisions of {one.entries} entries"
