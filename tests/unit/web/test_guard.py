"""Who may ask what, and what every answer carries."""

import asyncio
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from monitor.app import App
from monitor.config.addresses import Listen
from monitor.errors import MonitorError, StoreError
from monitor.metrics import Metrics
from monitor.model.views import FeedView
from monitor.store import feeds
from monitor.web import create_app, serve
from tests.builders import StoppedClock
from tests.unit.web.newsroom import HARBOUR, NO_TLS, open_newsroom, open_page, wish

_WEB = '[web]\nlisten = "127.0.0.1:8000"\nallowed_hosts = ["Monitor.Lan"]\n'
_LOGIN = '[web]\nlisten = "0.0.0.0:8000"\nusername = "desk"\npassword = "pâss:word"\n'


_OWN = (
    *("localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1", "127.0.0.1:1", "[::1]:8000"),
    *("news.example.org", "monitor.lan:80"),
)
_FOREIGN = ("evil.example", "evil.example:8000", "localhost.evil.example", "", "a@localhost", "192.0.2.1")


async def test_own_names(room: Path, clock: StoppedClock) -> None:
    """The page answers to its addresses, its public name and the names it is allowed."""
    with open_newsroom(room, clock, top='public_url = "https://news.example.org"', more=_WEB) as app:
        async with open_page(app) as page:
            assert await _by_host(page, _OWN) == dict.fromkeys(_OWN, 200)


async def test_foreign_names(page: httpx.AsyncClient) -> None:
    """A request by any other name is refused with a sentence, so that rebinding a name gains nothing."""
    assert await _by_host(page, _FOREIGN) == dict.fromkeys(_FOREIGN, 421)
    assert "allowed_hosts" in (await page.get("/", headers={"host": "evil.example"})).text


async def _by_host(page: httpx.AsyncClient, hosts: Iterable[str]) -> dict[str, int]:
    return {host: (await page.get("/healthz", headers={"host": host})).status_code for host in hosts}


async def test_two_hosts(page: httpx.AsyncClient) -> None:
    """A request that names two hosts gets nothing, whichever of them is ours."""
    reader, writer = await asyncio.open_connection(page.base_url.host, page.base_url.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    status = int((await reader.read()).split(b" ", 2)[1])
    writer.close()
    await writer.wait_closed()
    assert status in {HTTPStatus.BAD_REQUEST, HTTPStatus.MISDIRECTED_REQUEST}


async def test_foreign_name_escaped(page: httpx.AsyncClient) -> None:
    """The name that a refusal repeats is text, not markup."""
    answer = await page.get("/", headers={"host": "<img/onerror=alert(1)>"})
    assert "<img" not in answer.text


async def test_any_address_where_it_listens_everywhere(room: Path, clock: StoppedClock) -> None:
    """A page that listens on every address may be called by any address, but not by any name."""
    with open_newsroom(room, clock, more=_LOGIN) as app:
        async with open_page(app) as page:
            statuses = await _by_host(page, ("192.0.2.1:8000", "[2001:db8::1]", "evil.example"))
    assert list(statuses.values()) == [200, 200, 421]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site", "origin": "http://localhost"},
    ],
)
async def test_cross_site_change_refused(
    newsroom: App, page: httpx.AsyncClient, headers: Mapping[str, str]
) -> None:
    """A change that another site asks for is refused, and nothing is changed."""
    answer = await page.post("/feeds/pause", data=wish(newsroom), headers=headers)
    assert answer.status_code == 403
    assert "nothing was changed" in answer.text
    assert not _harbour(newsroom).paused


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}])
async def test_own_change_allowed(newsroom: App, page: httpx.AsyncClient, headers: Mapping[str, str]) -> None:
    """A change asked for on the page itself, or by a program on this machine, is made."""
    own = {"origin": str(page.base_url).rstrip("/")} if headers else {}
    answer = await page.post("/feeds/pause", data=wish(newsroom), headers={**headers, **own})
    assert answer.status_code == 303
    assert _harbour(newsroom).paused


async def test_public_origin_allowed(room: Path, clock: StoppedClock) -> None:
    """Behind a proxy that hands requests on under another name, the public address is the page's own."""
    with open_newsroom(room, clock, top='public_url = "https://news.example.org/monitor"') as app:
        async with open_page(app) as page:
            headers = {"origin": "https://news.example.org"}
            answer = await page.post("/feeds/pause", data=wish(app), headers=headers)
            assert answer.status_code == 303


