"""How fast feeds are polled: `python -m tests.benchmarks.polling [FEEDS] [ITEMS]`.

Publishes feeds of our own wording on loopback and polls them four times: first, unchanged (304), the
same bytes (200), one new item in each. Times are set against parsing the same documents with bare
feedparser (its two options off) in the same run, since machines differ and are shared.
"""

import asyncio
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from pathlib import Path

import feedparser

from monitor import clock
from monitor.app import App, open_app
from monitor.config import load
from monitor.model import Polled
from monitor.store import polls
from tests.servers.publisher import Publisher

_SYLLABLES = ("ba", "ko", "ri", "tun", "mel", "sho", "ver", "dal", "pin", "gra", "lex", "ort", "um", "zet")
_WORDS = ["".join(parts) for parts in product(_SYLLABLES, repeat=3)]


def document(feed: int, items: range) -> bytes:
    """Return an RSS document of a feed with these items, each of about a hundred words."""
    body = "".join(_item(feed, number) for number in reversed(items))
    return f'<rss version="2.0"><channel><title>Feed {feed}</title>{body}</channel></rss>'.encode()


def _item(feed: int, number: int) -> str:
    seed = feed * 7919 + number * 104729
    draw = random.Random(seed)
    text = " ".join(draw.choices(_WORDS, k=100))
    return (
        f"<item><title>{text[:60]} {seed}</title><link>https://feed{feed}.example/{number}</link>"
        f"<guid isPermaLink='false'>{feed}-{number}</guid><pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate>"
        f"<description>{text} {seed}</description></item>"
    )


def bare(documents: list[bytes]) -> float:
    """Return the seconds that bare feedparser takes for the documents."""
    started = time.perf_counter()
    for one in documents:
        feedparser.parse(io.BytesIO(one), sanitize_html=False, resolve_relative_uris=False)  # noqa: TID251  # measured
    return time.perf_counter() - started


def poll(app: App) -> tuple[float, list[Polled]]:
    """Poll every feed once; return the seconds and what came of it."""
    polled: list[Polled] = []

    async def run() -> None:
        with app.store.write() as lane:
            jobs = polls.lease_all(lane, app.clock())
        async with app.poller() as poller:
            await poller.poll(jobs, polled.append)

    started = time.perf_counter()
    asyncio.run(run())
    return time.perf_counter() - started, polled


def main(count: int = 200, items: int = 30) -> None:
    """Run the benchmark and print a table."""
    with tempfile.TemporaryDirectory() as folder, Publisher() as publisher:
        first = [document(feed, range(items)) for feed in range(count)]
        second = [document(feed, range(1, items + 1)) for feed in range(count)]
        file = Path(folder) / "monitor.toml"
        file.write_text(_settings(folder, [publisher.url(f"/{feed}") for feed in range(count)]))
        with open_app(load(file, {}), clock.now) as app:
            floor = bare(first)
            print(f"{count} feeds of {items} items; bare feedparser {floor:.2f} s")
            _serve(publisher, first, lambda feed: f'"{feed}-1"')
            _row("first", poll(app), floor)
            _row("304", poll(app), floor)
            _serve(publisher, first, lambda feed: f'"{feed}-2"')
            _row("same bytes", poll(app), floor)
            _serve(publisher, second, lambda feed: f'"{feed}-3"')
            _row("one new", poll(app), floor)


def _serve(publisher: Publisher, documents: list[bytes], etag: Callable[[int], str]) -> None:
    for feed, body in enumerate(documents):
        publisher.serve(f"/{feed}", body, etag=etag(feed))


def _row(name: str, measured: tuple[float, list[Polled]], floor: float) -> None:
    seconds, polled = measured
    new = sum(one.new + one.copies for one in polled)
    failed = sum(one.status == "failed" for one in polled)
    print(f"{name:<12} {seconds:6.2f} s  {seconds / floor:5.2f} x bare parse  {new} new  {failed} failed")


def _settings(folder: str, urls: list[str]) -> str:
    store = f'[store]\nurl = "sqlite:///{folder}/bench.db"\n'
    fetch = '[fetch]\nallow_private = ["127.0.0.0/8"]\nper_host = 100\nper_host_delay = "0s"\n'
    topics = "".join(
        f'[[topics]]\nname = "t{number}"\nquery = "{word} OR {_WORDS[number - 300]}"\n'
        for number, word in enumerate(_WORDS[:20])
    )
    every = int(timedelta(minutes=15).total_seconds())
    return store + fetch + topics + "".join(f'[[feeds]]\nurl = "{url}"\nevery = "{every}s"\n' for url in urls)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
