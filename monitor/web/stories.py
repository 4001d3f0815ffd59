"""Topics with their newest stories, lists, search, and one story with why it was shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from monitor.corpus import reasons
from monitor.corpus.changes import sentences
from monitor.corpus.explaining import because
from monitor.corpus.exporting import RULES
from monitor.digest.naming import headline, outlet
from monitor.errors import QueryError, UsageError
from monitor.model.topics import Span, Tag, Topic
from monitor.model.views import StoryView
from monitor.pipeline.trying import explained
from monitor.store import Asked, Lane, corpus, events, health, stories
from monitor.store.stories import Wanted
from monitor.web.events import Home
from monitor.web.paging import PAGE, PageNumber, Pages
from monitor.web.shown import UNTITLED, Listed, Piece, listed, marked_words, shown_tag
from monitor.web.site import Here, Site

router = APIRouter()

_FRONT = 5
"""How many stories a topic shows on the front page."""

_LONGEST_QUERY = 2000
_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TopicNews:
    """A topic on the front page: how many stories there are, how many since yesterday, the newest."""

    name: str
    title: str
    total: int
    today: int
    newest: tuple[Listed, ...]


@router.get("/")
def front(site: Here, q: str = "", page: PageNumber = 1) -> HTMLResponse:
    """Show the topics with their newest stories, or what a search finds."""
    if q.strip():
        return _search(site, q, page)
    with site.app.store.read() as connection:
        totals = corpus.topic_counts(connection)
        states = health.states(connection, site.app.clock())
    topics = [_topic_news(site, topic, totals) for topic in site.app.settings.topics]
    return site.page(
        "front.html",
        topics=[topic for topic in topics if topic.newest],
        quiet=[topic for topic in topics if not topic.newest],
        latest=[] if topics else tagged(site, Wanted(seeds=False), Pages(1, PAGE)),
        states=states,
        stuck=site.pulse(),
    )


def _topic_news(site: Site, topic: Topic, totals: Mapping[str, int]) -> TopicNews:
    """Gather a topic's news; what the archive has nothing of is not asked for."""
    total = totals.get(topic.name, 0)
    if not total:
        return TopicNews(topic.name, topic.title, 0, 0, ())
    wanted = Wanted(topic=topic.name, seeds=False)
    since = replace(wanted, news=True, since=site.app.clock() - _DAY)
    with site.app.store.read() as connection:
        today = stories.count(connection, since)
        newest = stories.newest(connection, wanted, _FRONT)
    shown = tuple(listed(story, site.app.titles, because=_tag(story, topic.name)) for story in newest)
    return TopicNews(topic.name, topic.title, total, today, shown)


def _tag(story: StoryView, topic: str | None) -> Tag | None:
    return next((tag for tag in story.tags if tag.topic == topic), None)


def tagged(site: Site, wanted: Wanted, pages: Pages) -> list[Listed]:
    """Show a page of stories, each with the words that put it under its topic."""
    with site.app.store.read() as connection:
        found = stories.newest(connection, wanted, PAGE, pages.offset)
    return [listed(story, site.app.titles, because=_tag(story, wanted.topic)) for story in found]


def _search(site: Site, query: str, number: int) -> HTMLResponse:
    try:
        with site.app.store.read() as connection:
            asked = read_query(site, connection, query)
            wanted = Wanted(matching=asked)
            pages = Pages(number, stories.count(connection, wanted, stories.MANY + 1))
            found = explained(connection, asked.query, stories.newest(connection, wanted, PAGE, pages.offset))
    except QueryError as error:
        pieces = at_column(query, error.column)
        return site.page("search.html", query=query, problem=error, pieces=pieces)
    shown = tried(site, found)
    return site.page("search.html", query=query, problem=None, stories=shown, pages=pages, many=stories.MANY)


def read_query(site: Site, connection: Lane, query: str, topic: str | None = None) -> Asked:
    """Read what somebody asks for, as a query of a topic where one is named; raises QueryError."""
    if len(query) > _LONGEST_QUERY:
        raise QueryError(f"The query has more than {_LONGEST_QUERY} characters.", _LONGEST_QUERY + 1)
    return site.app.tracking.asked(connection, query, topic)


def tried(site: Site, found: Iterable[tuple[StoryView, tuple[Span, ...]]]) -> list[Listed]:
    """Show what a query finds with the words that match where they stand."""
    return [
        listed(story, site.app.titles, because=Tag("", 1.0, spans, story.words), quoting=True)
        for story, spans in found
    ]


def at_column(query: str, column: int) -> tuple[Piece, ...]:
    """Mark the place in a query at which it cannot be read."""
    at = min(column - 1, len(query))
    return Piece(query[:at]), Piece(query[at : at + 1] or " ", marked=True), Piece(query[at + 1 :])


@router.get("/stories")
def all_stories(site: Here, page: PageNumber = 1) -> HTMLResponse:
    """List every story, on a topic or on none."""
    wanted = Wanted(seeds=False)
    with site.app.store.read() as connection:
        pages = Pages(page, stories.count(connection, wanted))
    return site.page("list.html", title="All stories", stories=tagged(site, wanted, pages), pages=pages)


@router.get("/stories/{story_id}")
def story(site: Here, story_id: str) -> Response:
    """Show a story with its copies, its earlier wordings, and why it is where it is."""
    with site.app.store.read() as connection:
        found = stories.one(connection, story_id)
        home = found and events.of_story(connection, found.id)
        standing = reasons.standing(connection, found) if found else reasons.Standing()
    if found is None:
        raise UsageError(f"There is no story {story_id}")
    if found.id != story_id:
        return RedirectResponse(f"/stories/{found.id}", HTTPStatus.PERMANENT_REDIRECT)
    return site.page(
        "story.html",
        story=found,
        title=headline(found)[0] or UNTITLED,
        words=marked_words(found),
        tags=[shown_tag(tag, found.words) for tag in found.tags],
        waits=list(map(reasons.undecided, standing.waits)),
        marks={one.topic: one for one in standing.marks},
        marked=reasons.marked,
        titles=site.app.titles,
        outlet=outlet,
        rules=RULES,
        because=because,
        changes=list(sentences(found)),
        home=Home(*home) if home else None,
    )