def _harbour(app: App) -> FeedView:
    with app.store.read() as connection:
        return next(view for view in feeds.views(connection) if view.url == HARBOUR)


async def test_login_asked(room: Path, clock: StoppedClock) -> None:
    """Where a login is configured, only what machines ask is open."""
    closed = ("/", "/metrics", "/static/monitor.css", "/nope", "/healthz/", "//healthz")
    with open_newsroom(room, clock, more=_LOGIN) as app:
        async with open_page(app) as page:
            refused = {path: await page.get(path) for path in closed}
            opened = {path: await page.get(path) for path in ("/healthz", "/readyz")}
    assert {path: answer.status_code for path, answer in refused.items()} == dict.fromkeys(closed, 401)
    assert all("www-authenticate" in answer.headers for answer in refused.values())
    assert {answer.status_code for answer in opened.values()} == {200}


async def test_a_name_for_oneself_opens_nothing(room: Path, clock: StoppedClock) -> None:
    """FAILURES 8: who says by a header to come from this machine is asked for the login all the same."""
    claims = ("x-forwarded-for", "x-real-ip", "forwarded", "x-client-ip")
    with open_newsroom(room, clock, more=_LOGIN) as app:
        async with open_page(app) as page:
            answers = [await page.get("/metrics", headers={name: "127.0.0.1"}) for name in claims]
    assert [answer.status_code for answer in answers] == [401] * len(claims)


async def test_login(room: Path, clock: StoppedClock) -> None:
    """The right name and password open the page; anything else, however malformed, does not."""
    statuses = {
        "Basic ZGVzazpww6Jzczp3b3Jk": 200,
        "basic ZGVzazpww6Jzczp3b3Jk": 200,
        "Basic ZGVzazp3cm9uZw==": 401,
        "Basic ZGVza3DDonNzOndvcmQ=": 401,
        "Basic": 401,
        "Basic !!!!": 401,
        "Basic é": 401,
        "Bearer ZGVzazpww6Jzczp3b3Jk": 401,
    }
    with open_newsroom(room, clock, more=_LOGIN) as app:
        async with open_page(app) as page:
            found = {
                given: (await page.get("/", headers={b"authorization": given.encode()})).status_code
                for given in statuses
            }
    assert found == statuses


async def test_safe_headers(page: httpx.AsyncClient) -> None:
    """Every answer, errors too, forbids scripts, frames, referrers and guessing of types."""
    for path in ("/", "/nope", "/static/monitor.css", "/stories?page=x", "/readyz"):
        headers = (await page.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"


async def test_bug_is_a_page(newsroom: App, caplog: pytest.LogCaptureFixture) -> None:
    """A request on which this program fails gets a sentence with safe headers, and the log the reason."""

    def broken() -> str | None:
        raise ZeroDivisionError("secret detail")

    async with open_page(newsroom, pulse=broken) as page:
        answer = await page.get("/")
    assert answer.status_code == 500
    assert "please report it" in answer.text
    assert "secret detail" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "secret detail" in caplog.text


async def test_a_store_that_stopped_is_a_page(newsroom: App) -> None:
    """A store that cannot go on is told in its own sentence, as something that may pass."""

    def stopped() -> str | None:
        raise StoreError("the store cannot go on: disk full")

    async with open_page(newsroom, pulse=stopped) as page:
        answer = await page.get("/")
    assert answer.status_code == 503
    assert "the store cannot go on: disk full." in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_address_taken(newsroom: App) -> None:
    """An address that is taken is said in a sentence that names the setting."""
    application = create_app(newsroom, pulse=lambda: None, metrics=Metrics())
    async with serve(application, Listen("127.0.0.1", 0)) as url:
        taken = Listen("127.0.0.1", int(url.rpartition(":")[2]))
        with pytest.raises(MonitorError, match=r"web\.listen"):
            async with serve(application, taken):
                raise AssertionError("two servers on one port")


async def test_ipv6(newsroom: App) -> None:
    """The page can listen on an IPv6 address, and gives its own address as a browser takes it."""
    application = create_app(newsroom, pulse=lambda: None, metrics=Metrics())
    async with (
        serve(application, Listen("::1", 0)) as url,
        httpx.AsyncClient(verify=NO_TLS, trust_env=False) as client,
    ):
        assert url.startswith("http://[::1]:")
        assert (await client.get(f"{url}/healthz")).text == "alive\n"
