"""The page in a real browser, with the sample newsroom: a telephone, a dark room, a hostile publisher.

Needs a Chromium; skipped where there is none, unless MONITOR_REQUIRE_BROWSER=1 asks for one.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from monitor import clock
from monitor.app import App, open_app
from monitor.config import load
from monitor.config.addresses import Listen
from monitor.demo import DemoPublisher
from monitor.metrics import Metrics
from monitor.store import polls
from monitor.web import create_app, serve
from tests.builders import entry
from tests.e2e.axe import flaws
from tests.unit.web.newsroom import judged

pytestmark = [pytest.mark.processes, pytest.mark.asyncio(loop_scope="module")]

_SETTINGS = """
[store]
url = "sqlite:///monitor.db"

[fetch]
allow_private = ["127.0.0.0/8"]
per_host = 8
per_host_delay = "0s"

[[topics]]
name = "shield"
title = "A shield over Ukraine"
query = 'Ukraine OR України'

[[topics]]
name = "nothing"
query = '"no such words anywhere"'

[[digests]]
name = "morning"
schedule = "0 7 * * *"
timezone = "Europe/Kyiv"
"""
_HOSTILE = "Ukraine <img src=x onerror=alert(1)><script>alert(2)</script>" + "x" * 200
_CONTRAST = """() => {
  const channel = c => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4 };
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = numbers(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => {
      const [a, b] = [light(numbers(getComputedStyle(e).color)), light(ground(e))];
      return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.textContent.trim().slice(0, 40)];
    })
    .filter(([ratio]) => ratio < 4.5);
}"""


@dataclass
class Seen:
    """What a browser complained of, and whom it asked beside the page."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def newsroom(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    """Open a newsroom that has polled the sample outlets twice, kept a digest, and met a hostile feed."""
    file = tmp_path_factory.mktemp("newsroom") / "monitor.toml"
    async with DemoPublisher(clock.now()) as publisher:
        listed = (f'[[feeds]]\nurl = "{url}"\ntitle = "{title}"\n' for title, url in publisher.feeds)
        file.write_text(_SETTINGS + "\n".join(listed), encoding="utf-8")
        with open_app(load(file, {})) as app:
            await _poll(app)
            await _poll(app)
            hostile = entry(_HOSTILE, guid="x", link="javascript:alert(3)", text="<script>alert(4)</script>")
            judged(app, hostile, feed=publisher.feeds[0][1])
            await app.sender().send_now("morning")
            yield app


async def _poll(app: App) -> None:
    with app.store.write() as lane:
        jobs = polls.lease_all(lane, app.clock())
    async with app.poller() as poller:
        await poller.poll(jobs, lambda _: None)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def address(newsroom: App) -> AsyncIterator[str]:
    """Serve the newsroom's page."""
    application = create_app(newsroom, pulse=lambda: None, metrics=Metrics())
    async with serve(application, Listen("127.0.0.1", 0)) as url:
        yield url


