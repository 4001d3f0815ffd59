"""What polling costs by kind and stage: `python -m tests.benchmarks.polling [FEEDS] [ITEMS]`.

CPU milliseconds a feed, and each stage's share: fetch is all that the event loop does, read is what other
threads do outside the lane (cut, parse, mark; in threads here, to be seen), tag is the tagger's work,
decide is the lane but for its statements (looking up is in it: rows come as they are read), write and
settle are the lane's statements for stories and for the feed's row. Beside it stands what bare feedparser
(its two options off) takes for the same documents in the same run, since machines differ and are shared.
"""

import asyncio
import io
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time, thread_time
from typing import cast

import feedparser

from monitor import clock
from monitor.app import App, open_app
from monitor.config import load
from monitor.model.fetching import Job
from monitor.model.polls import Polled
from monitor.store import Store, polls
from tests.benchmarks.contenders import settings
from tests.benchmarks.documents import document, item
from tests.benchmarks.meter import Meter, MeteredStore, MeteredTagger, metered_statements
from tests.benchmarks.server import Plan, Stage, serving
from tests.reading import in_thread

KINDS = {
    "first": Stage.OLD,
    "304": Stage.OLD,
    "1 new": Stage.NEW,
    "same body": Stage.SAME,
    "all new": Stage.OTHER,
}
STAGES = ("fetch", "read", "tag", "decide", "write", "settle")


def bare(documents: Sequence[bytes]) -> float:
    """Return the CPU seconds that bare feedparser takes for a document, on average."""
    started = thread_time()
    for one in documents:
        feedparser.parse(io.BytesIO(one), sanitize_html=False, resolve_relative_uris=False)  # noqa: TID251  # measured
    return (thread_time() - started) / len(documents)


def poll(app: App, meter: Meter) -> tuple[dict[str, float], list[Polled]]:
    """Poll every feed once; return the CPU seconds of each stage and what came of it."""
    with app.store.write() as lane:
        jobs = polls.lease_all(lane, app.clock())
    meter.spent.clear()
    looping, every = thread_time(), process_time()
    polled = asyncio.run(_poll(app, meter, jobs))
    spent = {stage: meter.spent[stage] for stage in STAGES}
    spent["fetch"] = thread_time() - looping
    spent["read"] = process_time() - every - sum(spent.values())
    return spent, polled


async def _poll(app: App, meter: Meter, jobs: Sequence[Job]) -> list[Polled]:
    polled: list[Polled] = []
    reading = in_thread(MeteredTagger(app.tagger, meter))
    async with app.poller() as poller:
        await replace(poller, reading=reading).poll(jobs, polled.append)
    return polled


def main(count: int = 200, items: int = 30) -> None:
    """Run the benchmark and print a table."""
    start = clock.now()
    sample = [document(feed, [item(feed, at, start) for at in range(items)], start) for feed in range(20)]
    print(f"{count} feeds of {items} items; bare feedparser {bare(sample) * 1000:.1f} ms a document\n")
    print(f"| {'CPU ms a feed':<13} | {'all':>7} | " + " | ".join(f"{stage:<12}" for stage in STAGES) + " |")
    print(f"|{'-' * 15}|{'-' * 9}|" + "|".join("-" * 14 for _ in STAGES) + "|")
    with tempfile.TemporaryDirectory() as folder, serving(Plan(count, items)) as server:
        file = Path(folder) / "monitor.toml"
        file.write_text(settings(Path(folder), server.urls))
        with open_app(load(file, {}), clock.now) as app, metered_statements() as meter:
            app.store = cast("Store", MeteredStore(app.store, meter))
            asyncio.run(_poll(app, meter, ()))  # what is only imported or built once is no feed's
            for kind, stage in KINDS.items():
                server.show(stage)
                print(_row(kind, *poll(app, meter)))


def _row(kind: str, spent: dict[str, float], polled: Sequence[Polled]) -> str:
    if failed := [one.error for one in polled if one.error]:
        raise ValueError(f"{len(failed)} polls failed, the first: {failed[0]}")
    whole = sum(spent.values())
    each = (f"{1000 * spent[one] / len(polled):6.2f} {spent[one] / whole:4.0%}" for one in STAGES)
    return (
        f"| {kind:<13} | {1000 * whole / len(polled):7.2f} | "
        + " | ".join(f"{cell:<12}" for cell in each)
        + " |"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
