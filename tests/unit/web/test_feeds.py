"""How the feeds are shown, and what a person may do about them."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from monitor.app import App
from monitor.model.fetching import Document, Failed, NotModified, Reason, Validators
from monitor.model.polls import Outcome
from monitor.model.views import FeedView
from monitor.schedule import next_state
from monitor.store import feeds, polls, settling, subscriptions
from tests.builders import NOW, StoppedClock, subscription
from tests.unit.web.newsroom import COAST, HARBOUR, open_newsroom, open_page, wish


def _polled(app: App, url: str, at: datetime, error: str | None = None) -> None:
    with app.store.write() as lane:
        (job,) = polls.lease_named(lane, [url], at)
        failed = Failed(Reason.SERVER_ERROR, error, 503) if error else None
        state = next_state(job, failed or NotModified(Validators()), Outcome(), at)
        later = replace(state, next_poll_at=at + timedelta(hours=1))
        settling.settle(lane, [settling.Settled(job, later)], at)


def _view(app: App, url: str = HARBOUR) -> FeedView:
    with app.store.read() as connection:
        return next(view for view in feeds.views(connection) if view.url == url)


async def test_health_in_words(newsroom: App, page: httpx.AsyncClient) -> None:
    """Each feed says how it is, failing ones first with since when and why."""
    assert (await page.get("/feeds")).text.count("never polled</span>") == 2
    _polled(newsroom, COAST, NOW)
    _polled(newsroom, HARBOUR, NOW - timedelta(hours=3))
    _polled(newsroom, HARBOUR, NOW - timedelta(hours=2), "the server said <503>")
    text = (await page.get("/feeds")).text
    assert "2 feeds: 1 ok, <strong" in (await page.get("/")).text
    assert text.index("Harbour Post") < text.index("Coast Daily")
    failing, _, healthy = text.partition("Coast Daily")
    assert '<span class="state failing">failing</span>' in failing
    assert "since <time" in failing
    assert ">07:00</time>" in failing
    assert "1 failure in a row" in failing
    assert "<code>server-error</code> <bdi>the server said &lt;503&gt;</bdi>" in failing
    assert "next poll now" in failing
    assert '<span class="state ok">ok</span>' in text
    assert "last success <time" in healthy
    assert ">10:00</time>" in healthy


async def test_never_worked(newsroom: App, page: httpx.AsyncClient) -> None:
    """A feed that has never answered says so."""
    _polled(newsroom, HARBOUR, NOW, "no such host")
    text = (await page.get("/feeds")).text
    assert '<span class="state failing">failing</span>' in text
    assert "last success never" in text


async def test_pause_and_resume(newsroom: App, page: httpx.AsyncClient) -> None:
    """A feed is paused and resumed by forms, each of which leads back to the list."""
    answer = await page.post("/feeds/pause", data=wish(newsroom, page="2"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/feeds?page=2")
    assert _view(newsroom).paused
    text = (await page.get("/feeds")).text
    assert '<span class="state paused">paused</span>' in text
    assert 'formaction="/feeds/resume"' in text
    await page.post("/feeds/resume", data=wish(newsroom))
    assert not _view(newsroom).paused


async def test_poll_now(newsroom: App, page: httpx.AsyncClient) -> None:
    """Asking for a poll makes the feed due at once, and changes nothing else."""
    _polled(newsroom, HARBOUR, NOW)
    before = _view(newsroom)
    assert (await page.post("/feeds/poll", data=wish(newsroom))).status_code == 303
    assert _view(newsroom) == replace(before, next_poll_at=NOW)


@pytest.mark.parametrize(
    ("action", "url", "status"),
    [
        ("poll", "https://unknown.example/", 409),
        ("poll", COAST, 409),
        ("pause", None, 400),
        ("delete", HARBOUR, 400),
    ],
)
async def test_wrong_wish(
    newsroom: App, page: httpx.AsyncClient, action: str, url: str | None, status: int
) -> None:
    """A wish that cannot be met is refused in a sentence, and changes nothing."""
    with newsroom.store.write() as lane:
        subscriptions.pause(lane, COAST, paused=True, now=NOW)
    before = _view(newsroom), _view(newsroom, COAST)
    answer = await page.post(f"/feeds/{action}", data=wish(newsroom, url) if url else {})
    assert answer.status_code == status
    assert '<p class="sentence">' in answer.text
    assert (_view(newsroom), _view(newsroom, COAST)) == before


@pytest.mark.parametrize(
    "form", [{"feed": "0"}, {"feed": str(10**26)}, {"feed": "1", "page": "100001"}, {"feed": "one"}]
)
async def test_a_form_out_of_bounds(page: httpx.AsyncClient, form: dict[str, str]) -> None:
    """A number that no feed and no page can have is refused before the store is asked."""
    answer = await page.post("/feeds/poll", data=form)
    assert answer.status_code == 400
    assert "cannot be read" in answer.text


async def test_looking_changes_nothing(newsroom: App, page: httpx.AsyncClient) -> None:
    """An action by GET, as a link or an image of another site would ask, is refused."""
    answer = await page.get("/feeds/pause", params=wish(newsroom))
    assert answer.status_code == 405
    assert not _view(newsroom).paused


async def test_feed_that_left_the_file(room: Path, clock: StoppedClock) -> None:
    """A feed that left the configuration is shown paused; resuming it says where it belongs."""
    gone = "https://gone.example/feed.xml"
    with open_newsroom(room, clock, more=f'[[feeds]]\nurl = "{gone}"\n'):
        pass
    with open_newsroom(room, clock) as app:
        async with open_page(app) as page:
            assert gone in (await page.get("/feeds")).text
            answer = await page.post("/feeds/resume", data=wish(app, gone))
    assert answer.status_code == 409
    assert "left the configuration" in answer.text


async def test_many_feeds(newsroom: App, page: httpx.AsyncClient) -> None:
    """Many feeds come on several pages."""
    with newsroom.store.write() as lane:
        subscriptions.add(lane, [subscription(f"https://many.example/{n:03}") for n in range(120)], NOW)
    first, second = (await page.get("/feeds")).text, (await page.get("/feeds?page=2")).text
    assert first.count('class="feed') == 1 + 100
    assert 'href="?page=2"' in first
    assert second.count('class="feed') == 1 + 22
    assert 'rel="next"' not in second
    assert 'name="page" value="2"' in second


async def test_feeds_title_is_harmless(newsroom: App, page: httpx.AsyncClient) -> None:
    """What a feed calls itself, and an address no browser should follow, stay text."""
    with newsroom.store.write() as lane:
        subscriptions.add(lane, [subscription("javascript:alert(1)", '"><script>alert(1)</script>')], NOW)
    text = (await page.get("/feeds")).text
    assert "<script" not in text
    assert 'href="javascript' not in text


async def test_passwords_of_feeds_stay_inside(room: Path, clock: StoppedClock) -> None:
    """An address with a password is shown without it, and its buttons work all the same."""
    secret = "https://joe:hunter2@paid.example/feed.xml"
    with open_newsroom(room, clock, more=f'[[feeds]]\nurl = "{secret}"\n') as app:
        async with open_page(app) as page:
            assert "hunter2" not in (await page.get("/feeds")).text
            await page.post("/feeds/pause", data=wish(app, secret))
            assert _view(app, secret).paused


async def test_a_kind_of_trouble_is_a_page_of_its_own(newsroom: App, page: httpx.AsyncClient) -> None:
    """Kinds that are there can be chosen, are counted, and stay chosen while one acts and turns pages."""
    for number in range(3):
        _polled(newsroom, HARBOUR, NOW + timedelta(minutes=number), "the server said 503")
    _polled(newsroom, COAST, NOW)
    whole = (await page.get("/feeds")).text
    assert '<a href="/feeds" aria-current="page">all <b>2</b></a>' in whole
    assert '<a class="broken" href="/feeds?kind=broken">broken <b>1</b></a>' in whole
    assert "kind=gone" not in whole
    broken = (await page.get("/feeds?kind=broken")).text
    assert "Harbour Post" in broken
    assert "Coast Daily" not in broken
    assert "tell the publisher" in broken
    answer = await page.post("/feeds/poll", data=wish(newsroom, kind="broken", page="1"))
    assert answer.headers["location"] == "/feeds?kind=broken&page=1"
    assert "No feed is gone." in (await page.get("/feeds?kind=gone")).text
    assert (await page.get("/feeds?kind=unheard-of")).status_code == 400


async def test_pages_of_one_kind(newsroom: App, page: httpx.AsyncClient) -> None:
    """The next page of a kind is of that kind."""
    with newsroom.store.write() as lane:
        subscriptions.add(lane, [subscription(f"https://many.example/{n:03}") for n in range(120)], NOW)
    assert 'href="?kind=new&amp;page=2"' in (await page.get("/feeds?kind=new")).text


async def test_a_moved_feed_says_where_it_is_asked(newsroom: App, page: httpx.AsyncClient) -> None:
    """What moved is told with the address that belongs into the configuration, without its password."""
    moved = Document(HARBOUR, b"<rss/>", moved_to="https://joe:hunter2@new.example/feed.xml")
    for number in range(3):
        at = NOW + number * timedelta(hours=13)
        with newsroom.store.write() as lane:
            (job,) = polls.lease_named(lane, [HARBOUR], at)
            settling.settle(lane, [settling.Settled(job, next_state(job, moved, Outcome(), at))], at)
    text = (await page.get("/feeds?kind=moved")).text
    assert "write that into the configuration" in text
    assert "hunter2" not in text
