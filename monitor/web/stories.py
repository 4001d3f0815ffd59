"""Topics with their newest stories, lists, search, and one story with why it was shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from monitor.corpus.changes import sentences
from monitor.corpus.explaining import because
from monitor.corpus.exporting import RULES
from monitor.digest.compose import headline, outlet
from monitor.errors import QueryError, UsageError
from monitor.model import Query, StoryView, Tag, Topic
from monitor.store import corpus, events, health, stories
from monitor.store.stories import Wanted
from monitor.tag import evidence
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
        latest=[] if topics else _listed(site, Wanted(seeds=False), Pages(1, PAGE)),
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


def _listed(site: Site, wanted: Wanted, pages: Pages) -> list[Listed]:
    with site.app.store.read() as connection:
        found = stories.newest(connection, wanted, PAGE, pages.offset)
    return [listed(story, site.app.titles, because=_tag(story, wanted.topic)) for story in found]


def _search(site: Site, query: str, number: int) -> HTMLResponse:
    try:
        asked = _read(site, query)
    except QueryError as error:
        return site.page("search.html", query=query, problem=error, pieces=_at_column(query, error.column))
    wanted = Wanted(matching=site.app.store.containing(asked))
    with site.app.store.read() as connection:
        pages = Pages(number, stories.count(connection, wanted))
        found = stories.newest(connection, wanted, PAGE, pages.offset)
    shown = [
        listed(story, site.app.titles, because=Tag("", 1.0, evidence(asked, story.words)), quoting=True)
        for story in found
    ]
    return site.page("search.html", query=query, problem=None, stories=shown, pages=pages)


def _read(site: Site, query: str) -> Query:
    """Read a query of a length that a person writes; raises QueryError."""
    if len(query) > _LONGEST_QUERY:
        raise QueryError(f"The query has more than {_LONGEST_QUERY} characters.", _LONGEST_QUERY + 1)
    return site.app.search(query)


def _at_column(query: str, column: int) -> tuple[Piece, ...]:
    at = min(column - 1, len(query))
    return Piece(query[:at]), Piece(query[at : at + 1] or " ", marked=True), Piece(query[at + 1 :])


@router.get("/topics/{name}")
def topic(site: Here, name: str, page: PageNumber = 1) -> HTMLResponse:
    """List a topic's stories."""
    found = next((topic for topic in site.app.settings.topics if topic.name == name), None)
    if found is None:
        raise UsageError(f"There is no topic “{name}”")
    return _list(site, found.title, Wanted(topic=name, seeds=False), page, found)


@router.get("/stories")
def all_stories(site: Here, page: PageNumber = 1) -> HTMLResponse:
    """List every story, on a topic or on none."""
    return _list(site, "All stories", Wanted(seeds=False), page)


def _list(site: Site, title: str, wanted: Wanted, number: int, topic: Topic | None = None) -> HTMLResponse:
    with site.app.store.read() as connection:
        pages = Pages(number, stories.count(connection, wanted))
    return site.page("list.html", title=title, topic=topic, stories=_listed(site, wanted, pages), pages=pages)


@router.get("/stories/{story_id}")
def story(site: Here, story_id: str) -> Response:
    """Show a story with its copies, its earlier wordings, and why it is where it is."""
    with site.app.store.read() as connection:
        found = stories.one(connection, story_id)
        home = found and events.of_story(connection, found.id)
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
        titles=site.app.titles,
        outlet=outlet,
        rules=RULES,
        because=because,
        changes=list(sentences(found)),
        home=Home(*home) if home else None,
    )
