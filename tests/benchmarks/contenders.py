"""Who is measured: this program and its peers, each with a configuration and a store of its own."""

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.benchmarks.documents import WORDS
from tests.benchmarks.measuring import Cost, run

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".peers"
"""Where `make peers` installs reader; MONITOR_PEERS names another place."""


class Contender(Protocol):
    """A program that polls feeds."""

    def subscribe(self, urls: Sequence[str]) -> None:
        """Make it know the feeds; not measured."""
        ...

    def poll(self) -> Cost:
        """Let it poll every feed once."""
        ...

    def stories(self) -> int:
        """Return how many items it has stored since it began."""
        ...


def settings(folder: Path, urls: Sequence[str], every: str = "") -> str:
    """Return a configuration with twenty topics and politeness opened, for feeds on loopback.

    The topics' words are frequent to rare: about every third story matches one or more.
    """
    store = f'[store]\nurl = "sqlite:///{folder}/bench.db"\n'
    fetch = (
        '[fetch]\nallow_private = ["127.0.0.0/8"]\nper_host = 100\nper_host_delay = "0s"\nconcurrency = 100\n'
    )
    topics = "".join(
        f'[[topics]]\nname = "t{number}"\nquery = "({WORDS[400 + 9 * number]} OR {WORDS[2_000 + number]}) '
        f'NOT {WORDS[900 + number]}"\n'
        for number in range(20)
    )
    each = f'every = "{every}"\n' if every else ""
    return store + fetch + topics + "".join(f'[[feeds]]\nurl = "{url}"\n{each}' for url in urls)


@dataclass
class Monitor:
    """This program: `monitor poll --all`, with its start and the taking in of its configuration."""

    folder: Path
    _stories: int = 0

    def subscribe(self, urls: Sequence[str]) -> None:
        """Make the store, without feeds, and write the configuration that the first poll takes in."""
        config = self.folder / "monitor.toml"
        config.write_text(settings(self.folder, ()))
        self._run()
        config.write_text(settings(self.folder, urls))

    def _run(self) -> Cost:
        config = self.folder / "monitor.toml"
        command = (sys.executable, "-m", "monitor", "--config", config, "poll", "--all", "--json")
        return run(command, {"PYTHONPATH": str(ROOT), **bytecode()})

    def poll(self) -> Cost:
        """Poll every feed."""
        cost = self._run()
        summary = json.loads(cost.printed.splitlines()[-1])["summary"]
        self._stories += summary["new"]
        return cost

    def stories(self) -> int:
        """Return what the summaries said was new."""
        return self._stories


@dataclass
class Reader:
    """lemon24's reader with twenty workers."""

    folder: Path

    def subscribe(self, urls: Sequence[str]) -> None:
        """Add the feeds to its database."""
        addresses = self.folder / "urls"
        addresses.write_text("\n".join(urls))
        self._run("add", addresses)

    def poll(self) -> Cost:
        """Update every feed."""
        return self._run("poll", "20")

    def stories(self) -> int:
        """Return how many entries it has."""
        return int(self._run("count").printed)

    def _run(self, what: str, *more: str | Path) -> Cost:
        script = Path(__file__).with_name("reader_script.py")
        command = (peers() / "bin" / "python", script, what, self.folder / "reader.db", *more)
        return run(command, bytecode())


@dataclass
class Newsboat:
    """`newsboat -x reload` with fifty threads."""

    folder: Path

    def subscribe(self, urls: Sequence[str]) -> None:
        """Write its list of addresses."""
        (self.folder / "urls").write_text("\n".join(urls) + "\n")
        (self.folder / "config").write_text("reload-threads 50\n")

    def poll(self) -> Cost:
        """Reload every feed."""
        files = ("-u", self.folder / "urls", "-c", self.folder / "cache.db", "-C", self.folder / "config")
        return run(["newsboat", "-q", *map(str, files), "-x", "reload"], {"HOME": str(self.folder)})

    def stories(self) -> int:
        """Return how many items its cache holds."""
        with closing(sqlite3.connect(self.folder / "cache.db")) as cache:
            return int(cache.execute("SELECT count(*) FROM rss_item").fetchone()[0])


def bytecode() -> dict[str, str]:
    """Return what makes Python keep compiled modules, whatever the machine says.

    Compiling takes seconds at every start; whoever installs the program has it done once.
    """
    return {"PYTHONDONTWRITEBYTECODE": ""}


def peers() -> Path:
    """Return the environment that reader is installed in."""
    return Path(os.environ.get("MONITOR_PEERS", PEERS))


def absent(name: str) -> str | None:
    """Return how to install a contender that is not there."""
    if name == "reader" and not (peers() / "bin" / "python").exists():
        return "reader is not there: `make peers` installs it"
    if name == "newsboat" and not shutil.which("newsboat"):
        return "newsboat is not there: install your system's package (Debian: apt-get install newsboat)"
    return None


CONTENDERS: dict[str, type[Monitor] | type[Reader] | type[Newsboat]] = {
    "monitor": Monitor,
    "reader": Reader,
    "newsboat": Newsboat,
}
