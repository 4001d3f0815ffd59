"""Queries of every kind over an archive of generated stories: the first page, and how many match.

Milliseconds are of processor time, the median of five runs after one that is not counted.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from monitor.model.topics import And, Dated, Fact, Near, Not, Or, Outlets, Query, Term
from monitor.store import Lane, Store, open_store, outlets, stories
from monitor.store.carriers import byline, of_link
from monitor.store.dialect import insert, upsert
from monitor.store.grouping import event
from monitor.store.schema import author, copy, source, story, wording
from monitor.store.stories import MANY, Wanted
from monitor.words import FoldedWords

_STORIES = 1_000_000
_PAGE = 10_000
_SOURCES = 2_000
_BEGUN = datetime(2025, 1, 1, tzinfo=UTC)
_EVERY = timedelta(seconds=30)
_FIRST = 10_000
_LANGUAGES = ("en", "en-gb", "uk", "ru", None)
_VOCABULARY = [f"w{number}" for number in range(20_000)]
_ZIPF = list(accumulate(1 / (number + 1) for number in range(20_000)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A story as it is drawn: its wording's row, its source, its words, its time."""

    row: int
    by: int
    title: str
    summary: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """How many stories the first page has, how many match as far as they are counted; seconds of each."""

    shown: int
    found: int
    seconds: tuple[float, float]


def _word(*words: str, **how: Any) -> Term:
    return Term(" ".join(words), (words,), **how)


_RARE_SITE, _NO_SITE = Fact("site", ("site1999.example",), ""), Fact("site", ("nowhere.example",), "")
_SITE, _FREQUENT = Fact("site", ("site7.example",), ""), _word("w19", prefix=True)
"""Of a million stories 445,000 have a word that begins so."""

QUERIES: dict[str, Query] = {
    "half of all": _word("common"),
    "nearly all": _word("w0"),
    "one in ten thousand": _word("rare"),
    "common long ago": _word("bygone"),
    "a phrase": _word("w0", "w1"),
    "in titles": _word("w0", fields=("title",)),
    "a prefix": _word("w99", prefix=True),
    "near": Near((_word("w0"), _word("w1")), 5),
    "three near": Near((_word("w0"), _word("w1"), _word("common")), 5),
    "and, not": And((_word("common"), Not(_word("w0")))),
    "not half of all": Not(_word("common")),
    "not rare": Not(_word("rare")),
    "a source": Fact("source", ("paper", "1999"), ""),
    "all sources": Fact("source", ("post",), ""),
    "a site": _SITE,
    "a rare site": _RARE_SITE,
    "no site": _NO_SITE,
    "an author": Fact("author", ("author", "7"), ""),
    "a language": Fact("lang", ("uk",), ""),
    "before": Dated("at", None, _BEGUN + timedelta(days=4)),
    "two outlets": Outlets(2),
    "three outlets": Outlets(3),
    "word long ago, two outlets": And((_word("bygone"), Outlets(2))),
    "a rare prefix": _word("w1999", prefix=True),
    "rare site, common word": And((_RARE_SITE, _word("common"))),
    "rare word or site": Or((_word("rare"), _RARE_SITE)),
    "common word or no site": Or((_word("common"), _NO_SITE)),
    "a frequent prefix": _FREQUENT,
    "frequent prefix, not": And((_FREQUENT, Not(_word("common")))),
    "not a frequent prefix": And((_word("common"), Not(_FREQUENT))),
    "frequent prefix, near": Near((_FREQUENT, _word("w0")), 5),
    "frequent prefix, a site": And((_FREQUENT, _SITE)),
    "frequent prefix or a site": Or((_FREQUENT, _SITE)),
    "frequent prefix, a language": And((_FREQUENT, Fact("lang", ("uk",), ""))),
    "frequent prefix, all sources": And((_FREQUENT, Fact("source", ("post",), ""))),
}


