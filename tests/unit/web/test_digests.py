"""What readers get and when, what they would get now, and what they got."""

from pathlib import Path

import httpx
import pytest

from monitor.app import App
from monitor.model.digests import Delivered
from monitor.store import halts, outbox
from tests.builders import NOW, StoppedClock, entry
from tests.unit.web.newsroom import judged, open_newsroom, open_page

_READERS = """
[[digests]]
name = "evening"
schedule = "0 19 * * *"
timezone = "Europe/Warsaw"
to = ["a@example.org", { address = "b@example.org", timezone = "Europe/Kyiv" }]

[channels.email]
host = "127.0.0.1"
port = 1
tls = "none"
sender = "monitor@example.org"
"""
_LINK = "https://harbour.example/1"


async def test_digest_without_readers(newsroom: App, page: httpx.AsyncClient) -> None:
    """A digest says when it is due, that nobody gets it by mail, and that there is no channel."""
    text = (await page.get("/digests")).text
    assert "Morning crossing" in text
    assert "Tuesday, 3 March 2026, 07:00 (Europe/Kyiv)</time>, kept here" in text
    assert "There is no e-mail channel" in text
    assert "No message yet" in text


async def test_digest_with_readers(room: Path, clock: StoppedClock) -> None:
    """Each reader's next digest is shown on the reader's own clock."""
    with open_newsroom(room, clock, more=_READERS) as app:
        async with open_page(app) as page:
            text = (await page.get("/digests")).text
    assert "Monday, 2 March 2026, 19:00 (Europe/Warsaw)</time>, to a@example.org" in text
    assert "Monday, 2 March 2026, 19:00 (Europe/Kyiv)</time>, to b@example.org" in text
    assert "There is no e-mail channel" not in text


async def test_preview(newsroom: App, page: httpx.AsyncClient) -> None:
    """A preview shows what would be sent now, as text and as a page in a frame, and marks nothing."""
    judged(newsroom, entry("The ferry sails", link=_LINK, published=NOW))
    for _ in range(2):
        text = (await page.get("/digests/morning/preview")).text
        assert "Morning crossing: The ferry sails" in text
        assert '<iframe class="mail" src="/digests/morning/preview.html" sandbox="allow-popups' in text
        assert "https://harbour.example/1" in text.partition("As text")[2]
    frame = await page.get("/digests/morning/preview.html")
    assert "The ferry sails" in frame.text
    assert '<base target="_blank">' in frame.text


async def test_frame_is_harmless(newsroom: App, page: httpx.AsyncClient) -> None:
    """A message's own page may be framed by ours only, and may run and load nothing."""
    judged(newsroom, entry("Ferry <script>alert(1)</script>", link="javascript:alert(1)", published=NOW))
    frame = await page.get("/digests/morning/preview.html")
    policy = frame.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "<script" not in frame.text
    assert "javascript:" not in frame.text


async def test_kept_message(newsroom: App, page: httpx.AsyncClient) -> None:
    """A digest without a channel is kept, listed, and shown as it was composed."""
    judged(newsroom, entry("The ferry sails", link=_LINK, published=NOW))
    await newsroom.sender().send_now("morning")
    listing = (await page.get("/digests")).text
    assert "composed and kept" in listing
    assert "1 story" in listing
    address = "/messages/m" + listing.partition('href="/messages/m')[2].partition('"')[0]
    text = (await page.get(address)).text
    assert "Morning crossing: The ferry sails" in text
    assert f'src="{address}/page.html"' in text
    assert "The ferry sails" in (await page.get(f"{address}/page.html")).text


async def test_failed_message(room: Path, clock: StoppedClock) -> None:
    """A message that was refused for good is shown with what the mail server said."""
    with open_newsroom(room, clock, more=_READERS) as app:
        judged(app, entry("The ferry sails", link=_LINK, published=NOW))
        await app.sender().send_now("evening")
        with app.store.write() as lane:
            first = outbox.waiting(lane, None)[0]
            outbox.settle(lane, first, Delivered(False, "550 <no such> mailbox", True), NOW, None)
        async with open_page(app) as page:
            listing = (await page.get("/digests")).text
            text = (await page.get(f"/messages/m{first.id}")).text
    assert "refused for good" in listing
    assert "not accepted yet; it is tried again" in listing
    assert "550 &lt;no such&gt; mailbox" in text
    assert "a@example.org" in text


@pytest.mark.parametrize(
    "path",
    [
        "/digests/none/preview",
        "/digests/none/preview.html",
        "/messages/m1",
        "/messages/m1/page.html",
        "/messages/x",
        "/messages/m" + "9" * 40,
    ],
)
async def test_unknown(page: httpx.AsyncClient, path: str) -> None:
    """A digest or message that is not there is a page with a sentence."""
    answer = await page.get(path)
    assert answer.status_code == 404
    assert '<p class="sentence">' in answer.text


async def test_that_sending_is_stopped_is_shown(newsroom: App, page: httpx.AsyncClient) -> None:
    """Whoever waits for a digest sees on the page that somebody stopped it, since when and why."""
    with newsroom.store.write() as lane:
        halts.stop(lane, "wrong <list>", NOW)
    text = (await page.get("/digests")).text
    assert "Nothing is sent since" in text
    assert "wrong &lt;list&gt;" in text
    assert "monitor_sending_stopped 1.0" in (await page.get("/metrics")).text
