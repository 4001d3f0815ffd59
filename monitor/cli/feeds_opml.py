"""`monitor feeds import` and `export`: subscription lists of other programs."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor import opml
from monitor.cli.shared import call, many, note
from monitor.config.addresses import web_url
from monitor.config.feeds import same_feed
from monitor.config.secret import without_login
from monitor.errors import UsageError
from monitor.hosts import feed_key
from monitor.model.feeds import Subscription
from monitor.model.views import FeedView
from monitor.store import Lane, feeds, subscriptions

_PART = 1000
"""How many feeds are taken in between two words of progress."""


def register(commands: typer.Typer) -> None:
    """Add the commands."""
    commands.command("import")(import_feeds)
    commands.command("export")(export_feeds)


def import_feeds(context: typer.Context, file: Annotated[Path, typer.Argument(help="An OPML file.")]) -> None:
    """Subscribe to every feed of an OPML file; exit code 1 when some outlines could not be read."""
    wanted, problems, again = _sound(opml.read(_content(file)))
    with call(context).app() as app, app.store.write() as lane:
        there = subscriptions.subscribed_as(lane, [outline.url for outline in wanted])
        added = _add(lane, [_subscription(outline) for outline in wanted], app.clock())
    print(f"added {many(len(added), 'feed')}, {len(wanted) - len(added)} there already")
    again += [_again(outline, there[outline.url]) for outline in wanted if _elsewhere(outline, there)]
    for said in (*problems, *again):
        note(f"{file}: {said}")
    raise typer.Exit(1 if problems else 0)


def _add(lane: Lane, wanted: Sequence[Subscription], now: datetime) -> list[str]:
    """Subscribe in one transaction, telling a terminal how far it is."""
    added: list[str] = []
    watched = sys.stderr.isatty()
    for start in range(0, len(wanted), _PART):
        added += subscriptions.add(lane, wanted[start : start + _PART], now)
        if watched:
            done = min(start + _PART, len(wanted))
            print(f"\r{done} of {len(wanted)} feeds", end="", file=sys.stderr, flush=True)
    if watched:
        print(file=sys.stderr)
    return added


def _sound(outlines: opml.Outlines) -> tuple[list[opml.Outline], list[str], list[str]]:
    """Return the outlines that can be subscribed to, what is wrong with the rest, and what is there again."""
    wanted, problems, again = dict[str, opml.Outline](), list(outlines.problems), list[str]()
    for outline in outlines.feeds:
        try:
            found = replace(outline, url=web_url(outline.url))
        except ValueError as error:
            problems.append(f"line {outline.line}: {error}")
            continue
        first = wanted.setdefault(feed_key(found.url), found)
        if first is not found:
            again.append(_again(found, first.url))
    return list(wanted.values()), problems, again


def _again(outline: opml.Outline, first: str) -> str:
    if outline.url == first:
        return f"line {outline.line}: {without_login(first)} is listed again"
    return f"line {outline.line}: {same_feed(outline.url, first)}"


def _elsewhere(outline: opml.Outline, there: Mapping[str, str]) -> bool:
    return there.get(outline.url, outline.url) != outline.url


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error


def _subscription(outline: opml.Outline) -> Subscription:
    return Subscription(
        outline.url,
        outline.title,
        folder=opml.folder_name(outline.folder),
        attributes=outline.attributes,
        site=outline.site,
    )


def export_feeds(context: typer.Context) -> None:
    """Write the subscriptions as OPML to stdout, without logins."""
    with call(context).app() as app, app.store.read() as connection:
        views = [view for view in feeds.views(connection) if not view.removed]
        private = subscriptions.private(connection)
    print(opml.write(_outlines(views)).decode(), end="")
    if private:
        note(f"{many(len(private), 'feed')} with a login, headers or a proxy: these are not in the list")


def _outlines(views: Sequence[FeedView]) -> Iterator[opml.Outline]:
    for view in views:
        folder = opml.folder_path(view.folder)
        yield opml.Outline(without_login(view.url), view.title, view.site, folder, view.attributes)
