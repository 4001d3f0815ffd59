"""A publisher of feeds on a loopback socket that does whatever a test tells it to.

    with Publisher() as publisher:
        publisher.serve("/feed", RSS, etag='"v1"')           # 304 to whoever sends the etag back
        publisher.redirect("/old", "/feed", status=301)
        publisher.script("/busy", lambda request: Answer(status=429, headers={"Retry-After": "60"}))
        publisher.url("/feed")                               # http://127.0.0.1:40001/feed
        publisher.requests[-1].headers["user-agent"]         # everything asked, names in lower case
        publisher.asked("/feed")                             # the same, one path only
        publisher.peak                                       # most answers that were under way at once

It runs in a thread of its own, so sync and async tests use it alike; every method may be called from
any thread and at any time, also while it answers. Scripts are called in that thread one at a time
(they need no lock, and must not block: `Answer.delay` waits for you). A path that nothing was said
about is a 404; a path with a query is looked up whole first, then without the query. What a script
raises closes that connection and is raised again at exit.

Bad manners are answers too: `Answer(drip(b"<rss>"), pause=0.1)` drips, `Answer(endless())` never ends,
`Answer(RSS, cut=True)` promises more than it sends, `Answer(reset=True)` resets the connection,
`Answer(silent=True)` says nothing until the client hangs up, `Answer(raw=b"...")` sends those bytes and
closes, `Answer(bomb(200_000_000), headers={"Content-Encoding": "gzip"})` unfolds to 200 MB of zeros, and
`serve(path, b"")` is an empty 200.
"""

import asyncio
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import repeat
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

RSS_TYPE = "application/rss+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: target is path and query as sent, header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer; delay (before it) and pause (between the pieces of body) are in seconds.

    A body of bytes is sent with its length and the connection is kept; a body of pieces is sent as
    they come and the connection is closed after the last. The module says what the rest is for.
    """

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    content_type: str | None = RSS_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0
    pause: float = 0
    cut: bool = False
    reset: bool = False
    silent: bool = False
    raw: bytes | None = None


Script = Callable[[Request], Answer]


class Publisher:
    """A loopback HTTP server, up between enter and exit; its port is chosen by the system unless given."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.host = host
        self.port = port
        self.requests: list[Request] = []
        self.peak = 0
        self._tls = tls
        self._scripts: dict[str, Script] = {}
        self._busy = 0
        self._up = threading.Event()
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def url(self, path: str = "/") -> str:
        """Return the address of a path here."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def serve(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        content_type: str | None = RSS_TYPE,
        headers: Mapping[str, str] | None = None,
        status: int = 200,
        etag: str | None = None,
        last_modified: str | None = None,
        delay: float = 0,
    ) -> str:
        """Answer path with body from now on, with 304 where the validators come back; returns its address.

        etag and last_modified are sent verbatim: an etag is given with its quotes.
        """
        validators = {
            name: value for name, value in (("ETag", etag), ("Last-Modified", last_modified)) if value
        }
        answer = Answer(
            body=body.encode() if isinstance(body, str) else body,
            status=status,
            content_type=content_type,
            headers={**validators, **(headers or {})},
            delay=delay,
        )
        unchanged = Answer(status=304, content_type=None, headers=validators, delay=delay)
        return self.script(path, lambda r: unchanged if _has(r, etag, last_modified) else answer)

    def redirect(self, path: str, to: str, *, status: int = 302) -> str:
        """Answer path with a redirect to an address or a path; returns its address."""
        return self.script(path, lambda _: Answer(status=status, headers={"Location": to}))

    def script(self, path: str, script: Script) -> str:
        """Answer path with what script returns for each request; returns its address."""
        self._scripts[path] = script
        return self.url(path)

    def asked(self, path: str) -> list[Request]:
        """Return the requests so far for a path, whatever their query."""
        return [request for request in self.requests.copy() if urlsplit(request.target).path == path]

    def __enter__(self) -> Self:
        self._thread.start()
        self._up.wait()
        if self._trouble:
            raise self._trouble
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(RuntimeError):  # the loop is gone already where it could not start
            self._loop.call_soon_threadsafe(self._down.set)
        self._thread.join()
        if self._trouble and not error:
            raise self._trouble

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._down = asyncio.Event()
        self._talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        try:
            server = await asyncio.start_server(
                self._accept, self.host, self.port, ssl=self._tls, backlog=1024
            )
            self.port = server.sockets[0].getsockname()[1]
        except OSError as error:
            self._trouble = error
            return
        finally:
            self._up.set()
        await self._down.wait()
        server.close()
        await self._hang_up()

    async def _hang_up(self) -> None:
        talks = dict(self._talks)
        for talk, writer in talks.items():
            talk.cancel()
            writer.transport.abort()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted transport closes its socket one turn later

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = self._loop.create_task(self._talk(reader, writer))
        self._talks[talk] = writer
        talk.add_done_callback(self._note)

    def _note(self, talk: asyncio.Task[None]) -> None:
        del self._talks[talk]
        if not talk.cancelled() and (error := talk.exception()):
            self._trouble = self._trouble or error

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                while await self._exchange(reader, writer):
                    pass
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; true while the connection may be used again."""
        request = await _read(reader)
        self.requests.append(request)
        self._busy += 1
        self.peak = max(self.peak, self._busy)
        try:
            answer = self._script(request)(request)
            await asyncio.sleep(answer.delay)
            return await _write(request, answer, reader, writer)
        finally:
            self._busy -= 1

    def _script(self, request: Request) -> Script:
        path = urlsplit(request.target).path
        return self._scripts.get(request.target) or self._scripts.get(path) or _missing


