"""Replay of documents that publishers really served, over loopback HTTP, against what is known of them.

Every feed is polled step by step through the program's own command. By default the first steps of
each feed and a few later runs of consecutive ones are replayed; MONITOR_FULL_REPLAY=1 replays all.
"""

import gzip
import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor import clock
from monitor.model.fetching import Document, Failed
from monitor.parse import parse
from tests.e2e.oracle import Oracle, Step, read
from tests.e2e.program import call
from tests.servers.publisher import Publisher
from tests.shared_data import shared

log = logging.getLogger(__name__)

FULL = bool(os.environ.get("MONITOR_FULL_REPLAY"))
FIRST, RUN = 2, 2
BIG = 300
"""Of a feed with more items than this in a document, only the first steps are replayed by default."""


def _documents() -> Path:
    return shared("feeds", "snapshots")


def _chosen(steps: Sequence[Step]) -> list[Step]:
    """Return the first steps, and a run of consecutive ones from two thirds on, where there are more."""
    if FULL or len(steps) <= FIRST + RUN:
        return list(steps)
    later = 2 * len(steps) // 3
    unusual = [step for step in steps if step.state != "ok"][:1]
    run = [] if len(steps[0].items) > BIG else [*unusual, *steps[later : later + RUN]]
    return sorted({*steps[:FIRST], *run}, key=lambda step: step.number)


def _rounds(feeds: dict[str, list[Step]]) -> Iterator[list[Step]]:
    """Yield one step of every feed that has one left."""
    chosen = [_chosen(steps) for steps in feeds.values()]
    for number in range(max(map(len, chosen))):
        yield [steps[number] for steps in chosen if number < len(steps)]


class Replay:
    """The shared feeds on a loopback publisher, and a monitor that is subscribed to them."""

    def __init__(self, publisher: Publisher, config: Path, feeds: dict[str, list[Step]]) -> None:
        self._publisher = publisher
        self._config = config
        self._oracles = {feed: Oracle() for feed in feeds}
        self.rules: Counter[str] = Counter()
        self.equal = 0
        addresses = [publisher.serve(f"/{feed}", b"", status=404) for feed in feeds]
        config.write_text(
            f'[store]\nurl = "sqlite:///{config.parent}/monitor.db"\n'
            '[fetch]\nallow_private = ["127.0.0.0/8"]\nper_host = 20\nper_host_delay = "0s"\n'
            + "".join(f'[[feeds]]\nurl = "{address}"\n' for address in addresses),
            "utf-8",
        )

    def step(self, steps: Sequence[Step], *, twice: bool) -> list[str]:
        """Publish a document of each feed and poll; return what is not as it must be."""
        bodies = {step.feed: gzip.decompress((_documents() / step.path).read_bytes()) for step in steps}
        self._publish(bodies)
        counts = self._poll()
        wrong = [self._wrong(step, bodies[step.feed], counts[step.feed]) for step in steps]
        if twice:
            self._publish({feed: body + b"\n" if body else body for feed, body in bodies.items()})
        again = self._poll()
        wrong += [
            f"{step.feed} {step.number}: again {again[step.feed]}" for step in steps if any(again[step.feed])
        ]
        return list(filter(None, wrong))

    def _publish(self, bodies: dict[str, bytes]) -> None:
        for feed, body in bodies.items():
            self._publisher.serve(f"/{feed}", body, content_type="text/xml")

    def _poll(self) -> dict[str, tuple[int, int]]:
        ran = call("--config", self._config, "poll", "--all", "--json")
        return {
            record["feed"].rpartition("/")[2]: (record["new"] + record["copies"], record["revisions"])
            for record in ran.records
            if "feed" in record
        }

    def _wrong(self, step: Step, body: bytes, got: tuple[int, int]) -> str:
        document = Document(self._publisher.url(f"/{step.feed}"), body, "text/xml")
        parsed = parse(document, clock.now())
        entries = () if isinstance(parsed, Failed) else parsed.entries
        wanted = self._oracles[step.feed].read(step, entries)
        self.rules.update(wanted.exceptions)
        self.equal += got == (wanted.new, wanted.revisions) and not +Counter(wanted.exceptions)
        if got == (wanted.new, wanted.revisions):
            return ""
        return f"{step.feed} {step.number} ({step.path}): wanted {wanted}, got {got}"


def test_a_replay_brings_what_is_known_to_be_in_it(tmp_path: Path) -> None:
    """Per feed and step, new and copies are the new items, and revisions the ones whose words changed."""
    feeds = read(_documents() / "expected.jsonl.gz")
    wrong: list[str] = []
    with Publisher() as publisher:
        replay = Replay(publisher, tmp_path / "monitor.toml", feeds)
        count = 0
        for number, steps in enumerate(_rounds(feeds)):
            wrong += replay.step(steps, twice=number % 10 == 0)
            count += len(steps)
    log.info("%d steps, %d by keys alone, exceptions %s", count, replay.equal, dict(replay.rules))
    assert not wrong, "\n".join(wrong)
