"""A topic's page: what it is, its stories, its trend, what people said, another query tried."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.errors import QueryError, UsageError
from monitor.model.topics import Mark, Topic, Trend, Volume
from monitor.model.views import StoryView
from monitor.pipeline import marking, trying
from monitor.pipeline.correcting import Word
from monitor.pipeline.trending import trend_of
from monitor.store import Lane, ids, marks, retagging, stories
from monitor.store.stories import Wanted
from monitor.web.paging import PageNumber, Pages
from monitor.web.shown import Listed, Piece
from monitor.web.site import Here, Site
from monitor.web.stories import at_column, read_query, tagged, tried

router = APIRouter()

_MARKS = 20
_HEIGHT = 40
_BY = "somebody on the page"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, from the left, as high as the stories of its span."""

    x: int
    height: int
    label: str


@dataclass(frozen=True, slots=True)
class Trial:
    """Another query in the topic's place: what it finds, adds and drops, or why it cannot be read."""

    query: str
    problem: QueryError | None = None
    pieces: tuple[Piece, ...] = ()
    total: int = 0
    changes: tuple[tuple[str, int, list[Listed]], ...] = ()


@router.get("/topics/{name}")
def topic(site: Here, name: str, page: PageNumber = 1, q: str = "") -> HTMLResponse:
    """Show a topic, and what another query would change."""
    found = _topic(site, name)
    wanted = Wanted(topic=name, seeds=False)
    with site.app.store.read() as connection:
        pages = Pages(page, stories.count(connection, wanted))
        trend = trend_of(connection, name, site.app.clock())
        said = marks.of_topic(connection, name)[-_MARKS:]
        views = {view.id: view for view in stories.by_rows(connection, [one.story_id for one in said])}
        trial = _try(site, connection, found, q) if q.strip() else None
        applied = name not in site.app.tracking.retagger.due(connection)
        share = retagging.states(connection)[name].reached / max(1, retagging.last(connection))
    return site.page(
        "topic.html",
        many=stories.MANY,
        title=found.title,
        topic=found,
        pages=pages,
        stories=tagged(site, wanted, pages),
        days=bars(trend.days, "%-d %B"),
        hours=bars(trend.hours, "%-d %B, %H:%M"),
        rising=_rising(trend),
        terms=trend.terms,
        said=[(one, views[ids.story_id(one.story_id)]) for one in reversed(said) if _is_there(one, views)],
        share=None if applied else share,
        trial=trial,
    )


def _topic(site: Site, name: str) -> Topic:
    found = next((topic for topic in site.app.settings.topics if topic.name == name), None)
    if found is None:
        raise UsageError(f"There is no topic “{name}”")
    return found


def _is_there(one: Mark, views: dict[str, StoryView]) -> bool:
    return ids.story_id(one.story_id) in views


def _rising(trend: Trend) -> list[str]:
    return [burst.sentence for burst in trend.bursts]


def bars(volumes: tuple[Volume, ...], form: str) -> list[Bar]:
    """Return a chart's bars, the highest as high as the chart."""
    most = max(1, *(one.stories for one in volumes))
    return [
        Bar(nth, -(-_HEIGHT * one.stories // most), f"{one.since:{form}}: {one.stories}")
        for nth, one in enumerate(volumes)
    ]


def _try(site: Site, connection: Lane, topic: Topic, query: str) -> Trial:
    try:
        asked = read_query(site, connection, query, topic.name)
        total = stories.count(connection, Wanted(matching=asked, seeds=False), stories.MANY + 1)
        found = trying.change(connection, topic, asked)
    except QueryError as error:
        return Trial(query, error, at_column(query, error.column))
    return Trial(
        query,
        total=total,
        changes=(
            ("would be added", found.added.total, tried(site, found.added.newest)),
            ("would be dropped", found.dropped.total, tried(site, found.dropped.newest)),
        ),
    )


@router.post("/topics/{name}/mark")
def mark(
    site: Here,
    name: str,
    story: Annotated[str, Form(max_length=20)],
    says: Annotated[Literal["on", "off", "undo"], Form()],
) -> RedirectResponse:
    """Take a person's word on a story, and show the story again."""
    _topic(site, name)
    now = site.app.clock()
    with site.app.store.write() as lane:
        if says == "undo":
            made = marking.undo(lane, name, story, site.app.tracking.retagger.again(now))
        else:
            made = marking.mark(lane, name, story, Word(_BY, now), on=says == "on")
    return RedirectResponse(f"/stories/{made.id}#why", HTTPStatus.SEE_OTHER)
