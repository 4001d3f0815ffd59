"""Fetch: the bytes of a feed, from its address; one way in, so that one guard watches all of it.

http    one conditional GET, its redirects and what its answer means
body    bytes off the wire, unpacked within a bound
guard   no connection to an address that is not public
gate    no host asked too often, no more than so many at once
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol

from monitor import __version__
from monitor.model import Fetched, Job


class Fetch(Protocol):
    """Asks for one feed; whatever a server does comes back as a value, never as an exception."""

    async def __call__(self, job: Job) -> Fetched:
        """Return the document, that it has not changed, or why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """The bounds of fetching.

    per_host is how many requests one host gets at once and per_host_delay how far apart they start at
    least; timeout is for a whole fetch with its redirects, not counting the wait for the host's turn;
    max_bytes bounds a body both as sent and unpacked; allow_private names networks that may be asked
    although they are not public; concurrency is how many requests are under way at once in all.
    """

    per_host: int = 2
    per_host_delay: timedelta = timedelta(seconds=5)
    timeout: timedelta = timedelta(seconds=30)
    max_bytes: int = 10_000_000
    allow_private: tuple[IPv4Network | IPv6Network, ...] = ()
    user_agent: str = f"monitor/{__version__} (news feed reader)"
    concurrency: int = 100


@asynccontextmanager
async def open_fetch(options: FetchOptions) -> AsyncIterator[Fetch]:
    """Return a fetcher for the running event loop; leaving closes its connections."""
    from monitor.fetch.http import open_http

    async with open_http(options) as fetch:
        yield fetch