def main(count: int = _STORIES) -> None:
    """Make the archive and ask it, as a program does that has been up."""
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder)}/monitor.db")
        store.migrate()
        begun = perf_counter()
        fill(store, count)
        print(
            f"{count} stories stored in {perf_counter() - begun:.0f} s; ms for 50 of them, for how many match"
        )
        for name, query in QUERIES.items():
            answers = [ask(store, query) for _ in range(6)][1:]
            page, counting = (
                1000 * median(one) for one in zip(*(one.seconds for one in answers), strict=True)
            )
            print(
                f"{page:8.1f} {counting:8.1f}  {answers[0].shown:3} of {answers[0].found:6}  {name}",
                flush=True,
            )
        store.close()


def ask(store: Store, query: Query) -> Answer:
    """Ask for the first page, then how many match."""
    wanted = Wanted(matching=store.containing(query))
    with store.read() as connection:
        begun = process_time()
        shown = stories.newest(connection, wanted, 50)
        paged = process_time()
        found = stories.count(connection, wanted, MANY + 1)
        return Answer(len(shown), found, (paged - begun, process_time() - paged))


def fill(store: Store, count: int) -> None:
    """Store short stories, two to an event, over as much time as they take at one in 30 seconds."""
    draw = Random(1)
    with store.write() as lane:
        sources = (
            {
                "id": row,
                "kind": "press",
                "name": f"https://site{row}.example/feed",
                "title": f"Paper {row} Post",
            }
            for row in range(1, _SOURCES)
        )
        insert(lane, source, list(sources))
        insert(lane, author, [byline(f"Author {number}") for number in range(500)])
    for start in range(0, count, _PAGE):
        with store.write() as lane:
            _put(lane, list(_drawn(draw, range(start, min(start + _PAGE, count)), count)))


def _drawn(draw: Random, numbers: range, count: int) -> Iterator[Drawn]:
    for number in numbers:
        words = draw.choices(_VOCABULARY, cum_weights=_ZIPF, k=30)
        words += ["common"] * (draw.random() < 0.5) + ["rare"] * (draw.random() < 0.0001)
        words += ["bygone"] * (number < count / 10 and draw.random() < 0.5)
        at = _BEGUN + number * _EVERY - timedelta(seconds=draw.randrange(200_000))
        by = int(draw.random() ** 3 * (_SOURCES - 1)) + 1
        yield Drawn(_FIRST + 3 * number, by, " ".join(words[20:]), " ".join(words[:20]), at)


def _put(lane: Lane, drawn: list[Drawn]) -> None:
    insert(lane, wording, [_wording(one) for one in drawn])
    insert(lane, story, [_story(one) for one in drawn])
    insert(lane, copy, [_copy(one) for one in drawn])
    events = {_event(one): one for one in drawn}
    upsert(lane, event, [_happened(row, one) for row, one in events.items()])
    outlets.count(lane, events)
    lane.info["index"](lane, [(one.row, FoldedWords(one.title, one.summary)) for one in drawn])


def _wording(one: Drawn) -> dict[str, Any]:
    said = {"title": one.title, "summary": one.summary, "text": "", "hash": ""}
    return {"id": one.row, "copy_id": one.row + 1, "seen_at": one.at, **said}


def _story(one: Drawn) -> dict[str, Any]:
    times = {"published": one.at, "first_seen": one.at, "at": one.at}
    known = {
        "source_id": one.by,
        "wording_id": one.row,
        "event_id": _event(one),
        "news": True,
        "seed": False,
    }
    return {"id": one.row + 2, "language": _LANGUAGES[one.row % len(_LANGUAGES)], **times, **known}


def _event(one: Drawn) -> int:
    return one.row // 6


def _happened(row: int, one: Drawn) -> dict[str, Any]:
    known = {"headline_id": one.row + 2, "stories": 2, "checked": 2, "pinned": False}
    return {"id": row, "changed_at": one.at, **known}


def _copy(one: Drawn) -> dict[str, Any]:
    link = f"https://site{one.by}.example/{one.row}"
    where = {
        "story_id": one.row + 2,
        "source_id": one.by,
        "wording_id": one.row,
        "url": link,
        **of_link(link),
    }
    judged = {"first_seen": one.at, "rule": "new", "score": 1.0, "evidence": "", "news": True}
    return {"id": one.row + 1, "author": f"Author {one.by % 500}", **where, **judged}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
