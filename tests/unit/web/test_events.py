"""The pages of events: a list, a timeline with reasons, and the way there from a story."""

import httpx
import pytest

from monitor.app import App
from monitor.pipeline import regrouping
from monitor.pipeline.correcting import Word
from monitor.store import events
from monitor.store.events import Sought
from tests.builders import NOW, StoppedClock
from tests.happenings import AGROUND, HOUR, RATES, RESCUED
from tests.unit.web.newsroom import COAST, HARBOUR, judged


@pytest.fixture
def ferry(newsroom: App, clock: StoppedClock) -> str:
    """Bring two stories of a ferry and one of a bank; return the ferry's event."""
    for feed, (_, one) in zip((HARBOUR, COAST, COAST), (AGROUND, RESCUED, RATES), strict=True):
        judged(newsroom, one, feed=feed)
        clock.advance(HOUR)
    with newsroom.store.read() as connection:
        (found,) = events.newest(connection, Sought(), 9)
    return found.id


async def test_events_are_listed(page: httpx.AsyncClient, ferry: str) -> None:
    """The list has the events of two stories or more, all or a topic's, each with a link and its outlets."""
    listed = (await page.get("/events")).text
    assert f'href="/events/{ferry}"' in listed
    assert "1 event of two stories" in listed
    assert "harbour.example" in listed
    assert ferry in (await page.get("/events?topic=ferries")).text
    assert "There is nothing here yet" in (await page.get("/events?topic=bridges")).text
    assert (await page.get("/events?topic=none")).status_code == 404


async def test_an_event_has_a_page(page: httpx.AsyncClient, newsroom: App, ferry: str) -> None:
    """An event's page has its stories by their times, why each is there, and what people said."""
    shown = (await page.get(f"/events/{ferry}")).text
    assert shown.index(f">{AGROUND[1].words.title}</a>") < shown.index(f">{RESCUED[1].words.title}</a>")
    assert "It was an event by itself" in shown
    assert "0.7 makes one event; shared:" in shown
    with newsroom.store.write() as lane:
        regrouping.pin(lane, ferry, Word("Anna <b>", NOW, "one ship"))
    assert "Anna &lt;b&gt; said so on" in (await page.get(f"/events/{ferry}")).text
    assert (await page.get("/events/e99999")).status_code == 404


async def test_a_story_leads_to_its_event(page: httpx.AsyncClient, newsroom: App, ferry: str) -> None:
    """A story's page names its event, or says that it is alone; an id that was merged away redirects."""
    with newsroom.store.read() as connection:
        both = events.newest(connection, Sought(least=1), 9)
        found = events.one(connection, ferry)
    assert found
    (alone,) = (one for one in both if one.id != ferry)
    shown = (await page.get(f"/stories/{found.timeline[0].story}")).text
    assert f'<a href="/events/{ferry}">' in shown
    assert "2 stories in 2 outlets" in shown
    assert "No other story tells of" in (await page.get(f"/stories/{alone.headline.id}")).text
    with newsroom.store.write() as lane:
        kept = regrouping.merge(lane, [ferry, alone.id], Word("Anna", NOW)).id
    gone = alone.id if kept == ferry else ferry
    moved = await page.get(f"/events/{gone}")
    assert (moved.status_code, moved.headers["location"]) == (308, f"/events/{kept}")
