"""How often to poll: `python -m tests.benchmarks.schedule`, over real histories of feeds.

Replays which items stood in a feed's document when, and polls it by several rules: how many polls they make,
how many items they miss, and how late the others are. Between two documents of the archive what came and
went is spread evenly; where the archive has a hole of more than twelve hours, the history starts anew.
The same histories are replayed with documents of the 30 and the 10 newest items only.
"""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from math import inf
from statistics import quantiles

from monitor.model.fetching import Document, Job
from monitor.model.polls import Outcome
from monitor.schedule import next_state
from tests.shared_data import shared

_MINIMUM, _START, _HOUR, _DAY = 600.0, 1800.0, 3600.0, 86400.0
_HOLE, _SHORTEST, _SLOW = 12 * _HOUR, 1.5 * _DAY, 400
_DOCUMENT = Document("https://replay.example/", b"")

Rule = Callable[[float, int, int], float]
"""Gives the seconds to the next poll from the time, the items in the document, and the new ones of them."""


@dataclass(frozen=True, slots=True)
class Item:
    """When an item stood in its feed, in seconds of the epoch."""

    key: int
    came: float
    went: float


@dataclass(frozen=True, slots=True)
class History:
    """Some days of a feed; weekly is how many items came in a week."""

    start: float
    end: float
    items: tuple[Item, ...]

    @property
    def days(self) -> float:
        """Return how long it is."""
        return (self.end - self.start) / _DAY

    @property
    def weekly(self) -> float:
        """Return how many items a week of it brings."""
        return 7 * sum(item.came > self.start for item in self.items) / self.days

    def cut(self, most: int) -> "History":
        """Return the same, had the document only ever shown its newest items."""
        after = [item.came for item in self.items[most:]] + [inf] * most
        pairs = zip(self.items, after, strict=False)
        return replace(
            self, items=tuple(replace(item, went=min(item.went, pushed)) for item, pushed in pairs)
        )


@dataclass(slots=True)
class Tally:
    """What a rule came to."""

    polls: int = 0
    items: int = 0
    missed: int = 0
    days: float = 0
    delays: tuple[float, ...] = ()

    def row(self, name: str) -> str:
        """Return a line of the table."""
        cuts = quantiles(self.delays, n=20)
        minutes = " | ".join(f"{delay / 60:.0f}" for delay in (cuts[9], cuts[17], max(self.delays)))
        share = self.missed / self.items
        return f"| {name} | {self.polls / self.days:.0f} | {self.missed} ({share:.2%}) | {minutes} |"


def histories() -> Iterator[History]:
    """Yield the stretches of the archive that are long and whole enough."""
    feeds: dict[str, list[tuple[float, set[int]]]] = {}
    with gzip.open(shared("feeds", "snapshots", "expected.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for step in map(json.loads, lines):
            if step.get("state") in {"ok", "malformed"}:
                at = datetime.strptime(step["fetched_utc"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
                known = (range(first, last + 1) for first, last in step["unchanged"])
                ids = {*step["new"], *step["changed"]}.union(*known)
                feeds.setdefault(step["feed"], []).append((at, ids))
    for steps in feeds.values():
        yield from (_history(run) for run in _runs(steps) if run[-1][0] - run[0][0] >= _SHORTEST)


def _runs(steps: Sequence[tuple[float, set[int]]]) -> Iterator[list[tuple[float, set[int]]]]:
    run: list[tuple[float, set[int]]] = []
    for step in steps:
        if run and step[0] - run[-1][0] > _HOLE:
            yield run
            run = []
        run.append(step)
    yield run


def _history(run: Sequence[tuple[float, set[int]]]) -> History:
    came = dict.fromkeys(run[0][1], run[0][0])
    went: dict[int, float] = {}
    for (before, old), (at, new) in pairwise(run):
        fresh, left = sorted(new - old - came.keys()), sorted(old - new)
        came |= {key: before + (at - before) * (place + 1) / len(fresh) for place, key in enumerate(fresh)}
        went |= {key: before + (at - before) * (place + 1) / len(left) for place, key in enumerate(left)}
        for key in new:
            went.pop(key, None)
    items = sorted(
        (Item(key, at, went.get(key, inf)) for key, at in came.items()), key=lambda item: item.came
    )
    return History(run[0][0], run[-1][0], tuple(items))


def ours(_history: History) -> Rule:
    """Return the rule of monitor.schedule; without its jitter, which the others have not."""
    job = Job(1, _DOCUMENT.url)

    def rule(at: float, entries: int, new: int) -> float:
        nonlocal job
        now = datetime.fromtimestamp(at, UTC)
        state = next_state(job, _DOCUMENT, Outcome(new, entries - new), now)
        job = replace(job, polls=job.polls + 1, entries=entries, history=state.history)
        return state.interval.total_seconds()

    return rule


def hourly(_history: History) -> Rule:
    """Return the rule of many readers."""
    return lambda _at, _entries, _new: _HOUR


def halving(_history: History) -> Rule:
    """Return the rule of this program's first version: half after news, a quarter more after none."""
    interval = _START

    def rule(_at: float, _entries: int, new: int) -> float:
        nonlocal interval
        interval = min(max(interval / 2 if new else interval * 1.25, _MINIMUM), _DAY)
        return interval

    return rule


def by_week(history: History) -> Rule:
    """Return Miniflux's entry_frequency as documented: a week over its entries; told the true number."""
    return lambda _at, _entries, _new: min(max(7 * _DAY / max(history.weekly, 1), _MINIMUM), _DAY)


def replay(history: History, rule: Rule, tally: Tally) -> None:
    """Poll a history from its start to its end."""
    at = last = history.start
    seen = {item for item in history.items if item.came <= at < item.went}
    at += rule(at, len(seen), len(seen))
    while at <= history.end:
        document = [item for item in history.items if item.came <= at < item.went]
        new = [item for item in document if item not in seen]
        seen.update(new)
        tally.delays += tuple(at - item.came for item in new)
        tally.polls += 1
        last, at = at, at + rule(at, len(document), len(new))
    wanted = [item for item in history.items if history.start < item.came]
    tally.items += len(wanted)
    tally.missed += sum(item not in seen and item.went <= last for item in wanted)
    tally.days += history.days


RULES = {
    "every hour": hourly,
    "halving": halving,
    "Miniflux, entry_frequency": by_week,
    "monitor": ours,
}


def main() -> None:
    """Print a table for all histories, for those of slow feeds, and for documents of few items."""
    whole = tuple(histories())
    slow = tuple(history for history in whole if history.weekly < _SLOW)
    _table("whole documents", whole)
    _table(f"whole documents of feeds with fewer than {_SLOW} items a week", slow)
    for most in (30, 10):
        _table(f"documents of {most} items", tuple(history.cut(most) for history in whole))


def _table(title: str, whole: Sequence[History]) -> None:
    days, items = sum(history.days for history in whole), 0
    print(f"\n{title}: {len(whole)} histories, {days:.0f} days")
    print("| rule | polls a day | missed | delay, median (min) | 90 % | most |\n|---|---|---|---|---|---|")
    for name, make in RULES.items():
        tally = Tally()
        for history in whole:
            replay(history, make(history), tally)
        items = tally.items
        print(tally.row(name))
    print(f"{items} items came.")


if __name__ == "__main__":
    main()