@asynccontextmanager
async def _looking(browser: Browser, address: str, *, width: int, dark: bool = False) -> AsyncIterator[Seen]:
    """Open a window and note everything that a quiet page does not do."""
    context = await browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
    )
    seen = Seen(await context.new_page())
    seen.page.on("console", lambda message: seen.complaints.append(message.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on("dialog", lambda dialog: seen.complaints.append(dialog.message))
    seen.page.on(
        "request",
        lambda request: None if request.url.startswith(address) else seen.complaints.append(request.url),
    )
    yield seen
    await context.close()


async def _every_page(page: Page, address: str) -> Sequence[str]:
    """Return the addresses of one page of each kind, as links lead to them."""
    await page.goto(address)
    hrefs: Sequence[str] = await page.locator(".headline a").evaluate_all("all => all.map(a => a.href)")
    await page.goto(f"{address}/events")
    event = await page.locator(".events .headline a").first.evaluate("link => link.href")
    await page.goto(f"{address}/digests")
    kept = await page.locator(".messages a").first.evaluate("link => link.href")
    return (
        f"{address}/",
        *hrefs[:3],
        event,
        kept,
        *(
            f"{address}{path}"
            for path in (
                "/events",
                "/stories",
                "/topics/shield",
                "/topics/shield?q=Ukraine+OR+harbour",
                "/feeds",
                "/digests",
                "/digests/morning/preview",
                "/?q=Ukraine",
                "/?q=Ukraine+AND+(",
            )
        ),
    )


async def test_on_a_telephone(browser: Browser, address: str) -> None:
    """At 360 px no page scrolls sideways, complains, runs a publisher's script or asks another host."""
    async with _looking(browser, address, width=360) as seen:
        for url in await _every_page(seen.page, address):
            await seen.page.goto(url)
            over = await seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, url
            assert await seen.page.locator("main, h1").count() == 2, url
        assert seen.complaints == []


@pytest.mark.parametrize("dark", [False, True])
async def test_readable(browser: Browser, address: str, dark: bool) -> None:
    """By day and by night every text stands out from its ground by 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    async with _looking(browser, address, width=1280, dark=dark) as seen:
        for url in await _every_page(seen.page, address):
            await seen.page.goto(url)
            assert await seen.page.evaluate(_CONTRAST) == [], url
        ground = await seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(15, 19, 24)") is dark


async def test_in_nobodys_way(browser: Browser, address: str) -> None:
    """A checker finds nothing on events, a topic and the feeds that would keep somebody out (WCAG 2.2)."""
    async with _looking(browser, address, width=1280) as seen:
        for url in (await _every_page(seen.page, address))[4:11:2]:
            await seen.page.goto(url)
            assert await flaws(seen.page) == [], url


async def test_pausing_a_feed(browser: Browser, address: str) -> None:
    """A person pauses and resumes a feed by button, past the check of origins that a browser meets."""
    async with _looking(browser, address, width=1280) as seen:
        await seen.page.goto(f"{address}/feeds")
        row = seen.page.locator(".feed", has=seen.page.get_by_role("heading", name="Baltic Ledger"))
        await row.get_by_role("button", name="Pause").click()
        assert await row.locator(".state").inner_text() == "paused"
        await row.get_by_role("button", name="Resume").click()
        assert await row.locator(".state").inner_text() == "ok"
        assert seen.complaints == []


async def test_finding_out_why(browser: Browser, address: str) -> None:
    """From a search a person comes to a story, its marked words and the outlets that carried it."""
    async with _looking(browser, address, width=1280) as seen:
        await seen.page.goto(address)
        await seen.page.get_by_role("searchbox").fill("Ukraine AND radars")
        await seen.page.keyboard.press("Enter")
        await seen.page.get_by_role("heading", name="Search").wait_for()
        await seen.page.locator(".headline a").first.click()
        await seen.page.get_by_role("heading", name="Where it appeared").wait_for()
        assert await seen.page.locator("mark").count() > 0
        assert seen.complaints == []


async def test_finding_what_else_tells_of_it(browser: Browser, address: str) -> None:
    """From a list of events a person comes to a timeline, why a story is in it, the story, and back."""
    async with _looking(browser, address, width=1280) as seen:
        await seen.page.goto(address)
        await seen.page.get_by_role("link", name="Events").click()
        await seen.page.locator(".events .headline a").first.click()
        await seen.page.get_by_role("heading", name="Timeline").wait_for()
        timeline = seen.page.url
        reason = seen.page.locator(".timeline .because").last
        await reason.locator("summary").click()
        assert await reason.locator("p").is_visible()
        await seen.page.locator(".timeline .headline a").last.click()
        await seen.page.get_by_role("heading", name="What it belongs to").wait_for()
        await seen.page.locator("section", has_text="What it belongs to").locator("h3 a").last.click()
        await seen.page.get_by_role("heading", name="Timeline").wait_for()
        assert seen.page.url == timeline
        assert seen.complaints == []


async def test_digest_in_its_frame(browser: Browser, address: str) -> None:
    """A kept digest is shown in its frame as it was made to look, its links leading out of the frame."""
    async with _looking(browser, address, width=1280) as seen:
        await seen.page.goto(f"{address}/digests")
        await seen.page.locator(".messages a").first.click()
        mail = seen.page.frame_locator("iframe.mail")
        heading = mail.get_by_role("heading", name="A shield over Ukraine")
        assert await heading.evaluate("e => getComputedStyle(e).color") == "rgb(154, 52, 18)"
        outward = mail.locator("h3 a").first
        assert await outward.evaluate("a => a.ownerDocument.querySelector('base').target") == "_blank"
        assert seen.complaints == []
