"""The gate: how many requests are under way, in all and for each host."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from monitor.fetch import Turns

LONGEST_SHUT = timedelta(hours=1)
"""One feed's answer keeps the others of its host away no longer than this."""


class ShutError(Exception):
    """A host that asked everybody to wait; left is how long still."""

    def __init__(self, left: timedelta) -> None:
        self.left = left
        super().__init__(left)


class _Host:
    """One host's turns: room for so many at once, and a door that one at a time waits behind."""

    __slots__ = ("delay", "door", "opens", "room", "shut_until", "users")

    def __init__(self, turns: Turns) -> None:
        self.room = asyncio.Semaphore(turns.per_host)
        self.delay = turns.delay.total_seconds()
        self.door = asyncio.Lock()
        self.opens = 0.0
        self.shut_until = 0.0
        self.users = 0


class Gate:
    """Lets at most concurrency in, at most per_host of a host, delay apart, in the order of asking.

    A host is a registrable domain; some have turns of their own. Whoever waits for a host holds no place
    that another host could use.
    """

    def __init__(self, turns: Turns, own: Mapping[str, Turns], *, concurrency: int) -> None:
        self._turns = turns
        self._own = own
        self._places = asyncio.Semaphore(concurrency)
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def enter(self, name: str) -> AsyncIterator[None]:
        """Wait for the host's turn, then hold a place until the block ends; ShutError where it is shut."""
        host = self._host(name)
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
            self._forget_later(name, host)

    def shut(self, name: str, wait: timedelta) -> None:
        """Let nobody else to a host that asks for a pause, those who wait for their turn included."""
        host = self._host(name)
        until = asyncio.get_running_loop().time() + min(wait, LONGEST_SHUT).total_seconds()
        host.shut_until = max(host.shut_until, until)
        self._forget_later(name, host)

    async def _start(self, host: _Host) -> None:
        clock = asyncio.get_running_loop().time
        async with host.door:
            if (early := host.opens - clock()) > 0:
                await asyncio.sleep(early)
            if (left := host.shut_until - clock()) > 0:
                raise ShutError(timedelta(seconds=left))
            await self._places.acquire()
            host.opens = clock() + host.delay

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            self._hosts[name] = _Host(self._own.get(name, self._turns))
        return self._hosts[name]

    def _forget_later(self, name: str, host: _Host) -> None:
        when = max(host.opens, host.shut_until)
        asyncio.get_running_loop().call_at(when, self._forget, name, host)

    def _forget(self, name: str, host: _Host) -> None:
        """Drop a host that nobody waits for and whose delay is over."""
        over = max(host.opens, host.shut_until) <= asyncio.get_running_loop().time()
        if over and not host.users and self._hosts.get(name) is host:
            del self._hosts[name]
