"""Fetch: what an address answers; one way out, so that one guard watches all of it.

http      a question, its turns, redirects and deadline; a feed's conditional GET
hops      where redirects lead and what they may take along
gate      no host asked too often, no more than so many at once
wire      one connection a request, through a proxy or not
names     host names into addresses
guard     no connection to an address that is not public
message   HTTP/1.1 as it comes off the wire
body      packed bodies, unpacked within a bound
meaning   what header fields mean to us
troubles  what went wrong, in sentences
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Literal, Protocol

from monitor import __version__
from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Failed, Fetched, Job

_PLAIN = FeedOptions()


@dataclass(frozen=True, slots=True)
class Request:
    """One question to an address: what to ask for and how.

    headers and body are for this address's own origin: redirects take them to no other. A body makes sense
    with POST only, with its Content-Type among the headers. limit bounds the answer's body in bytes, as sent
    and unpacked (None: the configured bound). options are those of the feed that it is asked for.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    options: FeedOptions = _PLAIN
    limit: int | None = None
    accept: str = "*/*"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status, with its body unpacked and redirects followed.

    url is the final address, without credentials; moved_to is the address that replaces the asked one for
    good (301 or 308 on every hop and a success at its end). Header names are in lower case. withheld says
    that a redirect led to another origin, which did not get the login and the headers.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    moved_to: str | None = None
    withheld: bool = False

    @property
    def ok(self) -> bool:
        """Whether the status is one of success (2xx)."""
        return 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name as it came, the first where there are several."""
        return next((value for key, value in self.headers if key == name), None)


class Asker(Protocol):
    """Asks any address on the web, politely and guarded; the one way out for everything but feeds' polls."""

    async def ask(self, request: Request) -> Answer | Failed:
        """Return the answer, or why there is none; an answer of any status is an answer.

        It waits for the host's turn first, however long that takes, and then has one deadline for all.
        """
        ...


class Fetch(Protocol):
    """Asks for one feed; whatever a server does comes back as a value, never as an exception."""

    async def __call__(self, job: Job) -> Fetched:
        """Return the document, that it has not changed, or why there is none."""
        ...


class Fetcher(Fetch, Asker, Protocol):
    """Both over one gate and one guard: call it with a job, `ask` it a request."""


@dataclass(frozen=True, slots=True)
class Turns:
    """How often one host is asked: so many requests at once, that start at least delay apart."""

    per_host: int = 2
    delay: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """The bounds of fetching.

    per_host is how many requests one host (registrable domain) gets at once and per_host_delay how far
    apart they start at least; hosts are the turns of those hosts that have their own. timeout is for a whole
    fetch with its redirects, not counting the waits for turns; max_bytes bounds a body both as sent and
    unpacked; allow_private names networks that may be asked although they are not public; concurrency is
    how many requests are under way at once in all.
    """

    per_host: int = 2
    per_host_delay: timedelta = timedelta(seconds=5)
    timeout: timedelta = timedelta(seconds=30)
    max_bytes: int = 10_000_000
    allow_private: tuple[IPv4Network | IPv6Network, ...] = ()
    user_agent: str = f"monitor/{__version__} (news feed reader)"
    concurrency: int = 100
    hosts: Mapping[str, Turns] = field(default_factory=dict)


@asynccontextmanager
async def open_fetch(options: FetchOptions) -> AsyncIterator[Fetcher]:
    """Return what fetches and asks on the running event loop; leaving ends what it holds."""
    from monitor.fetch.http import open_http

    async with open_http(options) as fetch:
        yield fetch
