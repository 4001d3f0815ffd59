"""Discover: a site's or a feed's address -> the feeds that are there, each asked for and read.

Politely: what the page itself says first, guesses only where it says nothing, and no further guess once
one was right.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from monitor.fetch import Answer, Asker, Request
from monitor.hosts import feed_key
from monitor.model.entries import FoundFeed, ParsedFeed
from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Document, Failed, Reason
from monitor.parse import discovery, parse

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, text/html;q=0.9, "
    "application/xml;q=0.9, */*;q=0.8"
)
_WITHHELD = frozenset({401, 403, 408, 425, 429})
"""Statuses by which a server may refuse us a feed that is there."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What an address led to: its feeds, the best first; trouble is why the address itself is none.

    unanswered: nothing is known of the address, because nobody answered or an answer was withheld.
    """

    feeds: tuple[FoundFeed, ...] = ()
    trouble: Failed | None = None
    unanswered: bool = False


async def discover(
    asker: Asker,
    url: str,
    now: datetime,
    options: FeedOptions = FeedOptions(),
) -> Discovery:
    """Return the feeds of a feed's or a site's address; options are those that it is asked for with."""
    search = _Search(asker, url, now, options)
    answer = await search.ask(url)
    if isinstance(answer, Failed):
        return Discovery(trouble=answer, unanswered=answer.reason is not Reason.BLOCKED)
    page = _document(answer)
    if not answer.ok:
        unanswered = answer.status in _WITHHELD or answer.status >= 500
        refused = Failed(Reason.REFUSED, f"The server answered {answer.status}.", answer.status)
        return Discovery(trouble=refused, unanswered=unanswered)
    found = await search.understood(url, answer)
    if isinstance(found, FoundFeed):
        return Discovery((found,))
    feeds = await search.linked(page) or await search.guessed(page)
    return Discovery(_best_first(feeds), found)


@dataclass(frozen=True, slots=True)
class _Search:
    """One search: who asks, for what, and how."""

    asker: Asker
    url: str
    now: datetime
    options: FeedOptions

    async def ask(self, url: str) -> Answer | Failed:
        """Ask for an address; only the origin that the options are for gets a login and headers."""
        options = self.options
        if _origin(url) != _origin(self.url):
            options = replace(options, username=None, password=None, headers=())
        return await self.asker.ask(Request(url, options=options, accept=_ACCEPT))

    async def understood(self, url: str, answer: Answer) -> FoundFeed | Failed:
        """Read an answer as a feed."""
        document = _document(answer)
        parsed = await asyncio.to_thread(parse, document, self.now)
        return parsed if isinstance(parsed, Failed) else _found(url, answer, document, parsed)

    async def feed(self, url: str) -> FoundFeed | None:
        """Ask for what may be a feed; nothing where it is none."""
        answer = await self.ask(url)
        if isinstance(answer, Failed) or not answer.ok:
            return None
        found = await self.understood(url, answer)
        return None if isinstance(found, Failed) else found

    async def linked(self, page: Document) -> list[FoundFeed]:
        """Return the feeds that a page links to; they are many requests to one host, which takes its time."""
        found = await asyncio.gather(*map(self.feed, discovery.feed_links(page)))
        return list(filter(None, found))

    async def guessed(self, page: Document) -> list[FoundFeed]:
        """Return the first feed that is where feeds often are, or else a sitemap of news."""
        return await self._first(discovery.common_addresses(page.url)) or await self._first(
            await self._sitemaps(page)
        )

    async def _first(self, urls: Iterable[str]) -> list[FoundFeed]:
        for url in urls:
            if found := await self.feed(url):
                return [found]
        return []

    async def _sitemaps(self, page: Document) -> tuple[str, ...]:
        parts = urlsplit(page.url)
        answer = await self.ask(f"{parts.scheme}://{parts.netloc}/robots.txt")
        if isinstance(answer, Failed) or not answer.ok:
            return ()
        return discovery.news_sitemaps(_document(answer))


def _document(answer: Answer) -> Document:
    return Document(answer.url, answer.body, answer.header("content-type"), http=answer.status)


def _found(url: str, answer: Answer, document: Document, parsed: ParsedFeed) -> FoundFeed:
    moved = answer.moved_to
    if moved and url.startswith("https:") and not moved.startswith("https:"):
        moved = None
    return FoundFeed(
        url=moved or url,
        final=answer.url,
        kind=discovery.kind_of(document),
        title=parsed.title,
        entries=len(parsed.entries),
        newest=max((entry.published for entry in parsed.entries if entry.published), default=None),
    )


def _best_first(feeds: Iterable[FoundFeed]) -> tuple[FoundFeed, ...]:
    """Return each feed once, as the page has them: those of comments last, and empty ones behind others."""
    once: dict[str, FoundFeed] = {}
    for feed in feeds:
        once.setdefault(feed_key(feed.final), feed)
    return tuple(sorted(once.values(), key=_rank))


def _rank(feed: FoundFeed) -> tuple[bool, bool]:
    return discovery.about_comments(feed.url, feed.title), not feed.entries


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
