"""What judging costs with the size of the archive: `python -m tests.benchmarks.judging [STORIES [TIMES]]`.

Fills an archive with generated stories, first 10,000 and then all: titles as they were on the web where
the shared data is there, texts of our own in several languages, over six weeks, one in ten a copy.
After each lets feeds bring a few thousand more and prints how many stories a second are marked and judged,
the memory at the peak, and the start with that archive. With TIMES the full archive is then made so many
times as large, by the same rows in earlier weeks, and measured once more.
"""

import gzip
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from monitor.dedupe import mark
from monitor.model.entries import Entry, Words
from monitor.model.stories import Appearance, Batch
from monitor.pipeline.judging import judge_batches
from monitor.pipeline.placing import place_waiting
from monitor.pipeline.process import spare_collector
from monitor.store import Store, open_store, sources
from monitor.store.schema import copy
from tests.benchmarks.earlier import repeat
from tests.quality.figures import DATA

_FIRST, _LEARNED, _MEASURED = 10_000, 1_000, 3_000
_BROUGHT = _LEARNED + _MEASURED
_WEEKS = timedelta(weeks=6)
_END = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_FEEDS, _ITEMS, _TURN = 500, 15, 20
"""Feeds; items that one brings at a time; documents in a turn."""
_COPIED = 0.1
_LETTERS = {
    "en": ("bcdfghlmnprstvw", "aeiou"),
    "pl": ("cdgklłmnprstwzż", "aąeęiouy"),
    "uk": ("вгджзклмнпрстш", "аеиіоуя"),
}
"""Consonants and vowels of the languages that the generated words look like."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Stories a second, and how many there were before."""

    archive: int
    marked: float
    judged: float
    placed: float


def main(stories: int, times: int = 1) -> None:
    """Print the speeds at the first and at the full size, and their ratio."""
    spare_collector()  # as the program does
    with TemporaryDirectory() as folder:
        file = Path(folder) / "judging.db"
        url = f"sqlite:///{file}"
        sizes = sorted({min(_FIRST, stories), stories})
        made = _stories(random.Random(4), stories + (len(sizes) + 1) * _BROUGHT)
        speeds = []
        for size in sizes:
            _fill(url, made, size)
            speeds.append(_alone(url, made, size))
        if times > 1:
            repeat(file, times)
            speeds.append(_alone(url, made, times * stories))
        _start(url)
        size = sum(one.stat().st_size for one in Path(folder).iterdir())
        print(f"files {size / 1e6:,.0f} MB")
    for full in speeds[1:]:
        first = speeds[0]
        print(
            f"at {full.archive:,} stories judging {full.judged / first.judged:.2f}, with events "
            f"{full.placed / first.placed:.2f} of that at {first.archive:,}"
        )


def _fill(url: str, made: Iterator[tuple[int, Entry]], size: int) -> None:
    """Fill the archive up to a size."""
    begun = time.perf_counter()
    with closing(open_store(url)) as store:
        store.migrate()
        with store.read() as connection:
            known = connection.scalar(sa.select(sa.func.count()).select_from(copy)) or 0
        missing = max(0, size - known)
        while chunk := list(islice(made, min(_FEEDS * _ITEMS, missing))):
            missing -= len(chunk)
            _judge(store, [mark(entries) for entries in _documents(chunk)], _TURN * 5)
            _place(store)
    print(f"filled up to {size:,} stories in {time.perf_counter() - begun:,.0f} s", flush=True)


def _alone(url: str, made: Iterator[tuple[int, Entry]], size: int) -> Speed:
    """Measure in a process of its own, which holds nothing but what judging needs."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (url, size, list(_documents(list(islice(made, _BROUGHT))))))


def _measured(url: str, size: int, documents: list[list[Entry]]) -> Speed:
    """Measure what a few thousand more take, after some for which the process learns its words."""
    spare_collector()
    learned = -(-_LEARNED // _ITEMS)
    with closing(open_store(url)) as store:
        _judge(store, list(map(mark, documents[:learned])), _TURN)
        _place(store)
        begun = time.process_time()
        marked = [mark(entries) for entries in documents[learned:]]
        marking = time.process_time() - begun
        begun = time.perf_counter()
        _judge(store, marked, _TURN)
        judging = time.perf_counter() - begun
        _place(store)
        both = time.perf_counter() - begun
    many = sum(map(len, marked))
    speed = Speed(size, many / marking, many / judging, many / both)
    print(
        f"at {size:,} stories: marking {speed.marked:,.0f}/s, judging {speed.judged:,.0f}/s, "
        f"with events {speed.placed:,.0f}/s, "
        f"memory at the peak {_memory():,.0f} MB",
        flush=True,
    )
    return speed


def _memory() -> float:
    """Return the most megabytes that this process has held; what getrusage tells begins with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _documents(made: Sequence[tuple[int, Entry]]) -> Iterator[list[Entry]]:
    for begin in range(0, len(made), _ITEMS):
        yield [entry for _, entry in made[begin : begin + _ITEMS]]


