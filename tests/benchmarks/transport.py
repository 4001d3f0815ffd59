"""What a request costs the client: `python -m tests.benchmarks.transport [REQUESTS]`.

Asks a server in a process of its own, 20 at once and each on a fresh connection, for a 304 and for a 200 of
12 kB that unpacks to 30 kB, and prints the processor time of our process per request: through the whole of
our fetching over each transport, and through the bare streams that any transport in Python stands on. The
rounds alternate between the transports and the least counts, since machines are shared. httpx-aiohttp, which
the program does not need, is compared where it is installed.
"""

import asyncio
import gzip
import importlib
import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from importlib.util import find_spec
from ipaddress import ip_network
from multiprocessing.connection import Connection
from typing import Any

import httpx

from monitor.fetch import Fetch, FetchOptions
from monitor.fetch.http import HttpFetch, open_http
from monitor.model.fetching import Document, Failed, Fetched, Job, NotModified, Validators

_AT_ONCE, _ROUNDS = 20, 5
_OPTIONS = FetchOptions(
    per_host=_AT_ONCE, per_host_delay=timedelta(), allow_private=(ip_network("127.0.0.0/8"),)
)
_HELD = Validators('"abc"', "Tue, 04 Nov 2025 12:00:00 GMT")
_COMMON = (
    b"Date: Tue, 04 Nov 2025 12:00:00 GMT\r\nServer: nginx\r\nConnection: close\r\n"
    b'ETag: "abc"\r\nLast-Modified: Tue, 04 Nov 2025 12:00:00 GMT\r\nCache-Control: max-age=600\r\n'
)
Kind = Callable[[], AbstractAsyncContextManager[Fetch]]


def _packed() -> bytes:
    """Return 12 kB of gzip that is 30 kB of words, as much as a feed's document."""
    draw = random.Random(1)
    words = [f"{draw.getrandbits(40):x}" for _ in range(900)]
    return gzip.compress(" ".join(draw.choices(words, k=2700)).encode()[:30_000], mtime=0)


_PACKED = _packed()
_UNCHANGED = b"HTTP/1.1 304 Not Modified\r\n%s\r\n" % _COMMON
_TYPE = b"Content-Type: application/rss+xml\r\nContent-Encoding: gzip\r\n"
_WHOLE = b"HTTP/1.1 200 OK\r\n%s%sContent-Length: %d\r\n\r\n%s" % (_COMMON, _TYPE, len(_PACKED), _PACKED)


class _Server(asyncio.Protocol):
    """Answers /304 with 304 and anything else with the document, and closes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take up a connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._got = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer once the request is whole."""
        self._got += data
        if self._got.endswith(b"\r\n\r\n"):
            self._transport.write(_UNCHANGED if self._got.startswith(b"GET /304") else _WHOLE)
            self._transport.close()


def _serve(told: Connection) -> None:
    async def work() -> None:
        server = await asyncio.get_running_loop().create_server(_Server, "127.0.0.1", 0, backlog=1024)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(work())


@asynccontextmanager
async def _ours() -> AsyncIterator[Fetch]:
    async with open_http(_OPTIONS) as fetch:
        yield fetch


@asynccontextmanager
async def _httpx() -> AsyncIterator[Fetch]:
    """Give our fetching over httpx's own transport, whose pool is at its best without a bound."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncHTTPTransport(limits=limits) as transport:
        yield HttpFetch(transport, _OPTIONS)


@asynccontextmanager
async def _aiohttp() -> AsyncIterator[Fetch]:
    """Give our fetching over aiohttp behind httpx's interface, as httpx-aiohttp has it."""
    aiohttp, httpx_aiohttp = map(importlib.import_module, ("aiohttp", "httpx_aiohttp"))

    def session() -> Any:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))

    async with httpx_aiohttp.AiohttpTransport(client=session) as transport:
        yield HttpFetch(transport, _OPTIONS)


class _Streams:
    """The floor: a request written and its answer read to the end, meaning nothing."""

    async def __call__(self, job: Job) -> Fetched:
        url = httpx.URL(job.url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(b"GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (url.raw_path, url.netloc))
        await reader.read(-1)
        writer.close()
        return NotModified(job.validators)


@asynccontextmanager
async def _floor() -> AsyncIterator[Fetch]:
    yield _Streams()


_KINDS: dict[str, Kind] = {
    "ours": _ours,
    "httpx-aiohttp": _aiohttp,
    "httpx": _httpx,
    "bare streams": _floor,
}


async def _round(kind: Kind, url: str, count: int) -> float:
    """Return the milliseconds of processor time that a request takes."""
    turns = iter(range(count))

    async def worker(fetch: Fetch) -> None:
        for number in turns:
            fetched = await fetch(Job(number, url, validators=_HELD))
            assert isinstance(fetched, Document | NotModified), fetched

    async with kind() as fetch:
        assert not isinstance(await fetch(Job(0, url, validators=_HELD)), Failed)
        started = time.process_time()
        await asyncio.gather(*(worker(fetch) for _ in range(_AT_ONCE)))
        return (time.process_time() - started) / count * 1000


def main(count: int = 300) -> None:
    """Run the benchmark and print a table."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    server.start()
    port = here.recv()
    kinds = {
        name: kind for name, kind in _KINDS.items() if name != "httpx-aiohttp" or find_spec("httpx_aiohttp")
    }
    if len(kinds) < len(_KINDS):
        print("httpx-aiohttp is not installed, and left out", file=sys.stderr)
    spent: dict[tuple[str, str], list[float]] = {}
    for _ in range(_ROUNDS):
        for name, kind in kinds.items():
            for path in ("304", "200"):
                milliseconds = asyncio.run(_round(kind, f"http://127.0.0.1:{port}/{path}", count))
                spent.setdefault((name, path), []).append(milliseconds)
    server.terminate()
    print(f"{'ms of processor per request':30}{'304 least':>12}{'median':>9}{'200 least':>12}{'median':>9}")
    for name in kinds:
        row = [f(spent[name, path]) for path in ("304", "200") for f in (min, statistics.median)]
        print(f"{name:30}{row[0]:12.2f}{row[1]:9.2f}{row[2]:12.2f}{row[3]:9.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
