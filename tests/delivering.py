"""What a proof of delivery needs: a mail server that kills, processes that die, when digests are due."""

import os
import queue
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from zoneinfo import ZoneInfo

from tests.servers.mailbox import Mailbox

_PATIENCE = 20.0
_FORK = get_context("fork")
_QUARTER = timedelta(minutes=15)


class DeadlyMailbox(Mailbox):
    """A mail server that has its client killed when a command arrives, before it answers."""

    def __init__(self) -> None:
        super().__init__()
        self._moment: str | None = None
        self._spared = 0
        self._client: queue.Queue[Callable[[], None]] = queue.Queue()

    def kill_at(self, moment: str, spared: int, work: Callable[[], None]) -> bool:
        """Do work in a process that dies at a command, so many times spared; tell whether it came to that."""
        self._moment, self._spared = moment, spared
        self._client = queue.Queue()
        died = in_a_process(work, self._client.put)
        self._moment = None
        return died

    def scripted(self, command: str) -> str | None:
        """Kill the client, once, when its moment has come."""
        if self._moment and command.upper().startswith(self._moment):
            self._spared -= 1
            if self._spared < 0:
                self._moment = None
                self._client.get(timeout=_PATIENCE)()
        return super().scripted(command)


def in_a_process(
    work: Callable[[], None], born: Callable[[Callable[[], None]], None] = lambda _: None
) -> bool:
    """Do work in a process of its own, told of how to kill it; tell whether it was killed."""
    process = _FORK.Process(target=work)
    process.start()

    def kill() -> None:
        process.kill()
        process.join(_PATIENCE)

    born(kill)
    process.join(_PATIENCE)
    code = process.exitcode
    assert code in {0, -signal.SIGKILL}, f"the process ended with {code}"
    return code != 0


@dataclass
class DeadlyClock:
    """A clock that stands, and kills who looks at it once too often."""

    at: datetime
    spared: int

    def __call__(self) -> datetime:
        """Return the time it shows."""
        self.spared -= 1
        if self.spared < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.at


def last_due(times: tuple[str, ...], zone: ZoneInfo, after: datetime, now: datetime) -> datetime | None:
    """Return the last moment in (after, now] at which a clock on the wall reaches one of some quarter hours.

    It reaches a time that is there twice once, at first, and one that is skipped when it jumps over it.
    """
    moment = now - (now - datetime.min.replace(tzinfo=UTC)) % _QUARTER
    while moment > after:
        before, shown = (at.astimezone(zone).replace(tzinfo=None) for at in (moment - _QUARTER, moment))
        passed = [before + step * _QUARTER for step in range(1, (shown - before) // _QUARTER + 1)]
        if not moment.astimezone(zone).fold and any(f"{one:%H:%M}" in times for one in passed):
            return moment
        moment -= _QUARTER
    return None
