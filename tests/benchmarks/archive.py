"""What a topic costs on a big archive: `python -m tests.benchmarks.archive [STORIES]`.

Fills a store by hand with stories of generated words (ten thousand different texts, over and over), with
their search index and profiles, then prints how long the first page of `topics test` takes, of a rare, a
common and a compound query, with the total, and how many stories a second a topic is applied to: one with a
query, one with seeds.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from monitor.model.documents import SeedDocument
from monitor.model.entries import Words
from monitor.model.events import Profile
from monitor.model.topics import Topic
from monitor.pipeline import trying
from monitor.pipeline.likings import Likings
from monitor.pipeline.retagging import Retagger
from monitor.profiles import profile
from monitor.store import Store, corpus, ids, open_store, sources
from monitor.store.dialect import insert
from monitor.store.grouping import membership
from monitor.store.profiles import packed
from monitor.store.schema import copy, story, wording
from monitor.tag import Tagger
from monitor.tag.definition import Definitions
from monitor.words import FoldedWords
from tests.builders import NOW, StoppedClock

_TEXTS, _VOCABULARY, _LENGTH, _TITLE = 10_000, 20_000, 80, 9
_SOURCES, _AT_ONCE = 50, 20_000
_QUERIES = ("w4321", "w40", "(w40 OR w200*) AND w12 AND NOT w9", '"w3 w5" OR title:w77')
"""Words are numbered by how common they are (Zipf): w40 stands in one text of a dozen."""


def main(stories: int) -> None:
    """Print the times and speeds."""
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'archive.db'}")
        store.migrate()
        made = list(_texts(random.Random(5)))
        seeds = [
            SeedDocument(f"{nth}.md", Words(words.title, text=words.text))
            for nth, (words, _, _) in enumerate(made[:3])
        ]
        topics = (
            Topic("asked", "Asked", "(w40 OR w200*) AND w12 AND NOT w9"),
            Topic("seeded", "Seeded", seeds=tuple(seed.name for seed in seeds)),
        )
        begun = time.perf_counter()
        _fill(store, made, stories)
        print(f"filled with {stories:,} stories in {time.perf_counter() - begun:,.0f} s", flush=True)
        definitions, likings = Definitions(topics, {}), Likings(topics, ())
        with store.write() as lane:
            corpus.declare_topics(lane, topics)
            for seed in seeds:
                corpus.put_seed(lane, seed, Tagger(topics, {}), NOW)
        for query in _QUERIES:
            _try(store, definitions, query)
        retagger = Retagger(definitions, likings, store)
        for topic in topics:
            _retag(store, retagger, topic.name, stories)
        store.close()


def _texts(chance: random.Random) -> Iterator[tuple[Words, FoldedWords, Profile]]:
    weights = list(accumulate(1 / rank for rank in range(1, _VOCABULARY + 1)))
    words = [f"w{rank}" for rank in range(_VOCABULARY)]
    for _ in range(_TEXTS):
        said = chance.choices(words, cum_weights=weights, k=_LENGTH)
        made = Words(" ".join(said[:_TITLE]), text=" ".join(said[_TITLE:]))
        yield made, made.folded, profile(made)


def _fill(store: Store, made: Sequence[tuple[Words, FoldedWords, Profile]], stories: int) -> None:
    numbers = iter(range(stories))
    while chunk := list(islice(numbers, _AT_ONCE)):
        with store.write() as lane:
            named = [
                sources.source_row(lane, "press", f"https://{nth}.example/feed") for nth in range(_SOURCES)
            ]
            fresh = ids.allocate(lane, 3 * len(chunk))
            rows = [(number, *fresh[3 * nth : 3 * nth + 3]) for nth, number in enumerate(chunk)]
            _insert(lane, made, rows, named)


def _insert(
    lane: sa.Connection,
    made: Sequence[tuple[Words, FoldedWords, Profile]],
    rows: Sequence[tuple[int, int, int, int]],
    named: Sequence[int],
) -> None:
    said, stories, copies, members, indexed = [], [], [], [], []
    for number, a, b, c in rows:
        words, folded, known = made[number % len(made)]
        at, source = NOW - timedelta(seconds=20 * number), named[number % len(named)]
        about = {
            "source_id": source,
            "wording_id": a,
            "url": f"https://{source}.example/{number}",
            "first_seen": at,
        }
        said.append(
            {
                "id": a,
                "copy_id": b,
                "hash": str(number),
                "seen_at": at,
                "title": words.title,
                "summary": "",
                "text": words.text,
            }
        )
        stories.append(
            about
            | {
                "id": c,
                "at": at,
                "published": at,
                "language": "en",
                "news": False,
                "seed": False,
                "event_id": c,
            }
        )
        copies.append(
            about
            | {"id": b, "story_id": c, "guid": str(number), "rule": "first", "score": 1.0, "evidence": ""}
        )
        members.append(
            {
                "story_id": c,
                "terms": packed(known),
                "vector": known.vector,
                "score": 1.0,
                "shared": [],
                "joined_at": at,
            }
        )
        indexed.append((a, folded))
    for table, of in ((wording, said), (story, stories), (copy, copies), (membership, members)):
        insert(lane, table, of)
    lane.info["index"](lane, indexed)


def _try(store: Store, definitions: Definitions, query: str) -> None:
    tree = definitions.search(replace(Topic("search", "search"), query=query), NOW, ())
    asked = store.containing(tree)
    times = []
    for _ in range(3):
        with store.read() as connection:
            begun = time.perf_counter()
            found = trying.found(connection, asked)
            times.append(time.perf_counter() - begun)
    with store.read() as connection:
        begun = time.perf_counter()
        trying.spread(connection, asked, NOW)
        spread = time.perf_counter() - begun
    print(
        f"test {query!r}: {found.total:,} stories, first page {min(times) * 1000:,.0f} ms, "
        f"at first {times[0] * 1000:,.0f} ms, days and sources {spread * 1000:,.0f} ms",
        flush=True,
    )


def _retag(store: Store, retagger: Retagger, name: str, stories: int) -> None:
    begun, longest, clock = time.perf_counter(), 0.0, StoppedClock()
    spent = time.process_time()
    share = 0.0
    while share < 1:
        page = time.perf_counter()
        share = retagger.step(name, clock).share
        longest = max(longest, time.perf_counter() - page)
    took, spent = time.perf_counter() - begun, time.process_time() - spent
    with store.read() as connection:
        count = corpus.topic_counts(connection).get(name, 0)
    print(
        f"retag {name}: {stories / took:,.0f} stories/s ({stories / spent:,.0f} a second of processor time), "
        f"{count:,} tagged, "
        f"the lane held at most {longest:.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