def _judge(store: Store, documents: Sequence[tuple[Appearance, ...]], turn: int) -> None:
    """Judge documents, each as a poll of one of the feeds, so many in a turn."""
    feeds = _feeds(store)
    for begin in range(0, len(documents), turn):
        batches = [
            Batch(feeds[(begin + place) % _FEEDS], one, _END)
            for place, one in enumerate(documents[begin : begin + turn])
        ]
        with store.write() as lane:
            judge_batches(lane, batches, lambda _: ())


@cache
def _feeds(store: Store) -> list[int]:
    """Return the sources of the feeds, which a poll has with its feed."""
    with store.write() as lane:
        return [sources.source_row(lane, "press", f"https://{one}.example/feed") for one in range(_FEEDS)]


def _place(store: Store) -> None:
    """Place what the turns left, as the daemon does after a flood."""
    placed = True
    while placed:
        with store.write() as lane:
            placed = bool(place_waiting(lane, _END))


def _start(url: str) -> None:
    begun = time.perf_counter()
    store = open_store(url)
    store.migrate()
    with store.write() as lane:
        judge_batches(
            lane, [Batch(1, mark([Entry(Words("The first item after the start"))]), _END)], lambda _: ()
        )
    store.close()
    print(f"start to the first judgement: {time.perf_counter() - begun:.2f} s")


# ---------------------------------------------------------------- generated stories


def _stories(by: random.Random, count: int) -> Iterator[tuple[int, Entry]]:
    """Yield stories in order of time; one in ten is an edited copy of a recent one, elsewhere."""
    titles = _titles()
    recent: list[Entry] = []
    for number in range(count):
        at = _END - _WEEKS + _WEEKS * (number / count)
        link = f"https://{number % _FEEDS}.example/{number}"
        if recent and by.random() < _COPIED:
            entry = _copy(by, by.choice(recent), number, link, at)
        else:
            title = f"{titles[number % len(titles)]} {_word(number)}" if titles else _text(by, "en", 9)
            entry = Entry(
                Words(title, "", _text(by, by.choice(("en", "en", "en", "pl", "uk")), 300)),
                str(number),
                link,
                at,
            )
            recent.append(entry)
            del recent[: -max(1, count // 60)]
        yield number, entry


def _copy(by: random.Random, of: Entry, number: int, link: str, at: datetime) -> Entry:
    words = of.words.text.split()
    begin = by.randrange(len(words))
    del words[begin : begin + 20]
    title = " ".join(of.words.title.split()[1:])
    text = f"KYIV, March 2 (Agency) - {' '.join(words)} Sign up for our newsletter."
    return Entry(Words(title, "", text), str(number), link, at)


def _titles() -> list[str]:
    file = DATA / "world" / "world90-60k.jsonl.gz"
    if not file.exists():
        return []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["title"] for line in lines]


def _text(by: random.Random, language: str, words: int) -> str:
    return " ".join(by.choices(_vocabulary(language), cum_weights=_often(), k=words)).capitalize()


@cache
def _often() -> list[float]:
    """Return how often words stand in texts, the commonest first and added up (Zipf's law)."""
    return list(accumulate(1 / (rank + 2.7) for rank in range(1, 20_001)))


@cache
def _vocabulary(language: str) -> list[str]:
    by = random.Random(language)
    consonants, vowels = _LETTERS[language]
    syllables = [first + second for first in consonants for second in vowels]
    return ["".join(by.choices(syllables, k=by.randint(1, 4))) for _ in range(20_000)]


def _word(number: int) -> str:
    return _vocabulary("en")[number * 7 % 20_000]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or ["100000"]))
