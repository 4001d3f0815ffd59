"""The loopback publisher keeps its word, since other tests believe it."""

import http.client
import itertools
import socket
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from tests.servers.publisher import Answer, Publisher, Request, bomb, drip, endless


def get(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Ask once, following no redirect; returns status, body and headers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(
            "GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, headers=headers
        )
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.headers)
    finally:
        connection.close()


def test_serves_and_remembers() -> None:
    """A body is served as given, and what was asked is remembered with its headers."""
    with Publisher() as publisher:
        url = publisher.serve("/feed", "<rss/>", headers={"X-One": "1"})
        status, body, headers = get(f"{url}?page=2", **{"User-Agent": "tester"})
        assert (status, body, headers["X-One"]) == (200, b"<rss/>", "1")
        assert publisher.asked("/feed")[0].target == "/feed?page=2"
        assert publisher.requests[0].headers["user-agent"] == "tester"
        assert get(publisher.url("/other"))[0] == 404


def test_validators_give_304() -> None:
    """Who sends a validator back, weak or strong, gets a bodiless 304; who sends another gets the body."""
    with Publisher() as publisher:
        url = publisher.serve("/feed", b"<rss/>", etag='W/"1"', last_modified="Wed, 01 Jan 2025 00:00:00 GMT")
        assert get(url, **{"If-None-Match": 'W/"1"'})[:2] == (304, b"")
        assert get(url, **{"If-None-Match": '"1"'})[0] == 304
        assert get(url, **{"If-Modified-Since": "Wed, 01 Jan 2025 00:00:00 GMT"})[0] == 304
        status, _, headers = get(url, **{"If-None-Match": '"2"'})
        assert (status, headers["ETag"]) == (200, 'W/"1"')


def test_connection_is_kept() -> None:
    """Two requests go over one connection."""
    with Publisher() as publisher:
        publisher.serve("/feed", b"<rss/>")
        connection = http.client.HTTPConnection(publisher.host, publisher.port, timeout=10)
        for _ in range(2):
            connection.request("GET", "/feed")
            assert connection.getresponse().read() == b"<rss/>"
        connection.close()
        assert len(publisher.requests) == 2


def test_scripts_change_their_answer() -> None:
    """A script decides for each request, one at a time, however many ask at once."""
    with Publisher() as publisher:
        numbers = itertools.count(1)
        url = publisher.script("/n", lambda _: Answer(str(next(numbers)).encode(), delay=0.05))
        with ThreadPoolExecutor(4) as pool:
            bodies = sorted(body for _, body, _ in pool.map(get, [url] * 4))
        assert bodies == [b"1", b"2", b"3", b"4"]
        assert 1 <= publisher.peak <= 4


def test_redirects() -> None:
    """A redirect names its target and leads there."""
    with Publisher() as publisher:
        publisher.serve("/new", b"<rss/>")
        url = publisher.redirect("/old", "/new", status=301)
        assert get(url)[2]["Location"] == "/new"
        with urllib.request.urlopen(url) as answer:  # noqa: S310 -- loopback
            assert answer.read() == b"<rss/>"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(b"<rss/>", cut=True), http.client.IncompleteRead),
        (Answer(reset=True), ConnectionResetError),
        (Answer(raw=b"NONSENSE\r\n\r\n"), http.client.BadStatusLine),
    ],
)
def test_bad_manners(answer: Answer, error: type[Exception]) -> None:
    """Cut bodies, resets and nonsense reach the client as such."""
    with Publisher() as publisher, pytest.raises(error):
        get(publisher.script("/bad", lambda _: answer))


def test_pieces_and_bombs() -> None:
    """A body of pieces arrives whole, twice as well, and a bomb is small on the wire."""
    answer = Answer(drip(b"<rss/>"))
    with Publisher() as publisher:
        url = publisher.script("/drip", lambda _: answer)
        assert [get(url)[1], get(url)[1]] == [b"<rss/>"] * 2
    assert len(bomb(10_000_000)) < 20_000


@pytest.mark.parametrize("answer", [Answer(endless()), Answer(silent=True), Answer(delay=60)])
def test_stops_in_the_middle(answer: Answer) -> None:
    """Leaving ends whatever is still under way: the client is hung up on and no thread stays."""
    asked = threading.Event()

    def script(_: Request) -> Answer:
        asked.set()
        return answer

    with Publisher() as publisher:
        publisher.script("/long", script)
        client = socket.create_connection((publisher.host, publisher.port), timeout=10)
        client.sendall(b"GET /long HTTP/1.1\r\n\r\n")
        assert asked.wait(10)
        before = threading.active_count()
    assert threading.active_count() <= before - 2
    with client, suppress(ConnectionResetError):
        while client.recv(1 << 20):
            pass


def test_script_error_surfaces() -> None:
    """A mistake in a script fails the test that made it."""

    def broken(_: Request) -> Answer:
        raise LookupError("the script is wrong")

    with pytest.raises(LookupError), Publisher() as publisher:  # noqa: PT012 -- raised at exit
        url = publisher.script("/x", broken)
        with pytest.raises(http.client.RemoteDisconnected):
            get(url)


def test_same_port_again() -> None:
    """A publisher can come back at the port it had."""
    with Publisher() as first:
        first.serve("/feed", b"<rss/>")
        get(first.url("/feed"))
    with Publisher(port=first.port) as second:
        assert second.serve("/feed", b"<rss/>") == first.url("/feed")
        assert get(second.url("/feed"))[0] == 200
