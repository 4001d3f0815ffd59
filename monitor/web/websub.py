"""Where hubs deliver (WebSub sections 5 and 7): one path, beside the guards of the page.

A hub knows neither login nor Origin; what lets it in is a token of 192 bits that we gave to it alone, and
what it sends is taken when our secret signed it. Whatever is wrong with a request, the answer tells
nothing: 404 where no hub is expected, 202 where a signature does not fit.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from time import monotonic

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.app import App
from monitor.pipeline.pushing import PATH, Delivery, Pushing

_PER_MINUTE = 60
_MINUTE = 60.0
_AT_ONCE = 4
_ROOM = 16  # bodies in memory at a time: 160 MB where every one is as large as it may be
_LONGEST_CHALLENGE = 2000


class Callbacks:
    """Answers hubs at their path, while hubs are asked, and leaves everything else to the page."""

    def __init__(self, app: ASGIApp, pushing: Callable[[], Pushing | None], monitor: App) -> None:
        self._app = app
        self._pushing = pushing
        self._monitor = monitor
        self._room = asyncio.Semaphore(_ROOM)
        self._turns: dict[int, Turns] = {}
        routes = [
            Route(f"{PATH}{{token}}", self._verify, methods=["GET"]),
            Route(f"{PATH}{{token}}", self._deliver, methods=["POST"]),
        ]
        self._callbacks = Starlette(routes=routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        ours = scope["type"] == "http" and scope["path"].startswith(PATH) and self._pushing()
        await (self._callbacks if ours else self._app)(scope, receive, send)

    async def _verify(self, request: Request) -> Response:
        """Echo a hub's challenge where its question fits what we asked it for; take in that it denies."""
        asked = request.query_params
        mode, challenge = asked.get("hub.mode", ""), asked.get("hub.challenge", "")
        pushing = self._pushing()
        if pushing is None or not (mode == "denied" or 0 < len(challenge) <= _LONGEST_CHALLENGE):
            return _nothing()
        said = (asked.get(f"hub.{name}", "") for name in ("topic", "lease_seconds", "reason"))
        meant = await asyncio.to_thread(pushing.verify, request.path_params["token"], mode, *said)
        return PlainTextResponse(challenge if mode != "denied" else "") if meant else _nothing()

    async def _deliver(self, request: Request) -> Response:
        """Take a delivery and answer when it is stored, so that a hub tries again whatever dies."""
        pushing = self._pushing()
        token = request.path_params["token"]
        to = await asyncio.to_thread(pushing.recipient, token) if pushing else None
        if pushing is None or to is None:
            return _nothing()
        with self._turns.setdefault(to.push.feed_id, Turns()).turn(monotonic()) as free:
            if not free:
                later = {"retry-after": f"{_MINUTE:g}"}
                return PlainTextResponse("", HTTPStatus.TOO_MANY_REQUESTS, later)
            async with self._room:
                body = await self._body(request)
                if isinstance(body, Response):
                    return body
                headers = request.headers
                delivery = Delivery(body, headers.get("content-type"), headers.get("x-hub-signature", ""))
                await (self._pushing() or pushing).take(to, delivery)  # a reload may have come in between
        return PlainTextResponse("", HTTPStatus.ACCEPTED)

    async def _body(self, request: Request) -> bytes | Response:
        """Return the body, or the answer to one that is too large, too slow or broken off."""
        fetch, body = self._monitor.settings.fetch, bytearray()
        try:
            async with asyncio.timeout(fetch.timeout.total_seconds()):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > fetch.max_bytes:
                        return PlainTextResponse("", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except TimeoutError:
            return PlainTextResponse("", HTTPStatus.REQUEST_TIMEOUT)
        except ClientDisconnect:
            return PlainTextResponse("", HTTPStatus.BAD_REQUEST)
        return bytes(body)


def _nothing() -> Response:
    return PlainTextResponse("", HTTPStatus.NOT_FOUND)


class Turns:
    """How often one feed's callback is let in: four at once, sixty a minute; the busiest wires push ten."""

    def __init__(self) -> None:
        self._came: deque[float] = deque(maxlen=_PER_MINUTE)
        self._inside = 0

    @contextmanager
    def turn(self, now: float) -> Iterator[bool]:
        """Give whether a delivery may come in at this time in seconds, and hold its place until the end."""
        busy = len(self._came) == _PER_MINUTE and now - self._came[0] < _MINUTE
        if busy or self._inside == _AT_ONCE:
            yield False
            return
        self._came.append(now)
        self._inside += 1
        try:
            yield True
        finally:
            self._inside -= 1
