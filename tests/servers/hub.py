"""A WebSub hub on loopback: verifies, distributes and misbehaves as a test tells it to.

    with Hub() as hub:
        hub.url()                                  # what a feed names as its hub
        hub.manner = Manner(lease=60)              # how it behaves from now on
        hub.asked                                  # the forms it was sent, oldest first
        hub.verifications                          # status and body of every answer to a challenge
        hub.deliver(topic, document)               # to whoever is subscribed; returns the statuses

It verifies in a thread of its own after it has answered, as most hubs do, unless the manner says otherwise.
"""

import asyncio
import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.servers.publisher import Answer, Publisher, Request

CHALLENGE = "<script>challenge</script> &0123456789"
_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Manner:
    """How a hub behaves: its answer to a request, and what it asks of the callback.

    early: it verifies before it answers, whatever it answers then. topic: what it verifies instead of what
    it was asked for. redirect: where it sends requests on to (307). silent: it accepts and never verifies.
    deny: it denies. delay: how many seconds it takes to answer.
    """

    status: int = 202
    lease: str = "864000"
    early: bool = False
    topic: str | None = None
    redirect: str | None = None
    silent: bool = False
    deny: bool = False
    delay: float = 0


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who is to be sent what: verified subscribers only."""

    callback: str
    topic: str
    secret: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a callback answered."""

    status: int
    body: bytes
    content_type: str | None


class Hub:
    """A hub, up between enter and exit."""

    def __init__(self) -> None:
        self.manner = Manner()
        self.asked: list[dict[str, str]] = []
        self.verifications: list[Said] = []
        self.subscribers: dict[str, Subscriber] = {}
        self._web = Publisher()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._web.__enter__()
        self._web.script("/hub", self._answer)
        return self

    def __exit__(self, *trouble: object) -> None:
        for thread in self._threads:
            thread.join(_PATIENCE)
        self._web.__exit__(None, None, None)

    async def settled(self) -> None:
        """Wait until everything that the hub has to ask back is asked."""
        for thread in self._threads.copy():
            await asyncio.to_thread(thread.join, _PATIENCE)

    def url(self, path: str = "/hub") -> str:
        """Return the address of a path here."""
        return self._web.url(path)

    @property
    def requests(self) -> list[Request]:
        """Everything that was asked, byte for byte."""
        return self._web.requests

    def _answer(self, request: Request) -> Answer:
        manner = self.manner
        if manner.redirect:
            return Answer(status=307, headers={"Location": manner.redirect})
        form = dict(parse_qsl(request.body.decode()))
        self.asked.append(form)
        if manner.early:
            self._ask_back(form, manner)
        elif manner.status == 202 and not manner.silent:
            thread = threading.Thread(target=self._ask_back, args=[form, manner])
            self._threads.append(thread)
            thread.start()
        return Answer(status=manner.status, delay=manner.delay)

    def _ask_back(self, form: Mapping[str, str], manner: Manner) -> None:
        """Verify a request, or deny it."""
        callback, topic = form["hub.callback"], form["hub.topic"]
        if manner.deny:
            denial = {"hub.mode": "denied", "hub.topic": topic, "hub.reason": "not\x1b[31m today"}
            self.verifications.append(ask(callback, denial))
            return
        mode = form["hub.mode"]
        said = self.verify(callback, manner.topic or topic, mode, manner.lease)
        if said.status // 100 != 2 or said.body.decode() != CHALLENGE:
            return
        if mode == "unsubscribe":
            self.subscribers.pop(callback, None)
        else:
            self.subscribers[callback] = Subscriber(callback, topic, form.get("hub.secret", ""))

    def verify(self, callback: str, topic: str, mode: str = "subscribe", lease: str = "864000") -> Said:
        """Ask a callback whether it wants that."""
        question = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": CHALLENGE}
        said = ask(callback, question | ({"hub.lease_seconds": lease} if mode == "subscribe" else {}))
        self.verifications.append(said)
        return said

    def deliver(
        self,
        topic: str,
        body: bytes,
        content_type: str = "application/rss+xml",
        *,
        method: str = "sha256",
        secret: str | None = None,
    ) -> list[int]:
        """Send a body to everybody who is subscribed to a topic, signed with their secret or another."""
        return [
            post(
                one.callback,
                body,
                content_type,
                signature=signature(secret or one.secret, body, method),
            ).status
            for one in self.subscribers.values()
            if one.topic == topic
        ]


def signature(secret: str, body: bytes, method: str = "sha256") -> str:
    """Return the X-Hub-Signature of a body."""
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def ask(callback: str, question: Mapping[str, str]) -> Said:
    """Ask a callback something."""
    return _request("GET", f"{callback}?{urlencode(question)}", b"", {})


def post(callback: str, body: bytes, content_type: str, *, signature: str | None) -> Said:
    """Send a callback something."""
    signed = {"X-Hub-Signature": signature} if signature is not None else {}
    links = {"Link": '<https://elsewhere.example/feed>; rel="self", <https://hub.example/>; rel="hub"'}
    return _request("POST", callback, body, {"Content-Type": content_type} | signed | links)


def _request(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Said:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body or None, dict(headers))
        answer = connection.getresponse()
        return Said(answer.status, answer.read(), answer.getheader("content-type"))
    finally:
        connection.close()
