"""`monitor feeds discover`, `add` and `set`: find a site's feeds, subscribe, say how a feed is asked for."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.app import App
from monitor.cli.shared import Json, call, fail, line, many, note, shown
from monitor.config import readers
from monitor.config.addresses import web_url
from monitor.config.environment import read_secret
from monitor.config.headers import header
from monitor.config.readers import Wrong
from monitor.config.rungs import rung
from monitor.config.secret import without_password
from monitor.corpus.exporting import written
from monitor.errors import UsageError
from monitor.hosts import feed_key
from monitor.model.entries import FoundFeed
from monitor.model.feeds import FeedOptions, Subscription
from monitor.pipeline.discovering import Discovery, discover
from monitor.store import subscriptions

Address = Annotated[str, typer.Argument(metavar="URL", help="The address of a feed or of a site.")]
Feed = Annotated[str, typer.Argument(metavar="URL", help="The feed's address.")]
Title = Annotated[str | None, typer.Option(help="Its name.")]
Every = Annotated[str | None, typer.Option(help="A fixed interval, such as 15m.", metavar="DURATION")]
Folder = Annotated[str | None, typer.Option(help="Where it stands in lists, such as 'World / Baltic'.")]
Username = Annotated[str | None, typer.Option(help="The name it asks for (HTTP Basic).")]
PasswordFile = Annotated[
    str | None, typer.Option(help="A file with the password; read once.", metavar="FILE")
]
Header = Annotated[
    list[str] | None, typer.Option(help="A header to send; may be repeated.", metavar="'NAME: VALUE'")
]
UserAgent = Annotated[str | None, typer.Option(help="What to call this program there.")]
Proxy = Annotated[str | None, typer.Option(help="The proxy to ask it through.", metavar="URL")]
FullText = Annotated[
    bool | None, typer.Option("--full-text/--no-full-text", help="Fetch the articles of stories on a topic.")
]
DedupeOff = Annotated[
    list[str] | None,
    typer.Option(help="A rule by which its stories are no copies; may be repeated.", metavar="RULE"),
]


def register(commands: typer.Typer) -> None:
    """Add the commands."""
    commands.command("discover")(discover_feeds)
    commands.command("add")(add_feed)
    commands.command("set")(set_feed)


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave of a feed; None is what was not given, an empty text takes something away."""

    title: str | None = None
    every: str | None = None
    folder: str | None = None
    username: str | None = None
    password_file: str | None = None
    header: list[str] | None = None
    user_agent: str | None = None
    proxy: str | None = None
    full_text: bool | None = None
    dedupe_off: list[str] | None = None

    def over(self, feed: Subscription) -> Subscription:
        """Return a subscription with what was given; raises UsageError with a sentence."""
        changes: dict[str, Any] = {
            "title": _read("--title", self.title, readers.text.read),
            "every": _read("--every", self.every, readers.interval.read),
            "folder": _read("--folder", self.folder, readers.text.read),
        }
        changed = replace(feed, **_said(changes, self), options=self._options(feed.options))
        if (changed.options.username is None) != (changed.options.password is None):
            raise UsageError("a login is a name and a password: give --username and --password-file")
        return changed

    def _options(self, options: FeedOptions) -> FeedOptions:
        changes: dict[str, Any] = {
            "username": _read("--username", self.username, readers.text.read),
            "user_agent": _read("--user-agent", self.user_agent, readers.text.read),
            "proxy": _read("--proxy", self.proxy, web_url),
            "full_text": self.full_text,
        }
        if self.password_file is not None:
            options = replace(options, password=_read("--password-file", self.password_file, _secret))
        if self.header is not None:
            options = replace(options, headers=tuple(map(_header, filter(None, self.header))))
        if self.dedupe_off is not None:
            off = tuple(_read("--dedupe-off", name, rung.read) for name in filter(None, self.dedupe_off))
            options = replace(options, dedupe_off=off)
        return replace(options, **_said(changes, self))


def _said(changes: Mapping[str, Any], given: Given) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if getattr(given, name) is not None}


def _read(option: str, value: str | None, read: Callable[[object], Any]) -> Any:
    try:
        return read(value) if value else None
    except ValueError as error:
        right = f" ({error.right})" if isinstance(error, Wrong) and error.right else ""
        raise UsageError(f"{option}: {error}{right}") from error


def _secret(path: object) -> str:
    return str(readers.secret.read(read_secret(Path(str(path)))).get_secret_value())


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise UsageError("--header: write the name, a colon and the value, such as 'X-Api-Key: 1234'")
    found: tuple[str, str] = _read("--header", text, lambda _: header(name.strip(), value.strip()))
    return found


