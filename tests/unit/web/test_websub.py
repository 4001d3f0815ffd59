"""Where hubs deliver: bounded, telling nothing, and good for nothing else."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from monitor.web.websub import Turns
from tests.builders import NOW, StoppedClock, entry
from tests.newswire import Desk, open_desk
from tests.reading import in_thread
from tests.servers.hub import CHALLENGE, ask, signature
from tests.unit.web.newsroom import NO_TLS, open_newsroom

OLD = entry("Ferry resumes", guid="1", published=NOW)


@pytest.fixture
async def desk(room: Path, clock: StoppedClock) -> AsyncIterator[Desk]:
    """Open a desk that is subscribed to its feed, and that waits a second for a body at most."""
    async with open_desk(room, clock, patience="1s") as opened:
        await opened.subscribe(OLD)
        yield opened


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Return a client without a login."""
    async with httpx.AsyncClient(verify=NO_TLS, trust_env=False) as opened:
        yield opened


async def test_the_callback_needs_no_login_and_the_page_still_does(
    desk: Desk, client: httpx.AsyncClient
) -> None:
    """A hub knows neither name nor password, calls us by any name, from any origin; nobody else may."""
    strange = {"host": "proxy.internal", "origin": "https://hub.example", "sec-fetch-site": "cross-site"}
    body = desk.publish(OLD)
    signed = strange | {"x-hub-signature": signature(desk.push().secret or "", body)}
    assert (await client.post(desk.callback, content=body, headers=signed)).status_code == 202
    for path in ("/", "/feeds", "/websub", "/metrics", "/websubx", "//websub/x"):
        answer = await client.get(f"{desk.pushing.public_url}{path}")
        assert answer.status_code == 401, path
        assert (await client.post(f"{desk.pushing.public_url}{path}", headers=strange)).status_code == 421


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["", "x", "../feeds", "..%2ffeeds", "x/y", "%00", "a" * 9000])
async def test_an_unknown_callback_tells_nothing(
    desk: Desk, client: httpx.AsyncClient, method: str, path: str
) -> None:
    """Whatever is asked of a door that is not there, no page and no sentence comes back."""
    answer = await client.request(method, f"{desk.pushing.base}{path}", content=b"<rss/>")
    assert answer.status_code in {401, 404, 405, 421}
    assert "Ferry" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.topic": "https://elsewhere.example/"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": "publish"},
        {"hub.mode": ""},
        {"hub.challenge": ""},
        {"hub.challenge": "x" * 3000},
    ],
    ids=str,
)
async def test_only_what_was_asked_for_is_confirmed(desk: Desk, changed: dict[str, str]) -> None:
    """Another topic, an end that we do not want, or no challenge is 404 and changes nothing."""
    before = desk.push()
    question = {"hub.mode": "subscribe", "hub.topic": desk.topic, "hub.challenge": CHALLENGE} | changed
    said = await asyncio.to_thread(ask, desk.callback, question)
    assert (said.status, said.body) == (404, b"")
    assert desk.push() == before


async def test_a_question_to_another_door_is_not_confirmed(desk: Desk) -> None:
    """Whoever knows the topic and not the token learns and changes nothing."""
    for mode in ("subscribe", "unsubscribe", "denied"):
        question = {"hub.mode": mode, "hub.topic": desk.topic, "hub.challenge": CHALLENGE}
        said = await asyncio.to_thread(ask, desk.callback[:-1], question)
        assert (said.status, said.body) == (404, b"")
    assert desk.push().state == "active"


async def test_a_huge_body_is_cut_off(desk: Desk, client: httpx.AsyncClient) -> None:
    """No more is read than a polled document may have, whether its length is said or not."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 10_000

    for body in (b"x" * 100_001, pieces()):
        assert (await client.post(desk.callback, content=body)).status_code == 413
    assert desk.push().pushes == 0


async def test_a_body_that_never_ends_is_given_up(desk: Desk) -> None:
    """Whoever sends slowly has as long as a poll may take, and one that breaks off is nothing."""
    port = int(desk.pushing.public_url.rpartition(":")[2])
    path = desk.callback.removeprefix(desk.pushing.public_url)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n<rss".encode()
    with socket.create_connection(("127.0.0.1", port)) as broken:
        broken.sendall(head)
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(head)
        answer = await asyncio.to_thread(slow.recv, 1000)
    assert b" 408 " in answer.splitlines()[0]
    assert desk.push().pushes == 0


async def test_a_feed_is_not_pushed_more_than_sixty_times_a_minute(
    desk: Desk, client: httpx.AsyncClient
) -> None:
    """A hub gone mad is told to come later, before its body is read."""
    statuses = [(await client.post(desk.callback, content=b"")).status_code for _ in range(61)]
    assert statuses == [202] * 60 + [429]


def test_turns_are_given_back_and_come_round() -> None:
    """Four at once; who is let out makes room, and a minute later all sixty turns are there again."""
    turns = Turns()
    with turns.turn(0) as first, turns.turn(0), turns.turn(0), turns.turn(0), turns.turn(0) as fifth:
        assert (first, fifth) == (True, False)
    for _ in range(56):
        with turns.turn(1) as free:
            assert free
    with turns.turn(59.9) as free:
        assert not free
    with turns.turn(60) as free:
        assert free


async def test_while_no_hub_is_asked_there_is_no_callback(page: httpx.AsyncClient) -> None:
    """Without a public address, or with WebSub switched off, the path is a page that is not there."""
    answer = await page.get("/websub/x")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize(("more", "asked"), [("", True), ("[websub]\nenabled = false", False)])
async def test_websub_may_be_switched_off(room: Path, clock: StoppedClock, more: str, asked: bool) -> None:
    """With enabled = false no hub is asked, whatever the public address is."""
    with open_newsroom(room, clock, top='public_url = "https://x.example"', more=more) as app:
        async with app.fetcher() as fetcher:
            pushing = app.pushing_on(app.poller_on(fetcher, in_thread(app.tagger)), fetcher)
            assert (pushing is not None) == asked


async def test_the_feeds_page_says_who_is_pushed(desk: Desk, client: httpx.AsyncClient) -> None:
    """A person sees that a hub delivers, and since when the last delivery was; never the secret."""
    answer = await client.get(f"{desk.pushing.public_url}/feeds", auth=("desk", "secret"))
    assert "pushed by its hub" in answer.text
    for secret in (desk.push().token, desk.push().secret):
        assert secret
        assert secret not in answer.text
        assert secret not in repr(desk.push())
