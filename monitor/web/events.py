"""Events: a list, the one that changed last first; one event, its timeline and why each story is there."""

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from monitor.corpus.events import because, sentences, title
from monitor.digest.naming import headline
from monitor.errors import UsageError
from monitor.model.topics import Topic
from monitor.model.views import EventView, MemberView
from monitor.store import events as stored
from monitor.store.events import Sought
from monitor.web.paging import PAGE, PageNumber, Pages
from monitor.web.site import Here

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Home:
    """The event of a story, and why the story is there."""

    event: EventView
    member: MemberView

    @property
    def title(self) -> str:
        """Return the event's headline."""
        return title(self.event)

    @property
    def because(self) -> str:
        """Say why the story is there."""
        return because(self.member)


@router.get("/events")
def all_events(site: Here, topic: str = "", page: PageNumber = 1) -> HTMLResponse:
    """List the events of two stories or more, all or those on a topic."""
    chosen = _topic(site, topic) if topic else None
    sought = Sought(topic=chosen.name if chosen else None)
    with site.app.store.read() as connection:
        pages = Pages(page, stored.count(connection, sought))
        found = stored.newest(connection, sought, PAGE, pages.offset)
    return site.page(
        "events.html",
        title="Events",
        topic=chosen,
        topics=site.app.settings.topics,
        events=found,
        headline=headline,
        titles=site.app.titles,
        pages=pages,
    )


def _topic(site: Here, name: str) -> Topic:
    found = next((topic for topic in site.app.settings.topics if topic.name == name), None)
    if found is None:
        raise UsageError(f"There is no topic “{name}”")
    return found


@router.get("/events/{event_id}")
def one_event(site: Here, event_id: str) -> Response:
    """Show an event: the story that speaks for it, its outlets, its timeline, why each story is there."""
    with site.app.store.read() as connection:
        found = stored.one(connection, event_id)
    if found is None:
        raise UsageError(f"There is no event {event_id}")
    if found.id != event_id:
        return RedirectResponse(f"/events/{found.id}", HTTPStatus.PERMANENT_REDIRECT)
    return site.page(
        "event.html",
        event=found,
        title=title(found),
        lead=headline(found.headline)[1],
        because=because,
        told=list(sentences(found)),
    )
