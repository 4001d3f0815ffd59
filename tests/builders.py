"""Values for tests, each with defaults: a test names only what it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from monitor.model.documents import SeedDocument
from monitor.model.entries import Entry, Words
from monitor.model.feeds import Subscription
from monitor.model.fetching import Document, Job
from monitor.model.topics import Span, Tag, Topic
from monitor.model.views import CopyView, FeedView, RevisionView, StoryView
from monitor.words import FoldedWords

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FEED = "https://harbour.example/feed.xml"


@dataclass
class StoppedClock:
    """A clock that stands until a test moves it."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self.at

    def advance(self, by: timedelta) -> datetime:
        """Move it on; return the time it shows then."""
        self.at += by
        return self.at


def entry(
    title: str = "Ferry resumes after storm",
    *,
    guid: str | None = None,
    link: str | None = None,
    summary: str = "",
    text: str = "",
    published: datetime | None = None,
    language: str | None = None,
    author: str | None = None,
) -> Entry:
    """Return an item of a document."""
    return Entry(Words(title, summary, text), guid, link, published, None, language, author)


def document(*entries: Entry, url: str = FEED, title: str = "Harbour Post") -> Document:
    """Return the bytes of an RSS document with these items."""
    items = "".join(map(_item, entries))
    channel = f"<title>{escape(title)}</title><link>https://harbour.example/</link>{items}"
    body = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{channel}</channel></rss>'
    return Document(url, body.encode(), "application/rss+xml")


def _item(one: Entry) -> str:
    fields = {
        "title": one.words.title,
        "description": one.words.summary or one.words.text,
        "guid": one.guid,
        "link": one.link,
        "pubDate": one.published.strftime("%a, %d %b %Y %H:%M:%S +0000") if one.published else None,
    }
    written = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items() if value)
    return f"<item>{written}</item>"


def subscription(url: str = FEED, title: str | None = None, every: timedelta | None = None) -> Subscription:
    """Return a feed somebody wants polled."""
    return Subscription(url, title, every)


def job(url: str = FEED, *, feed_id: int = 1, source_id: int = 1, polls: int = 0) -> Job:
    """Return a feed as it is handed out for polling."""
    return Job(feed_id, url, source_id, polls=polls)


def topic(name: str = "ferries", query: str | None = "ferry", *, title: str | None = None) -> Topic:
    """Return something tracked."""
    return Topic(name, title or name.capitalize(), query)


def tag(name: str = "ferries", score: float = 1.0, term: str = "ferry", *, words: Words | None = None) -> Tag:
    """Return a tag whose evidence is the first place of its term in the title."""
    title = (words or Words("Ferry resumes after storm")).title
    start = title.lower().find(term.lower())
    matched = title[start : start + len(term)]
    return Tag(name, score, (Span(term, matched, "title", start, start + len(term)),), words)


def copy_view(source: str = FEED, title: str = "Ferry resumes after storm", rule: str = "first") -> CopyView:
    """Return an appearance of a story as listings show it."""
    return CopyView(source, "Harbour Post", "g1", f"{source}/1", title, NOW, NOW, rule, 1.0, "")


def story(
    story_id: str = "s1",
    title: str = "Ferry resumes after storm",
    *,
    summary: str = "",
    text: str = "",
    url: str | None = "https://harbour.example/1",
    published: datetime | None = NOW,
    first_seen: datetime = NOW,
    seed: bool = False,
    news: bool = True,
    tags: Iterable[Tag] = (),
    copies: Iterable[CopyView] | None = None,
    revisions: Iterable[RevisionView] = (),
) -> StoryView:
    """Return a story as the store gives it."""
    return StoryView(
        id=story_id,
        words=Words(title, summary, text),
        url=url,
        source=FEED,
        source_title="Harbour Post",
        language="en",
        published=published,
        first_seen=first_seen,
        seed=seed,
        news=news,
        tags=tuple(tags),
        copies=(copy_view(title=title),) if copies is None else tuple(copies),
        revisions=tuple(revisions),
    )


def seed(
    name: str = "ferry.md", title: str = "Ferry resumes", text: str = "The ferry sails."
) -> SeedDocument:
    """Return a document of the seed corpus."""
    return SeedDocument(name, Words(title, text=text))


def folded(one: Entry) -> FoldedWords:
    """Return the words of an entry as they are compared."""
    return one.words.folded


def feed_view(title: str) -> FeedView:
    """Return a subscription that was polled and is well."""
    return FeedView(
        id=1,
        url=FEED,
        title=title,
        site=None,
        origin="file",
        paused=False,
        removed=False,
        every=None,
        folder="",
        polls=3,
        failures=0,
        http=200,
        error=None,
        reason=None,
        last_poll_at=NOW,
        last_success_at=NOW,
        next_poll_at=NOW,
    )
