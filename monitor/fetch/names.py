"""Names into addresses: looked up in threads of their own and remembered for a little while."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address

LookUp = Callable[[str], tuple[str, ...]]

_THREADS = 64  # a name server that is silent holds one for 10 s and more
_KEPT = 60.0  # seconds; large hosters let their addresses live that long, and few less
_KEPT_FAILURE = 5.0  # enough for the feeds of one host in one tick
_MOST = 10_000  # names; about 3 MB


@dataclass(frozen=True, slots=True)
class _Held:
    asked_at: float
    found: "asyncio.Future[tuple[str, ...]]"

    def good_at(self, now: float) -> bool:
        kept = _KEPT if not self.found.done() or self.found.result() else _KEPT_FAILURE
        return now < self.asked_at + kept


class Names:
    """The addresses of hosts; whoever asks for a name that is being looked up waits for the same answer."""

    def __init__(self, look_up: LookUp | None = None) -> None:
        self._look_up = look_up or _look_up
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolve")
        self._held: dict[str, _Held] = {}

    def close(self) -> None:
        """Let the threads end; names still being looked up are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Return a host's addresses in the system's order of preference, none where it has none."""
        if _is_address(host):
            return (host,)
        loop = asyncio.get_running_loop()
        held = self._held.get(host)
        if not held or not held.good_at(loop.time()):
            held = _Held(loop.time(), loop.run_in_executor(self._threads, self._look_up, host))
            self._hold(host, held)
        return await asyncio.shield(held.found)

    def _hold(self, host: str, held: _Held) -> None:
        self._held.pop(host, None)
        self._held[host] = held
        if len(self._held) > _MOST:
            del self._held[next(iter(self._held))]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(host: str) -> tuple[str, ...]:
    """Ask the system, which also reads the odd spellings of addresses (decimal, octal, hexadecimal)."""
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))