def endless(piece: bytes = b"x" * 65536) -> Iterable[bytes]:
    """Return a body that never ends."""
    return repeat(piece)


def drip(body: bytes) -> Iterable[bytes]:
    """Return a body as single bytes, for an `Answer` with a pause between them."""
    return [body[at : at + 1] for at in range(len(body))]


def bomb(size: int) -> bytes:
    """Return gzip that unfolds to size zeros, about a thousandth as long."""
    return b"".join(_pack(size))


def _pack(size: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    for start in range(0, size, 1 << 20):
        yield packer.compress(bytes(min(1 << 20, size - start)))
    yield packer.flush()


def _missing(_: Request) -> Answer:
    return Answer(b"Nothing here.\n", status=404, content_type="text/plain")


def _has(request: Request, etag: str | None, last_modified: str | None) -> bool:
    """Whether the client holds what these validators stand for (If-None-Match goes first)."""
    if "if-none-match" in request.headers:
        held = {value.strip().removeprefix("W/") for value in request.headers["if-none-match"].split(",")}
        return etag is not None and etag.removeprefix("W/") in held
    return last_modified is not None and request.headers.get("if-modified-since") == last_modified


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    start, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = start.split(" ", 2)
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        held = headers.get(name.lower())
        headers[name.lower()] = value.strip() if held is None else f"{held}, {value.strip()}"
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)


async def _write(
    request: Request, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    if answer.reset:
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    elif answer.silent:
        await reader.read()
    elif answer.raw is not None:
        writer.write(answer.raw)
        await writer.drain()
    else:
        return await _write_http(request, answer, writer)
    return False


async def _write_http(request: Request, answer: Answer, writer: asyncio.StreamWriter) -> bool:
    keep = isinstance(answer.body, bytes) and not answer.cut and request.headers.get("connection") != "close"
    writer.write(_head(answer, keep))
    bodiless = request.method == "HEAD" or answer.status in {204, 304}
    pieces = () if bodiless else (answer.body,) if isinstance(answer.body, bytes) else answer.body
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(answer.pause)
    await writer.drain()
    return keep


def _head(answer: Answer, keep: bool) -> bytes:
    phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Unheard Of"
    lines = {"Content-Type": answer.content_type, "Connection": "keep-alive" if keep else "close"}
    if isinstance(answer.body, bytes) and answer.status not in {204, 304}:
        lines["Content-Length"] = str(len(answer.body) + (1000 if answer.cut else 0))
    lines |= answer.headers
    named = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    return f"HTTP/1.1 {answer.status} {phrase}\r\n{named}\r\n".encode("latin-1")
