"""Running the program as a person does: a command in this process, or a process of its own."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from monitor.cli import main

ROOT = Path(__file__).resolve().parents[2]
CEILING = 90.0
"""How many seconds anything here may take before the test fails; a slow machine needs a tenth."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Return what it wrote as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def call(*arguments: str | Path) -> Ran:
    """Run one command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Ran(code, out.getvalue(), err.getvalue())


@contextmanager
def started(
    *arguments: str | Path,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    log: Path | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """Start the program in a process of its own; when the block ends it is dead, with its children.

    What it says on stderr is in what `ended` returns, or in the log while it goes on.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    with ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "monitor", *map(str, arguments)],
                env=inherited | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | dict(environ or {}),
                cwd=folder or ROOT,
                text=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stack.enter_context(log.open("w")) if log else subprocess.PIPE,
                start_new_session=True,
            )
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def alone(process: subprocess.Popen[str]) -> bool:
    """Tell whether a process that has ended left no child of its behind."""
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return True
    return False


def family(process: subprocess.Popen[str]) -> set[int]:
    """Return the ids of a process that runs and of its children, however distant, as /proc has them."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError):
            if os.getsid(int(folder.name)) == process.pid:
                found.add(int(folder.name))
    return found


def ended(process: subprocess.Popen[str], number: signal.Signals | None = None) -> Ran:
    """Wait for a process, after a signal if one is given, and return what it came to."""
    if number is not None:
        process.send_signal(number)
    out, err = process.communicate(timeout=CEILING)
    return Ran(process.returncode, out, err or "")


def run(*arguments: str | Path, environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Ran:
    """Run one command in a process of its own."""
    with started(*arguments, environ=environ, folder=folder) as process:
        return ended(process)


def until(found: Callable[[], T | None], what: str) -> T:
    """Ask again and again until something is found; fails by its name when nothing ever is."""
    last = time.monotonic() + CEILING
    while time.monotonic() < last:
        if result := found():
            return result
        time.sleep(0.02)
    raise AssertionError(f"waited {CEILING:g} s for {what}")
