"""Full text end to end on loopback: pages fetched politely, and stories left as they are where that fails."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from monitor.fetch import Fetcher, open_fetch
from monitor.fetch.robots import Robots
from monitor.model.entries import Article, Words
from monitor.model.feeds import FeedOptions, Subscription
from monitor.model.topics import Tag
from monitor.model.views import StoryView
from monitor.pipeline.articles import Articles
from monitor.store import Store, articles, corpus, subscriptions
from tests.builders import FEED, NOW, StoppedClock, entry, topic
from tests.contract.fetching import OPTIONS
from tests.polls import everything, poll
from tests.servers.publisher import Answer, Publisher

TEXT = "The harbour ferry sails again on Monday, after three stormy days at its pier. "
PAGE = "<html><head><title>F</title></head><body><nav>Menu</nav><article><h1>F</h1>{}</article></body></html>"
ARTICLE = PAGE.format("".join(f"<p>{TEXT * 3}</p>" for _ in range(4)))
SENT = FeedOptions("desk", "hush", (("X-Key", "hush"),), "Desk/1", full_text=True)


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """Open what asks the web."""
    async with open_fetch(OPTIONS) as opened:
        yield opened


def bring(store: Store, *links: str) -> None:
    """Bring a story on a topic for each link, of a feed that asks for full text."""
    with store.write() as lane:
        corpus.declare_topics(lane, [topic()])
        subscriptions.add(lane, [Subscription(FEED, options=SENT)], NOW)
        entries = (entry(f"Ferry {number}", guid=link, link=link) for number, link in enumerate(links))
        poll(lane, *entries, tagger=lambda _words: (Tag("ferries", 1.0),))


def stories(store: Store) -> list[StoryView]:
    """Return every story."""
    with store.read() as connection:
        return everything(connection)


async def fetch(store: Store, fetcher: Fetcher, clock: StoppedClock) -> list[Article]:
    """Fetch once what is wanted."""
    robots = Robots(fetcher, "monitor/1.0")
    return await Articles(store, fetcher, robots, clock, timedelta(hours=48)).fetch()


async def test_the_article_of_a_page_becomes_the_storys_text(
    sqlite_store: Store, fetcher: Fetcher, clock: StoppedClock
) -> None:
    """FAILURES 28: its words are stored without the menu; a feed's login and validators go to no page."""
    with Publisher() as publisher:
        link = publisher.serve("/1", ARTICLE, content_type="text/html")
        bring(sqlite_store, link)
        (came,) = await fetch(sqlite_store, fetcher, clock)
        assert await fetch(sqlite_store, fetcher, clock) == []
        robots, page = publisher.requests
    assert (came.status, came.url, TEXT.strip() in came.text, "Menu" in came.text) == (
        "read",
        link,
        True,
        False,
    )
    assert (robots.target, page.target, page.headers["user-agent"]) == ("/robots.txt", "/1", "Desk/1")
    assert not {"authorization", "x-key", "if-none-match", "if-modified-since"} & page.headers.keys()
    (story,) = stories(sqlite_store)
    assert (story.words, story.article) == (Words("Ferry 0"), came)


async def test_what_cannot_be_had_leaves_the_story_as_it_is(
    sqlite_store: Store, fetcher: Fetcher, clock: StoppedClock
) -> None:
    """FAILURES 43: a page that is missing, empty, no article or not public fails alone, with its reason."""
    with Publisher() as publisher:
        publisher.serve("/empty", PAGE.format(""), content_type="text/html")
        publisher.serve("/binary", bytes(range(256)) * 50, content_type="image/png")
        publisher.redirect("/inside", "http://10.0.0.1/secret")
        good = publisher.serve("/good", ARTICLE, content_type="text/html")
        links = [publisher.url(path) for path in ("/missing", "/empty", "/binary", "/inside")]
        bring(sqlite_store, *links, good)
        came = {article.url: article for article in await fetch(sqlite_store, fetcher, clock)}
    assert [came[link].status for link in links] == ["failed"] * 4
    assert came[good].status == "read"
    assert "404" in came[links[0]].detail
    assert len(stories(sqlite_store)) == 5
    clock.advance(articles.PAUSE)
    assert len(await fetch(sqlite_store, fetcher, clock)) == 4


async def test_robots_txt_is_honoured(sqlite_store: Store, fetcher: Fetcher, clock: StoppedClock) -> None:
    """What a site forbids is not asked for; where it cannot say, nothing is asked for now."""
    with Publisher() as shy, Publisher() as down:
        shy.serve("/robots.txt", "User-agent: *\nDisallow: /1", content_type="text/plain")
        down.script("/robots.txt", lambda _: Answer(status=503))
        bring(sqlite_store, shy.url("/1"), down.url("/2"))
        came = {article.url: article.status for article in await fetch(sqlite_store, fetcher, clock)}
        assert came == {shy.url("/1"): "disallowed", down.url("/2"): "failed"}
        assert [request.target for request in shy.requests + down.requests] == ["/robots.txt"] * 2
