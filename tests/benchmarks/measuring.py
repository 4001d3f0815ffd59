"""What a command costs: seconds of wall and CPU, and memory at its peak, of all its processes together."""

import os
import resource
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

_EVERY = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall, seconds of CPU (user and system), bytes at the peak; what the command printed."""

    wall: float
    cpu: float
    memory: int
    printed: str = ""


def run(command: Sequence[str | Path], environ: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end and return what it cost; one that fails raises, with what it said.

    Memory is what the processes of the command's session hold resident, summed, ten times a second. CPU is
    the kernel's account of the ended children; processes that another one reaps, as those of a fork server
    are, are not in it, and where there are such it is what was last seen of each.
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
    return Cost(wall, max(cpu, watch.cpu), watch.peak, out)


def _cpu() -> float:
    """Return the CPU seconds of children that have ended, with their own."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Watch(threading.Thread):
    """Looks at a session's processes until it is over: memory at the peak, CPU of each when last seen."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session = session
        self._cpu: dict[str, float] = {}
        self.over = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while not self.over.wait(_EVERY):
            seen = list(_processes(self._session))
            self.peak = max(self.peak, sum(process.memory for process in seen))
            self._cpu |= {process.id: process.cpu for process in seen}

    @property
    def cpu(self) -> float:
        """Return the CPU seconds of all processes there were, less what each did after it was last seen."""
        return sum(self._cpu.values())


@dataclass(frozen=True, slots=True)
class _Process:
    """A process now: bytes resident, CPU seconds of its own."""

    id: str
    memory: int
    cpu: float


_USER, _SYSTEM, _RSS, _SESSION = 11, 12, 21, 3
"""Where proc(5) has them in stat, counted from the state that follows the command's name."""


def _processes(session: int) -> Iterator[_Process]:
    """Yield the processes of a session; none where there is no /proc."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(stat[_SESSION]) == session:
            cpu = (int(stat[_USER]) + int(stat[_SYSTEM])) / _TICKS
            yield _Process(folder.name, int(stat[_RSS]) * _PAGE, cpu)
