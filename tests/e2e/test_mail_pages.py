"""The pages of mails, to a checker of HTML and in a browser: by day and by night, wide and narrow."""

from dataclasses import replace
from datetime import timedelta

import pytest
from html5lib import HTMLParser
from playwright.async_api import Browser

from monitor.digest.alert import as_mail, of_story
from monitor.digest.compose import compose
from monitor.digest.confirm import confirmation
from monitor.digest.render import render
from monitor.model.alerts import AlertRule
from monitor.model.digests import Changed, DigestPlan, Message, Past, Reader, Recipient, Troubles
from monitor.model.views import FeedHealth
from tests.builders import NOW, copy_view, feed_view, story, tag
from tests.e2e.axe import flaws

pytestmark = [pytest.mark.processes, pytest.mark.asyncio(loop_scope="module")]

_PLAN = DigestPlan("morning", "Morning", ("ferries", "ports", "snow"), "0 7 * * *", "Europe/Kyiv", ())
_TITLES = {"ferries": "Ferries", "ports": "Ports", "snow": "Snow & ice"}
_SENDER, _PAGE = "Monitor <desk@example.org>", "https://news.example.org"
_ME = "reader@example.org"


def _digest(language: str, rest: int) -> Message:
    """Return a digest of all that one can have: a note, a known event with reports, other scripts, a rest."""
    ferry = story(
        tags=[tag()], summary="It sails. " * 9, copies=[copy_view(), copy_view("https://b.example/")]
    )
    told = [
        ferry,
        replace(story("s2", "Ferry waits & waits", tags=[tag()]), event="e7"),
        replace(story("s3", "Second ferry <waits>", tags=[tag()]), event="e7"),
        replace(story("s4", "عبارة تعود إلى الميناء", tags=[tag("ports")]), language="ar"),
        *(story(f"t{n}", f"Ferry number {n}", tags=[tag()]) for n in range(rest)),
    ]
    changed = story("s9", "Ferry aground", tags=[tag()])
    gone = FeedHealth(feed_view("Quiet Gazette"), "stale", NOW - timedelta(days=3))
    past = Past(
        known=frozenset({"e7"}),
        changed=(Changed(changed, "Ferry afloat", 1),),
        volumes={"ferries": (0, 3, 9) * 4},
        troubles=Troubles((gone,), 1, 40),
    )
    made = compose(_PLAN, _TITLES, told, NOW, note="Two hours late.", past=past)
    reader = Recipient(_ME, language=language)
    return render(
        made, reader, sender=_SENDER, message_id="<a@b>", date=NOW, public_url=_PAGE, token="t" * 22
    )


def _alert() -> Message:
    rule = AlertRule("ferry", "Ferries", "story", (_ME,), ("ferries",))
    said = of_story(rule, "s1", story(summary="It sails.", tags=[tag()]), _TITLES, page=_PAGE, now=NOW)
    return as_mail(rule, said, _SENDER, _ME)


def _confirmation() -> Message:
    return confirmation(_PLAN, Reader("morning", _ME, 0, NOW, token="t" * 22), _SENDER, _PAGE, NOW)


_MAILS = {
    "digest": _digest("en", 24),
    "ukrainian": _digest("uk", 2),
    "alert": _alert(),
    "confirm": _confirmation(),
}


@pytest.mark.parametrize("name", _MAILS)
async def test_the_page_of_a_mail_is_html(name: str) -> None:
    """A strict parser (WHATWG) finds nothing to mend."""
    HTMLParser(strict=True).parse(_MAILS[name].html)


@pytest.mark.parametrize("name", _MAILS)
async def test_everybody_can_read_a_mail(browser: Browser, name: str) -> None:
    """A checker finds nothing in anybody's way, in light and dark, at 360 and 700 px; nothing scrolls."""
    context = await browser.new_context(offline=True)
    page = await context.new_page()
    await page.set_content(_MAILS[name].html)
    for dark in (False, True):
        await page.emulate_media(color_scheme="dark" if dark else "light")
        for width in (360, 700):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await flaws(page) == [], (dark, width)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await context.close()
