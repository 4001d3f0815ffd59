"""A desk that is pushed to: one feed on a loopback publisher, its hub, and our page, where it delivers."""

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

from monitor.app import App, open_app
from monitor.config import load
from monitor.config.addresses import Listen
from monitor.metrics import Metrics
from monitor.model.entries import Entry
from monitor.model.polls import Polled, Push
from monitor.model.views import FeedView
from monitor.pipeline.polling import Poller
from monitor.pipeline.pushing import Pushing
from monitor.store import feeds, polls, stories, websub
from monitor.web import create_app, serve
from tests.builders import StoppedClock, document
from tests.reading import in_thread
from tests.servers.hub import Hub
from tests.servers.publisher import Publisher

_SETTINGS = """
public_url = "http://127.0.0.1:{port}"
[store]
url = "sqlite:///monitor.db"
[fetch]
allow_private = ["127.0.0.0/8"]
per_host = 20
per_host_delay = "0s"
timeout = "{timeout}"
max_bytes = "100kB"
[web]
username = "desk"
password = "secret"
[[feeds]]
url = "{feed}"
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with closing(socket.socket()) as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def naming(hubs: tuple[str, ...], topic: str, *entries: Entry) -> bytes:
    """Return a document that names hubs and a topic."""
    links = [("hub", hub) for hub in hubs] + [("self", topic)]
    said = "".join(f'<a:link rel="{rel}" href={quoteattr(href)}/>' for rel, href in links)
    body = document(*entries).body.replace(b"<rss ", b'<rss xmlns:a="http://www.w3.org/2005/Atom" ')
    return body.replace(b"<channel>", b"<channel>" + said.encode())


@dataclass
class Desk:
    """The feed, its hub and our side of both."""

    app: App
    clock: StoppedClock
    hub: Hub
    publisher: Publisher
    poller: Poller
    pushing: Pushing

    @property
    def topic(self) -> str:
        """The address of the feed, which is its topic."""
        return self.publisher.url("/feed")

    def push(self) -> Push:
        """Return what the feed's subscription is like now."""
        held = self.feed().push
        assert held
        return held

    def feed(self) -> FeedView:
        """Return the feed as listings show it."""
        with self.app.store.read() as connection:
            (view,) = feeds.views(connection)
        return view

    @property
    def callback(self) -> str:
        """Where the hub was last told to deliver."""
        return self.hub.asked[-1]["hub.callback"]

    def titles(self) -> list[str]:
        """Return the titles of all stories."""
        with self.app.store.read() as connection:
            return sorted(story.words.title for story in stories.every(connection, stories.Wanted()))

    def publish(self, *entries: Entry, hubs: tuple[str, ...] | None = None) -> bytes:
        """Publish these entries in a document that names the hub, or others; return the document."""
        body = naming((self.hub.url(),) if hubs is None else hubs, self.topic, *entries)
        self.publisher.serve("/feed", body)
        return body

    async def poll(self, *entries: Entry, hubs: tuple[str, ...] | None = None) -> Polled:
        """Publish entries, if there are any, and poll the feed whatever its schedule says."""
        if entries:
            self.publish(*entries, hubs=hubs)
        with self.app.store.write() as lane:
            jobs = polls.lease_named(lane, [self.topic], self.clock())
        account: list[Polled] = []
        await self.poller.poll(jobs, account.append)
        return account[0]

    async def subscribe(self, *entries: Entry, hubs: tuple[str, ...] | None = None) -> None:
        """Poll the feed and ask its hub, until the hub has asked back."""
        await self.poll(*entries, hubs=hubs)
        await self.ask()

    async def ask(self) -> int:
        """Ask hubs for what is due, and let them finish what they ask in return."""
        asked = await self.pushing.ask_due()
        await self.hub.settled()
        return asked

    def change(self, decide: Callable[[Push], Push]) -> None:
        """Make the subscription another than it is."""
        with self.app.store.write() as lane:
            websub.put(lane, decide(self.push()))


@contextmanager
def _opened(folder: Path, clock: StoppedClock, **said: object) -> Iterator[App]:
    file = folder / "monitor.toml"
    file.write_text(_SETTINGS.format(**said), encoding="utf-8")
    with open_app(load(file, {}), clock) as app:
        yield app


@asynccontextmanager
async def open_desk(folder: Path, clock: StoppedClock, patience: str = "20s") -> AsyncIterator[Desk]:
    """Open a desk on the store that lies in a folder."""
    port = free_port()
    with (
        Hub() as hub,
        Publisher() as publisher,
        _opened(folder, clock, port=port, feed=publisher.url("/feed"), timeout=patience) as app,
    ):
        async with app.fetcher() as fetcher:
            poller = app.poller_on(fetcher, in_thread(app.tagger))
            pushing = app.pushing_on(poller, fetcher)
            assert pushing
            page = create_app(app, pulse=lambda: None, metrics=Metrics(), pushing=lambda: pushing)
            async with serve(page, Listen("127.0.0.1", port)):
                yield Desk(app, clock, hub, publisher, poller, pushing)
