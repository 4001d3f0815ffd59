"""A feed server in a process of its own, quick enough not to be what is measured.

    with serving(Plan(feeds=1_000, items=30)) as server:
        server.urls               # one a feed, over many loopback addresses
        server.show(Stage.SAME)   # what every feed answers from now on

Answers are made before the first request where the plan says so, else at it: gzip where it is accepted,
304 to whoever sends back the ETag or, without one, the Last-Modified. A connection is kept unless the
client closes it, or asks to.
"""

import asyncio
import contextlib
import gzip
import multiprocessing
import random
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import Enum
from functools import lru_cache, partial
from multiprocessing.connection import Connection
from typing import cast

from monitor import clock
from tests.benchmarks.documents import APART, document, item

_SPAWN = multiprocessing.get_context("spawn")


class Stage(Enum):
    """What every feed shows."""

    OLD = "its first items"
    NEW = "one new item on top, the oldest gone"
    SAME = "the same, and never answers 304"
    OTHER = "new items only"


@dataclass(frozen=True, slots=True)
class Page:
    """A feed's document packed, and the head lines that describe it."""

    etag: bytes
    modified: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: where its feeds are, and how it is told what to show."""

    urls: Sequence[str]
    told: Connection

    def show(self, stage: Stage) -> None:
        """Change what every feed shows, and return when it does."""
        self.told.send(stage)
        self.told.recv()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to serve: latency bounds the seconds that an answer waits, prepared are stages made beforehand."""

    feeds: int
    items: int
    hosts: int = 100
    latency: tuple[float, float] = (0, 0)
    prepared: tuple[Stage, ...] = (Stage.OLD, Stage.NEW)


@contextlib.contextmanager
def serving(plan: Plan) -> Iterator[Server]:
    """Run a server until the block ends."""
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_run, args=(theirs, plan))
    process.start()
    theirs.close()
    try:
        yield Server(ours.recv(), ours)
    finally:
        ours.close()
        process.join()


def addresses(count: int) -> list[str]:
    """Return loopback addresses, each a host of its own."""
    return [f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}" for number in range(count)]


def _run(told: Connection, plan: Plan) -> None:
    start = (clock.now() - APART * (2 * plan.items + 1)).replace(microsecond=0)
    make = partial(_page, items=plan.items, start=start)
    wanted = [(feed, stage) for feed in range(plan.feeds) for stage in plan.prepared]
    pages = {}
    if wanted:
        with ProcessPoolExecutor(2, mp_context=_SPAWN) as pool:
            pages = dict(zip(wanted, pool.map(make, *zip(*wanted, strict=True), chunksize=50), strict=True))
    asyncio.run(_serve(told, Shelf(pages, make, plan.latency), plan))


def _page(feed: int, stage: Stage, items: int, start: datetime) -> Page:
    """Return what a feed shows at a stage."""
    first = {Stage.OLD: 0, Stage.NEW: 1, Stage.SAME: 1, Stage.OTHER: items + 1}[stage]
    written = [_item(feed, number, start) for number in range(first, first + items)]
    at = start + APART * (first + items)
    return Page(
        etag=f'"{feed}-{first}"'.encode(),
        modified=format_datetime(at, usegmt=True).encode(),
        packed=gzip.compress(document(feed, written, at), 6),
    )


_item = lru_cache(maxsize=100)(item)
"""The stages of one feed are made one after the other and have most items in common."""


class Shelf:
    """What is shown now, and how late; a page that is not there is made."""

    def __init__(
        self,
        pages: dict[tuple[int, Stage], Page],
        make: Callable[[int, Stage], Page],
        latency: tuple[float, float],
    ) -> None:
        self._pages = pages
        self._make = make
        self._latency = latency
        self.stage = Stage.OLD

    def _page(self, feed: int) -> Page:
        key = (feed, self.stage)
        if key not in self._pages:
            self._pages[key] = self._make(*key)
        return self._pages[key]

    def delay(self) -> float:
        """Return how many seconds the next answer waits."""
        return random.uniform(*self._latency)

    def answer(self, head: bytes, last: bool) -> bytes:
        """Return the whole answer to a request's head, the last of its connection or not."""
        target, _, rest = head.partition(b"\r\n")
        named = dict(line.split(b":", 1) for line in rest.split(b"\r\n") if b":" in line)
        headers = {name.strip().lower(): value.strip() for name, value in named.items()}
        page = self._page(int(target.split()[1][1:]))
        if self.stage is not Stage.SAME and _held(headers, page):
            return _head(b"304 Not Modified", page, last)
        if b"gzip" in headers.get(b"accept-encoding", b""):
            return _whole(page, last, page.packed, b"Content-Encoding: gzip\r\n")
        return _whole(page, last, gzip.decompress(page.packed))


def _held(headers: Mapping[bytes, bytes], page: Page) -> bool:
    """Tell whether the client has the page: If-Modified-Since counts only where there is no If-None-Match."""
    if (etag := headers.get(b"if-none-match")) is not None:
        return etag == page.etag
    return headers.get(b"if-modified-since") == page.modified


def _whole(page: Page, last: bool, body: bytes, encoding: bytes = b"") -> bytes:
    described = b"Content-Type: application/xml\r\nContent-Length: %d\r\n%b" % (len(body), encoding)
    return _head(b"200 OK", page, last, described) + body


def _head(status: bytes, page: Page, last: bool, described: bytes = b"") -> bytes:
    lines = b"HTTP/1.1 %b\r\nETag: %b\r\nLast-Modified: %b\r\n%b%bVary: Accept-Encoding\r\n\r\n"
    closing = b"Connection: close\r\n" if last else b""
    return lines % (status, page.etag, page.modified, described, closing)


class Conversation(asyncio.Protocol):
    """One connection: answers requests one after the other, until the client has enough."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers go out by."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._asked += data
        while b"\r\n\r\n" in self._asked:
            head, _, self._asked = self._asked.partition(b"\r\n\r\n")
            asyncio.get_running_loop().call_later(self._shelf.delay(), self._answer, head)

    def _answer(self, head: bytes) -> None:
        last = b"\r\nconnection: close" in head.lower() or b" HTTP/1.0\r\n" in head
        self._transport.write(self._shelf.answer(head, last))
        if last:
            self._transport.close()


async def _serve(told: Connection, shelf: Shelf, plan: Plan) -> None:
    """Serve on one port of many loopback addresses until nobody is there to tell us more."""
    loop = asyncio.get_running_loop()
    places = addresses(plan.hosts)
    listening = [socket.create_server((places[0], 0), backlog=1_000)]
    port = listening[0].getsockname()[1]
    listening += [socket.create_server((place, port), backlog=1_000) for place in places[1:]]
    for one in listening:
        await loop.create_server(partial(Conversation, shelf), sock=one)
    told.send([f"http://{places[feed % plan.hosts]}:{port}/{feed}" for feed in range(plan.feeds)])
    with contextlib.suppress(EOFError):
        while True:
            shelf.stage = await asyncio.to_thread(told.recv)
            told.send(None)
