"""Links in mails: the token alone lets in, a look changes nothing, a POST does (RFC 8058)."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from monitor.app import App
from monitor.model.digests import Reader
from monitor.store import readers
from tests.builders import StoppedClock
from tests.unit.web.newsroom import open_newsroom, open_page

_CLOSED = """
[web]
username = "desk"
password = "s3cret"

[[digests]]
name = "evening"
title = "Evening crossing"
schedule = "0 19 * * *"
to = [{ address = "a@example.org", language = "pl" }]
"""


@pytest.fixture
async def desk(room: Path, clock: StoppedClock) -> AsyncIterator[tuple[App, httpx.AsyncClient]]:
    """Open a newsroom behind a login, with one reader."""
    with open_newsroom(room, clock, more=_CLOSED) as app:
        async with open_page(app) as page:
            yield app, page


def reader(app: App) -> Reader:
    """Return the reader."""
    with app.store.read() as connection:
        found = readers.one(connection, "evening", "a@example.org")
    assert found
    return found


async def test_a_link_shows_a_button_and_changes_nothing(desk: tuple[App, httpx.AsyncClient]) -> None:
    """Programs follow links: a look says what is sent to whom, in their language, and leaves it so."""
    app, page = desk
    answer = await page.get(f"/unsubscribe/{reader(app).token}")
    assert answer.status_code == 200
    assert 'lang="pl"' in answer.text
    assert "Przegląd „Evening crossing” jest wysyłany na a@example.org." in answer.text
    assert f'action="../unsubscribe/{reader(app).token}" method="post"' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert reader(app).state == "active"


async def test_one_click_unsubscribes(desk: tuple[App, httpx.AsyncClient]) -> None:
    """A mail program's POST is enough, without login, cookie or redirect, and may come twice."""
    app, page = desk
    for _ in range(2):
        body = {"List-Unsubscribe": "One-Click"}
        answer = await page.post(f"/unsubscribe/{reader(app).token}", data=body)
        assert answer.status_code == 200
        assert "nie jest już wysyłany" in answer.text
        assert reader(app).state == "left"
    assert (await page.post(f"/confirm/{reader(app).token}")).status_code == 200
    assert reader(app).state == "active"


@pytest.mark.parametrize(
    "path", ["/unsubscribe/{0}/x", "/unsubscribe/", "/digests", "/messages/{0}", "/confirm"]
)
async def test_a_token_opens_nothing_else(desk: tuple[App, httpx.AsyncClient], path: str) -> None:
    """Behind a login everything but the reader's own page stays closed."""
    app, page = desk
    assert (await page.get(path.format(reader(app).token))).status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["x" * 22, "-"])
async def test_a_wrong_token_tells_nothing(
    desk: tuple[App, httpx.AsyncClient], method: str, token: str
) -> None:
    """Whoever guesses learns only that the link leads to nobody."""
    app, page = desk
    answer = await page.request(method, f"/unsubscribe/{token}")
    assert answer.status_code in {404, 409}
    assert "leads to nobody" in answer.text
    assert "example.org" not in answer.text
    assert reader(app).state == "active"


async def test_another_site_cannot_press_the_button(desk: tuple[App, httpx.AsyncClient]) -> None:
    """A form on another site is refused like any change that it asks for."""
    app, page = desk
    headers = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    answer = await page.post(f"/unsubscribe/{reader(app).token}", headers=headers)
    assert answer.status_code == 403
    assert reader(app).state == "active"
