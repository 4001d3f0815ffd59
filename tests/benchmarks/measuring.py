"""What a command costs: seconds of wall and CPU, and memory at its peak, of all its processes together."""

import os
import resource
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

_EVERY = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall, seconds of CPU (user and system), bytes at the peak; what the command printed."""

    wall: float
    cpu: float
    memory: int
    printed: str = ""


def run(command: Sequence[str | Path], environ: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end and return what it cost; one that fails raises, with what it said.

    Memory is what the processes of the command's session hold resident, summed, ten times a second.
    """
    before, started = _cpu(), perf_counter()
    process = subprocess.Popen(
        list(map(str, command)),
        env={**os.environ, **(environ or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    watch = _Watch(process.pid)
    watch.start()
    try:
        out, err = process.communicate()
        wall, cpu = perf_counter() - started, _cpu() - before
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        watch.over.set()
        watch.join()
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {err[-2000:]}{out[-500:]}")
    return Cost(wall, cpu, watch.peak, out)


def _cpu() -> float:
    """Return the CPU seconds of children that have ended, with their own."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Watch(threading.Thread):
    """Looks at a session's memory until it is over."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session = session
        self.over = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while not self.over.wait(_EVERY):
            self.peak = max(self.peak, resident(self._session))


def resident(session: int) -> int:
    """Return the bytes that the processes of a session hold in memory, 0 where there is no /proc."""
    return sum(
        _resident(folder)
        for folder in Path("/proc").glob("[0-9]*")
        if _stat(folder)[_SESSION:][:1] == [str(session)]
    )


_SESSION, _RSS = 3, 21
"""Where proc(5) has them in stat, counted from the state that follows the command's name."""


def _stat(folder: Path) -> list[str]:
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return []


def _resident(folder: Path) -> int:
    return int((_stat(folder)[_RSS:] or ["0"])[0]) * _PAGE
