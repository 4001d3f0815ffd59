"""This program against its peers, in one run: `python -m tests.benchmarks.peers --help`.

Every contender polls the same feeds on loopback with a fresh store: first; twice more, nothing new; one
new item in every feed; the same bytes from servers that know no 304. What they stored is counted after
every poll, so that nobody is quick by being wrong. Trust the ratios of one run, not its seconds.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.contenders import CONTENDERS, Contender, absent
from tests.benchmarks.measuring import Cost
from tests.benchmarks.server import Plan, Server, Stage, serving

POLLS = {
    "first": Stage.OLD,
    "again": Stage.OLD,
    "304": Stage.OLD,
    "one new": Stage.NEW,
    "same bytes": Stage.SAME,
}
"""What each poll meets; "again" is apart from "304" since newsboat keeps no validator of its first poll."""

MEMORY = 350_000_000

Costs = Mapping[tuple[str, str], Cost]
"""By contender and poll."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What our wall time may be of a peer's: at most most, and best at most aim."""

    poll: str
    peer: str
    most: float
    aim: float


BARS = (
    Bar("first", "newsboat", 0.75, 0.5),
    Bar("first", "reader", 0.42, 0.28),
    Bar("304", "reader", 0.5, 0.2),
    Bar("one new", "reader", 0.12, 0.06),
    Bar("one new", "newsboat", 0.08, 0.04),
)
"""Those of issue 3."""


def measure(feeds: int, items: int, names: Sequence[str]) -> dict[tuple[str, str], Cost]:
    """Let each contender poll at every stage, in turns; raise where one stored what it should not."""
    costs = {}
    with tempfile.TemporaryDirectory() as folder, serving(Plan(feeds, items)) as server:
        contenders = {name: _subscribed(name, Path(folder), server) for name in names}
        for poll, stage in POLLS.items():
            server.show(stage)
            expected = feeds * (items + (stage is not Stage.OLD))
            for name, contender in contenders.items():
                costs[name, poll] = cost = contender.poll()
                print(f"{poll}, {name}: {cost.wall:.2f} s", file=sys.stderr)
                if (stored := contender.stories()) != expected:
                    raise ValueError(f"{name} has {stored} stories after {poll!r}, not {expected}")
    return costs


def _subscribed(name: str, folder: Path, server: Server) -> Contender:
    own = folder / name
    own.mkdir()
    contender = CONTENDERS[name](own)
    contender.subscribe(server.urls)
    return contender


def medians(rounds: Sequence[Costs]) -> Costs:
    """Return the median of each figure over rounds."""
    return {
        key: Cost(
            median(costs[key].wall for costs in rounds),
            median(costs[key].cpu for costs in rounds),
            int(median(costs[key].memory for costs in rounds)),
        )
        for key in rounds[0]
    }


def table(costs: Costs, names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a table: wall and CPU seconds and megabytes of each poll and contender."""
    yield f"| {'poll':<10} | " + " | ".join(f"{name + ': wall s, CPU s, MB':<28}" for name in names) + " |"
    yield f"|{'-' * 12}|" + "|".join("-" * 30 for _ in names) + "|"
    for poll in POLLS:
        cells = (costs[name, poll] for name in names)
        written = (f"{cost.wall:8.2f} {cost.cpu:9.2f} {cost.memory / 1e6:9.0f}" for cost in cells)
        yield f"| {poll:<10} | " + " | ".join(written) + " |"


def verdicts(costs: Costs, names: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each bar whose contenders were measured."""
    for bar in BARS:
        if {"monitor", bar.peer} <= set(names):
            ratio = costs["monitor", bar.poll].wall / costs[bar.peer, bar.poll].wall
            said = "met, aim met" if ratio <= bar.aim else "met" if ratio <= bar.most else "NOT MET"
            yield (
                f"{bar.poll}: {ratio:.3f} of {bar.peer}'s wall (bar {bar.most:g}, aim {bar.aim:g}): {said}"
            )
    if "monitor" in names:
        peak = max(costs["monitor", poll].memory for poll in POLLS)
        said = "met" if peak <= MEMORY else "NOT MET"
        yield f"memory: {peak / 1e6:.0f} MB at the peak (bar {MEMORY / 1e6:.0f}): {said}"


def main() -> None:
    """Measure, and print the table and the bars."""
    asked = _asked()
    names = []
    for name in asked.only.split(","):
        if said := absent(name):
            print(f"left out: {said}")
        else:
            names.append(name)
    rounds = [measure(asked.feeds, asked.items, names) for _ in range(asked.rounds)]
    costs = medians(rounds)
    print(f"{asked.feeds} feeds of {asked.items} items, median of {asked.rounds}\n")
    print("\n".join((*table(costs, names), "", *verdicts(costs, names))))
    if asked.json:
        figures = [
            {"contender": name, "poll": poll, "wall": cost.wall, "cpu": cost.cpu, "memory": cost.memory}
            for (name, poll), cost in costs.items()
        ]
        asked.json.write_text("".join(json.dumps(one) + "\n" for one in figures))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers", description=__doc__)
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default=",".join(CONTENDERS), help="names, divided by commas")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, one a line")
    return parser.parse_args()


if __name__ == "__main__":
    main()
