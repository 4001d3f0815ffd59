"""A publisher of feeds on a loopback socket that does whatever a test tells it to.

    with Publisher() as publisher:
        publisher.serve("/feed", RSS, etag='"v1"')           # 304 to whoever sends the etag back
        publisher.redirect("/old", "/feed", status=301)
        publisher.script("/busy", lambda request: Answer(status=429, headers={"Retry-After": "60"}))
        publisher.url("/feed")                               # http://127.0.0.1:40001/feed
        publisher.requests[-1].headers["user-agent"]         # everything asked, names in lower case
        publisher.asked("/feed")                             # the same, one path only
        publisher.peak                                       # most answers that were under way at once

It answers in threads of its own, so sync and async tests use it alike; every method may be called from
any thread and at any time, also while it answers. Scripts are called one at a time (they need no lock,
and must not block: `Answer.delay` waits for you). A path that nothing was said about is a 404; a path
with a query is looked up whole first, then without the query. What a script raises closes that connection
and is raised again at exit.

Bad manners are answers too: `Answer(drip(b"<rss>"), pause=0.1)` drips, `Answer(endless())` never ends,
`Answer(RSS, cut=True)` promises more than it sends, `Answer(reset=True)` resets the connection,
`Answer(raw=b"...")` sends those bytes and closes, `Answer(silent=True)` says nothing (or only raw) until
the client hangs up, `Answer(bomb(200_000_000), headers={"Content-Encoding": "gzip"})` unfolds to 200 MB of
zeros, and `serve(path, b"")` is an empty 200.
"""

import gzip
import socket
import socketserver
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import repeat
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit

RSS_TYPE = "application/rss+xml; charset=utf-8"
_BODILESS = {204, 304}


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
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._open: set[socket.socket] = set()
        self._down = threading.Event()
        self._trouble: list[BaseException] = []

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
        kind = _Server6 if ":" in self.host else _Server
        self._server = kind((self.host, self.port), socketserver.BaseRequestHandler)
        self._server.talk, self._server.report = self._talk, self._trouble.append
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="publisher")
        self._thread.start()
        return self

    def __exit__(self, _: object, error: BaseException | None, trace: object) -> None:
        self._down.set()
        self._server.shutdown()
        self._thread.join()
        self._hang_up()
        self._server.server_close()
        if self._trouble and not error:
            raise self._trouble[0]

    def _hang_up(self) -> None:
        with self._lock:
            for handle in self._open:
                with suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)

    def _talk(self, connection: socket.socket) -> None:
        """Answer until the client or `_hang_up` ends it; the handle outlives what TLS does to the socket."""
        with connection.dup() as handle:
            with self._lock:
                self._open.add(handle)
            try:
                with (
                    suppress(OSError),
                    self._secured(connection) as talking,
                    talking.makefile("rb") as incoming,
                ):
                    while not self._down.is_set() and self._exchange(incoming, talking):
                        pass
            finally:
                with self._lock:
                    self._open.discard(handle)

    def _secured(self, connection: socket.socket) -> socket.socket:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection

    def _exchange(self, incoming: BinaryIO, connection: socket.socket) -> bool:
        """Answer one request; true while the connection may be used again."""
        if not (request := _read(incoming)):
            return False
        with self._lock:
            self.requests.append(request)
            self._busy += 1
            self.peak = max(self.peak, self._busy)
            path = urlsplit(request.target).path
            script = self._scripts.get(request.target) or self._scripts.get(path) or _missing
        try:
            with self._turn:
                answer = script(request)
            return not self._down.wait(answer.delay) and self._send(request, answer, incoming, connection)
        finally:
            with self._lock:
                self._busy -= 1

    def _send(self, request: Request, answer: Answer, incoming: BinaryIO, connection: socket.socket) -> bool:
        if answer.reset:
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif answer.silent or answer.raw is not None:
            connection.sendall(answer.raw or b"")
            while answer.silent and incoming.read(1):
                pass
        else:
            return self._send_http(request, answer, connection)
        return False

    def _send_http(self, request: Request, answer: Answer, connection: socket.socket) -> bool:
        bodiless = request.method == "HEAD" or answer.status in _BODILESS
        if isinstance(answer.body, bytes):
            keep = not answer.cut and request.headers.get("connection") != "close"
            connection.sendall(_head(answer, keep) + (b"" if bodiless else answer.body))
            return keep
        connection.sendall(_head(answer, keep=False))
        for piece in () if bodiless else answer.body:
            connection.sendall(piece)
            if self._down.wait(answer.pause):
                break
        return False


class _Server(socketserver.ThreadingTCPServer):
    """A thread for each connection, which talk serves and closes; what it raises is reported."""

    allow_reuse_address = True
    request_queue_size = 1024
    talk: Callable[[socket.socket], None]
    report: Callable[[BaseException], None]

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection."""
        self.talk(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what went wrong for the test."""
        if error := sys.exception():
            self.report(error)


class _Server6(_Server):
    address_family = socket.AF_INET6


def endless(piece: bytes = b"x" * 65536) -> Iterable[bytes]:
    """Return a body that never ends."""
    return repeat(piece)


def drip(body: bytes) -> Iterable[bytes]:
    """Return a body as single bytes, for an `Answer` with a pause between them."""
    return [body[at : at + 1] for at in range(len(body))]


def bomb(size: int) -> bytes:
    """Return gzip that unfolds to size zeros, about a thousandth as long."""
    return gzip.compress(bytes(size))


def _missing(_: Request) -> Answer:
    return Answer(b"Nothing here.\n", status=404, content_type="text/plain")


def _has(request: Request, etag: str | None, last_modified: str | None) -> bool:
    """Whether the client holds what these validators stand for (If-None-Match goes first)."""
    if "if-none-match" in request.headers:
        held = {value.strip().removeprefix("W/") for value in request.headers["if-none-match"].split(",")}
        return etag is not None and etag.removeprefix("W/") in held
    return last_modified is not None and request.headers.get("if-modified-since") == last_modified


def _read(incoming: BinaryIO) -> Request | None:
    """Read one request; None where the client left instead."""
    start = incoming.readline().decode("latin-1").split()
    if len(start) != 3:
        return None
    headers: dict[str, str] = {}
    while line := incoming.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        held = headers.get(name.lower())
        headers[name.lower()] = value.strip() if held is None else f"{held}, {value.strip()}"
    body = incoming.read(int(headers.get("content-length", "0")))
    return Request(start[0], start[1], headers, body)


def _head(answer: Answer, keep: bool) -> bytes:
    phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Unheard Of"
    lines = {"Content-Type": answer.content_type, "Connection": "keep-alive" if keep else "close"}
    if isinstance(answer.body, bytes) and answer.status not in _BODILESS:
        lines["Content-Length"] = str(len(answer.body) + (1000 if answer.cut else 0))
    lines |= answer.headers
    named = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    return f"HTTP/1.1 {answer.status} {phrase}\r\n{named}\r\n".encode("latin-1")