def discover_feeds(context: typer.Context, url: Address, as_json: Json = False) -> None:
    """Find the feeds of a site, best first; exit code 1 where there is none."""
    address = _address(url)
    with call(context).app() as app:
        found = asyncio.run(_discover(app, Subscription(address)))
    for feed in found.feeds:
        if as_json:
            line(_record(feed))
        else:
            print(_sentence(feed))
    if not found.feeds:
        fail(_nothing(address, found), code=1)


def add_feed(
    context: typer.Context,
    url: Address,
    exact: Annotated[bool, typer.Option("--exact", help="Subscribe to this address without asking.")] = False,
    title: Title = None,
    every: Every = None,
    folder: Folder = None,
    username: Username = None,
    password_file: PasswordFile = None,
    header: Header = None,
    user_agent: UserAgent = None,
    proxy: Proxy = None,
    full_text: FullText = None,
    dedupe_off: DedupeOff = None,
) -> None:
    """Subscribe to a feed, or to the main feed of a site; it is polled at the daemon's next tick."""
    login = (username, password_file, header, user_agent, proxy)
    given = Given(title, every, folder, *login, full_text, dedupe_off)
    wanted = given.over(Subscription(_address(url)))
    with call(context).app() as app:
        _refuse_known(app, wanted.url)
        found = Discovery() if exact else asyncio.run(_discover(app, wanted))
        feed = _chosen(wanted.url, found, exact=exact)
        _refuse_known(app, wanted.url, feed.url, feed.final)
        with app.store.write() as lane:
            subscriptions.add(lane, [replace(wanted, url=feed.url)], app.clock())
    print(f"added {_sentence(feed)}")
    for other in found.feeds[1:]:
        print(f"also there: {_sentence(other)}")


def _chosen(url: str, found: Discovery, *, exact: bool) -> FoundFeed:
    """Return the feed to subscribe to: the best one, or the address as it is where nothing is known of it."""
    if found.feeds:
        return found.feeds[0]
    if found.unanswered and found.trouble:
        note(f"warning: {without_password(url)} could not be read, and is subscribed to as it is: "
             f"{found.trouble.detail}")  # fmt: skip
    elif not exact:
        fail(f"{_nothing(url, found)} `--exact` subscribes to the address as it is.", code=1)
    return FoundFeed(url, url, "")


def _refuse_known(app: App, asked: str, *found: str) -> None:
    """End where the address, or what was found there, means a feed that is there already."""
    with app.store.read() as connection:
        there = subscriptions.subscribed_as(connection, (asked, *found))
    for known in there.values():
        if asked == known:
            print(f"{without_password(asked)} is subscribed to already")
            raise typer.Exit(0)
        relation = "is the same feed as" if feed_key(asked) == feed_key(known) else "leads to"
        fail(
            f"{without_password(asked)} {relation} {without_password(known)}, which is subscribed to "
            "already; `monitor feeds set` changes how it is asked for",
            code=1,
        )


def set_feed(
    context: typer.Context,
    url: Feed,
    title: Title = None,
    every: Every = None,
    folder: Folder = None,
    username: Username = None,
    password_file: PasswordFile = None,
    header: Header = None,
    user_agent: UserAgent = None,
    proxy: Proxy = None,
    full_text: FullText = None,
    dedupe_off: DedupeOff = None,
) -> None:
    """Change how a feed is asked for; an empty text ("") takes something away."""
    login = (username, password_file, header, user_agent, proxy)
    given = Given(title, every, folder, *login, full_text, dedupe_off)
    if given == Given():
        raise UsageError("nothing was said to change: give an option, such as --every 15m")
    with call(context).app() as app, app.store.write() as lane:
        known = subscriptions.asked_for(lane, url)
        subscriptions.change(lane, given.over(known))
    print(f"changed {without_password(known.url)}")


def _address(url: str) -> str:
    try:
        return web_url(url)
    except ValueError as error:
        raise UsageError(f"the feed's address: {error}") from error


async def _discover(app: App, wanted: Subscription) -> Discovery:
    async with app.fetcher() as fetcher:
        return await discover(fetcher, wanted.url, app.clock(), wanted.options)


def _nothing(url: str, found: Discovery) -> str:
    why = found.trouble.detail if found.trouble else "It was not asked."
    return f"no feed was found at {without_password(url)}: {why}"


def _record(feed: FoundFeed) -> dict[str, Any]:
    return {
        "feed": without_password(feed.url),
        "kind": feed.kind,
        "title": feed.title,
        "entries": feed.entries,
        "newest": written(feed.newest),
    }


def _sentence(feed: FoundFeed) -> str:
    address = without_password(feed.url)
    if not feed.kind:
        return address
    named = f"“{feed.title}”, " if feed.title else ""
    entries = many(feed.entries, "entry", "entries")
    newest = f", newest {shown(feed.newest)}" if feed.newest else ""
    return f"{address}: {named}{feed.kind}, {entries}{newest}"
