"""Full text: stories on a topic -> their article pages, where a feed asks; failure leaves stories alone."""

import asyncio
import multiprocessing
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from urllib.parse import urlsplit

from pebble import ProcessPool

from monitor.clock import Clock
from monitor.fetch import Asker, Request
from monitor.fetch.robots import Robots
from monitor.model.entries import Article, ArticleJob
from monitor.model.fetching import Failed
from monitor.parse.article import text_of
from monitor.pipeline.process import bound
from monitor.store import Store, articles

READABLE = all(map(find_spec, ("trafilatura", "protego")))
"""Whether the packages that article pages need are installed."""

TICK = timedelta(minutes=1)
_AT_ONCE = 50  # pages of one turn; with five seconds between two of a host, more would wait for the next turn
_BYTES = 5_000_000
_PATIENCE = timedelta(seconds=20)  # for one page; the usual one takes some milliseconds
_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"

Extract = Callable[[bytes, str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Articles:
    """Fetches the article pages that are wanted, politely and where their site's robots.txt lets it."""

    store: Store
    asker: Asker
    robots: Robots
    clock: Clock
    max_age: timedelta

    async def fetch(self) -> list[Article]:
        """Fetch what is wanted now and keep what came of it."""
        jobs = await asyncio.to_thread(self._wanted)
        if not jobs:
            return []
        sites: dict[str, list[ArticleJob]] = defaultdict(list)
        for job in jobs:
            sites[urlsplit(job.url).netloc].append(job)
        async with _extracting() as extract:
            came = await asyncio.gather(*(self._site(some, extract) for some in sites.values()))
        return [article for some in came for article in some]

    def _wanted(self) -> tuple[ArticleJob, ...]:
        now = self.clock()
        with self.store.read() as connection:
            return articles.wanted(connection, now, now - self.max_age, _AT_ONCE)

    async def _site(self, jobs: Sequence[ArticleJob], extract: Extract) -> list[Article]:
        """Fetch a site's pages in turn, so that its robots.txt is asked for once."""
        came = []
        for job in jobs:
            article = await self._page(job, extract)
            await asyncio.to_thread(self._put, job, article)
            came.append(article)
        return came

    def _put(self, job: ArticleJob, article: Article) -> None:
        with self.store.write() as lane:
            articles.put(lane, job, article)

    async def _page(self, job: ArticleJob, extract: Extract) -> Article:
        now = self.clock()
        allowed = await self.robots.allows(job.url, now)
        if allowed is None:
            return _failed(job, now, "The site's robots.txt could not be had, so nothing was asked for.")
        if not allowed:
            return Article(job.url, "disallowed", now, detail="The site's robots.txt does not allow it.")
        options = replace(job.options, username=None, password=None, headers=())
        answer = await self.asker.ask(Request(job.url, options=options, limit=_BYTES, accept=_ACCEPT))
        if isinstance(answer, Failed):
            return _failed(job, now, answer.detail)
        if not answer.ok:
            return _failed(job, now, f"The server answered {answer.status}.")
        text = await extract(answer.body, answer.url)
        return (
            Article(answer.url, "read", now, text) if text else _failed(job, now, "The page has no article.")
        )


def _failed(job: ArticleJob, now: datetime, detail: str) -> Article:
    return Article(job.url, "failed", now, detail=detail)


@asynccontextmanager
async def _extracting() -> AsyncIterator[Extract]:
    """Open a process that finds the text of pages, and is killed where one takes it too long."""
    pool = ProcessPool(max_workers=1, context=multiprocessing.get_context("spawn"), initializer=bound)

    async def extract(body: bytes, url: str) -> str:
        future = pool.schedule(text_of, args=[body, url], timeout=_PATIENCE.total_seconds())
        try:
            found: str = await asyncio.wrap_future(future)
        except Exception:  # noqa: BLE001  # whatever a page does to the extractor, it has no text then
            return ""
        return found

    try:
        yield extract
    finally:
        pool.stop()  # type: ignore[no-untyped-call]  # pebble types its futures only
        await asyncio.to_thread(pool.join)
