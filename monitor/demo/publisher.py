"""A small HTTP server on loopback that publishes the sample feeds."""

import asyncio
import hashlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

from monitor.demo import render
from monitor.demo.samples import Outlet, outlets

_HTML = "text/html; charset=utf-8"
_PATIENCE = 5  # seconds for a client to ask and to take the answer


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    etags: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    etag: str = ""


class DemoPublisher:
    """Serves the sample feeds and their pages while it is open: `async with DemoPublisher(now) as publisher`.

    Dates count back from now (aware). A feed's first answer and its later ones differ where an
    outlet retitles an article, as publishers do. Raises OSError when port (0: any free one) is taken.
    """

    def __init__(self, now: datetime, port: int = 0) -> None:
        self._now = now
        self._port = port
        self._outlets = outlets()
        self._served: Counter[str] = Counter()
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def feeds(self) -> tuple[tuple[str, str], ...]:
        """Return the title and address of every feed, the broken one too."""
        return tuple((outlet.title, f"{self.url}/{outlet.name}.xml") for outlet in self._outlets)

    @property
    def url(self) -> str:
        """Return the address of the index page, without a slash."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self._server.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)
            await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._converse(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, EOFError, asyncio.LimitOverrunError):
                async with asyncio.timeout(_PATIENCE):
                    request = _request(await reader.readuntil(b"\r\n\r\n"))
                    writer.write(_wire(request, self._answer(request)))
                    await writer.drain()
        finally:
            writer.close()

    def _answer(self, request: _Request) -> _Answer:
        if request.method not in {"GET", "HEAD"}:
            return _Answer(HTTPStatus.METHOD_NOT_ALLOWED)
        if request.path == "/":
            return _Answer(HTTPStatus.OK, _HTML, render.index(self.feeds))
        for outlet in self._outlets:
            if request.path == f"/{outlet.name}.xml":
                return _conditional(self._feed(outlet, request.method), request.etags)
        return self._page(request.path.removeprefix("/"))

    def _feed(self, outlet: Outlet, method: str) -> _Answer:
        first = not self._served[outlet.name]
        self._served[outlet.name] += method == "GET"
        articles = outlet.articles if first else [article.latest() for article in outlet.articles]
        body = render.feed(outlet, articles, self._now, self._port)
        etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        return _Answer(HTTPStatus.OK, render.CONTENT_TYPES[outlet.format], body, etag)

    def _page(self, slug: str) -> _Answer:
        for outlet in self._outlets:
            for article in outlet.articles:
                if (article.slug, article.host) == (slug, outlet.name):
                    return _Answer(HTTPStatus.OK, _HTML, render.page(outlet, article.latest()))
        return _Answer(HTTPStatus.NOT_FOUND)


def _conditional(answer: _Answer, etags: frozenset[str]) -> _Answer:
    """Return a 304 where the client has the answer already (RFC 9110 section 13.1.2, weak comparison)."""
    if answer.etag in etags or "*" in etags:
        return _Answer(HTTPStatus.NOT_MODIFIED, answer.content_type, etag=answer.etag)
    return answer


def _request(head: bytes) -> _Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    path = rest.partition(" ")[0].partition("?")[0]
    headers = {name.strip().lower(): value for name, _, value in (line.partition(":") for line in lines)}
    asked = headers.get("if-none-match", "").split(",")
    return _Request(method, path, frozenset(etag.strip().removeprefix("W/") for etag in asked))


def _wire(request: _Request, answer: _Answer) -> bytes:
    lines = [
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}",
        f"Content-Type: {answer.content_type}",
        "Connection: close",
    ]
    if answer.status is not HTTPStatus.NOT_MODIFIED:
        lines.append(f"Content-Length: {len(answer.body)}")
    if answer.etag:
        lines.append(f"ETag: {answer.etag}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head if request.method == "HEAD" else head + answer.body
