"""A small newsroom: settings from a file, a store with stories, and its page on loopback."""

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx

from monitor.app import App, open_app
from monitor.clock import Clock
from monitor.config import load
from monitor.config.addresses import Listen
from monitor.dedupe import mark
from monitor.metrics import Metrics
from monitor.model.entries import Entry
from monitor.model.stories import Batch, Verdict
from monitor.store import feeds, sources
from monitor.web import create_app, serve
from tests.polls import judge_batch

HARBOUR = "https://harbour.example/feed.xml"
COAST = "https://coast.example/feed.xml"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For a client that speaks plain HTTP: to load what certificates it would trust takes a tenth of a second."""

_SETTINGS = """
{top}
[store]
url = "sqlite:///monitor.db"

[[feeds]]
url = "https://harbour.example/feed.xml"
title = "Harbour Post"

[[feeds]]
url = "https://coast.example/feed.xml"
title = "Coast Daily"

[[topics]]
name = "ferries"
title = "Ferries & storms"
query = 'ferry AND NOT museum'

[[topics]]
name = "bridges"
title = "Bridges"
query = 'bridge'

[aliases]
ferry = ["ferry", "ferries", "паром"]

[[digests]]
name = "morning"
title = "Morning crossing"
schedule = "0 7 * * *"
timezone = "Europe/Kyiv"

{more}
"""


@contextmanager
def open_newsroom(folder: Path, clock: Clock, *, top: str = "", more: str = "") -> Iterator[App]:
    """Open a monitor with two feeds, two topics and a digest; top and more are further TOML."""
    file = folder / "monitor.toml"
    file.write_text(_SETTINGS.format(top=top, more=more), encoding="utf-8")
    with open_app(load(file, {}), clock) as app:
        yield app


@asynccontextmanager
async def open_page(
    app: App, *, pulse: Callable[[], str | None] = lambda: None, metrics: Metrics | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Serve a monitor's page on a free port of loopback; gives a client that follows no redirects."""
    application = create_app(app, pulse=pulse, metrics=metrics or Metrics())
    async with (
        serve(application, Listen("127.0.0.1", 0)) as url,
        httpx.AsyncClient(base_url=url, verify=NO_TLS, trust_env=False) as client,
    ):
        yield client


def judged(app: App, *entries: Entry, feed: str = HARBOUR) -> tuple[Verdict, ...]:
    """Put entries through the judge as one poll of a feed brought them."""
    with app.store.write() as lane:
        source = sources.source_row(lane, "press", feed)
        now = app.clock()
        batch = Batch(source, mark(entries), now, news_since=now - app.settings.news.max_age)
        return judge_batch(lane, batch, app.tagger)


def wish(app: App, url: str = HARBOUR, **more: str) -> dict[str, str]:
    """Return the form that a feed's buttons send; a feed that is not there has the id 999."""
    with app.store.read() as connection:
        rows = {view.url: view.id for view in feeds.views(connection)}
    return {"feed": str(rows.get(url, 999)), **more}
