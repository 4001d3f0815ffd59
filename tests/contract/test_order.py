"""The same stories come of an archive however it is brought: twice, in pieces, in another order."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.corpus.importing import take_in
from monitor.store import Store, open_store
from monitor.store.schema import copy
from tests.builders import NOW
from tests.polls import untagged
from tests.quality.edits import EDITS, Text

Record = dict[str, Any]

_NAMES = (
    "Lind",
    "Marek",
    "Osei",
    "Halvorsen",
    "Kowal",
    "Brandt",
    "Iva",
    "Sato",
    "Northport",
    "Karlsby",
    "Lowick",
)
_ROOTS = (
    "ferry",
    "harbour",
    "storm",
    "council",
    "budget",
    "school",
    "court",
    "minister",
    "strike",
    "price",
    "water",
)
_WORDS = tuple(root + end for root in _ROOTS for end in ("", "s", "ed", "ing", "less", "like", "wise", "ly"))
_KINDS = [kind for kind in EDITS if "replaced" not in kind]


def archive(stories: int) -> list[Record]:
    """Return stories of our own wording, with copies at other publishers, mirrored links, and a serial."""
    by = random.Random(7)
    found = list(_serial(by))
    for number in range(stories):
        text = " ".join(_sentence(by) for _ in range(by.randint(10, 25)))
        title = f"{_sentence(by)[:-1]} {number}"
        at = NOW + timedelta(hours=by.uniform(0, 24 * 14))
        found.append(_record(f"{number}-0", 0, title, text, at))
        for place in range(1, by.randint(1, 4)):
            said = EDITS[by.choice(_KINDS)](Text(title, text), by, _WORDS)
            later = at + timedelta(hours=by.uniform(0, 20))
            found.append(_record(f"{number}-{place}", place, said.title, said.body, later))
        if by.random() < 0.2:
            found.append(found[-1] | {"id": f"{number}-link", "source": "links"})
    return found


def _serial(by: random.Random) -> Iterator[Record]:
    standing = _sentence(by) + " " + _sentence(by)
    for day in range(14):
        text = f"What we know on day {800 + day}. {standing} {_sentence(by)}"
        yield _record(f"day-{day}", 0, f"What we know on day {800 + day}", text, NOW + timedelta(days=day))


def _sentence(by: random.Random) -> str:
    words = by.choices(_WORDS, k=by.randint(8, 20))
    words[by.randrange(1, len(words))] = by.choice(_NAMES)
    return " ".join(words).capitalize().replace(words[0], words[0].capitalize(), 1) + f" {by.choice(_NAMES)}."


def _record(key: str, place: int, title: str, text: str, at: datetime) -> Record:
    host = f"publisher{place}.example"
    return {
        "id": key,
        "source": host,
        "url": f"https://{host}/{key}",
        "title": title,
        "text": text,
        "published": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def bring(store: Store, records: Sequence[Record]) -> None:
    """Import records."""
    lines = (json.dumps(one).encode() for one in records)
    for account in take_in(store, lines, untagged, lambda: NOW):
        assert not account.bad


def grouped(store: Store) -> tuple[dict[str, int], Counter[str]]:
    """Return the story of each record, and how many copies each rule made."""
    with store.read() as connection:
        rows = connection.execute(sa.select(copy.c.guid, copy.c.story_id, copy.c.rule)).all()
    return {row.guid: row.story_id for row in rows}, Counter(row.rule for row in rows)


def pairs(stories: dict[str, int]) -> set[tuple[str, str]]:
    """Return the pairs of records that are one story."""
    return {pair for pair in combinations(sorted(stories), 2) if stories[pair[0]] == stories[pair[1]]}


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[list[Store]]:
    """Give three empty stores."""
    opened = [open_store(f"sqlite:///{tmp_path / str(number)}.db") for number in range(3)]
    for store in opened:
        store.migrate()
    yield opened
    for store in opened:
        store.close()


def test_an_archive_in_pieces_and_twice_is_the_same(stores: list[Store]) -> None:
    """At once, in pieces of seven, or twice, an archive comes to the same stories by the same rules."""
    records = archive(60)
    bring(stores[0], records)
    for begin in range(0, len(records), 7):
        bring(stores[1], records[begin : begin + 7])
    bring(stores[2], records)
    bring(stores[2], records)
    (whole, rules), *others = map(grouped, stores)
    assert rules["near"] > 10
    for found, by in others:
        assert (pairs(found), by) == (pairs(whole), rules)


def test_an_archive_in_another_order_is_nearly_the_same(stores: list[Store]) -> None:
    """In another order the exact rungs find the same pairs, and at most one in a hundred others differs."""
    records = archive(250)
    shuffled = random.Random(1).sample(records, len(records))
    for store, order in zip(stores, (records, records[::-1], shuffled), strict=True):
        bring(store, order)
    first, *others = (pairs(grouped(store)[0]) for store in stores)
    address = {one["id"]: one["url"] for one in records}
    linked = {pair for pair in combinations(sorted(address), 2) if address[pair[0]] == address[pair[1]]}
    assert len(linked) > 20
    assert len(first) > 300
    assert linked <= first
    for found in others:
        assert linked <= found
        assert len(found ^ first) <= 0.01 * len(first)
    assert not any(one.startswith("day") for pair in first for one in pair)
