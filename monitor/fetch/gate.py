"""The gate: how many requests are under way, in all and for each host."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta


class _Host:
    """One host's turns: room for so many at once, and a door that one at a time waits behind."""

    __slots__ = ("door", "opens", "room", "users")

    def __init__(self, per_host: int) -> None:
        self.room = asyncio.Semaphore(per_host)
        self.door = asyncio.Lock()
        self.opens = 0.0
        self.users = 0


class Gate:
    """Lets at most concurrency in, at most per_host of a host, delay apart, in the order of asking.

    Whoever waits for a host holds no place that another host could use.
    """

    def __init__(self, *, per_host: int, delay: timedelta, concurrency: int) -> None:
        self._per_host = per_host
        self._delay = delay.total_seconds()
        self._places = asyncio.Semaphore(concurrency)
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def enter(self, name: str) -> AsyncIterator[None]:
        """Wait for the host's turn, then hold a place until the block ends."""
        host = self._hosts.setdefault(name, _Host(self._per_host))
        host.users += 1
        try:
            async with host.room:
                await self._start(host)
                try:
                    yield
                finally:
                    self._places.release()
        finally:
            host.users -= 1
            asyncio.get_running_loop().call_at(host.opens, self._forget, name, host)

    async def _start(self, host: _Host) -> None:
        clock = asyncio.get_running_loop().time
        async with host.door:
            await asyncio.sleep(max(0.0, host.opens - clock()))
            await self._places.acquire()
            host.opens = clock() + self._delay

    def _forget(self, name: str, host: _Host) -> None:
        """Drop a host that nobody waits for and whose delay is over."""
        if not host.users and self._hosts.get(name) is host:
            del self._hosts[name]
