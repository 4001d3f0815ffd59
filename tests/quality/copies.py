"""Copies: which documents the product takes for one story, by other people's and by generated labels."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, combinations
from math import comb
from typing import Any

from tests.quality.archive import Record, Told, judged
from tests.quality.edits import EDITS, Text
from tests.quality.figures import Figure, records
from tests.quality.serials import serials

_RECALL, _WRONG = 0.98, 0.002
_ORIGINALS = 600
_LEAST_WORDS = 60


def measure() -> Iterator[Figure]:
    """Measure recall on copies and their edits, and how many negatives are merged."""
    yield from _syndicated()
    yield from _repeats("bbc")
    yield from _repeats("reuters")
    yield from _events("ECB+", "ecbplus-train.jsonl", "ecbplus-dev.jsonl")
    yield from _events("UCI titles", "uci-even.jsonl.gz")
    yield from _headlines()
    yield from _serials()
    yield from _edited("BBC", ("topics", "bbc-odd.jsonl.gz"))
    yield from _edited("Reuters", ("topics", "reuters-train.jsonl.gz"))


def _syndicated() -> Iterator[Figure]:
    found = sorted(records("pairs", "syndicated-docs.jsonl.gz"), key=lambda one: str(one["published"]))
    told = judged(found)
    groups = _by(found, lambda one: one["group"])
    apart = [
        told[one["id"]].story == told[other["id"]].story
        for group in groups
        for one, other in combinations(group, 2)
        if one["source"] != other["source"]
    ]
    yield Figure("syndicated titles", "recall, pairs on other hosts", sum(apart) / len(apart), _RECALL)
    whole = [len({told[one["id"]].story for one in group}) == 1 for group in groups]
    yield Figure("syndicated titles", "groups that are one story", sum(whole) / len(whole))
    yield from _precision("syndicated titles", found, told, "group")


def _repeats(name: str) -> Iterator[Figure]:
    found = list(records("pairs", f"repeats-{name}.jsonl.gz"))
    told = judged(found)
    exact = _by(found, lambda one: (one["group"], one["title"].casefold(), one["text"].casefold()))
    pairs = [
        told[one["id"]].story == told[other["id"]].story
        for group in exact
        for one, other in combinations(group, 2)
    ]
    yield Figure(f"repeats, {name}", "recall, exact repeats", sum(pairs) / len(pairs), 1.0)
    yield from _precision(f"repeats, {name}", found, told, "group")


def _events(name: str, *files: str) -> Iterator[Figure]:
    found = list(chain.from_iterable(records("events", file) for file in files))
    yield from _precision(name, found, judged(found), "event")


def _precision(name: str, found: Sequence[Record], told: dict[str, Told], gold: str) -> Iterator[Figure]:
    """Count the joined pairs whose labels differ, by the rule that joined the later one."""
    wrong: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for group in _by(found, lambda one: told[one["id"]].story):
        for one in group[1:]:
            kind = right if one[gold] == group[0][gold] else wrong
            kind[told[one["id"]].rule] += 1
    joined = wrong.total() + right.total()
    if joined:
        detail = ", ".join(f"{rule} {right[rule]}/{right[rule] + wrong[rule]}" for rule in right | wrong)
        yield Figure(name, "precision, copies", right.total() / joined, detail=detail)
    negatives = comb(len(found), 2) - sum(
        comb(count, 2) for count in Counter(one[gold] for one in found).values()
    )
    merged = sum(
        one[gold] != other[gold]
        for group in _by(found, lambda one: told[one["id"]].story)
        for one, other in combinations(group, 2)
    )
    yield Figure(name, "wrongly merged pairs", merged / negatives, _WRONG, least=False, detail=f"{merged}")


def _headlines() -> Iterator[Figure]:
    pairs = [one for one in records("pairs", "sts-train-dev.jsonl.gz") if one["score"] <= 2]
    docs = [
        {"id": f"{one['id']}-{side}", "source": f"desk {side}", "title": one[side]}
        for one in pairs
        for side in "ab"
    ]
    told = judged(docs)
    merged = [told[f"{one['id']}-a"].story == told[f"{one['id']}-b"].story for one in pairs]
    yield Figure("STS pairs scored <= 2", "wrongly merged", sum(merged) / len(merged), _WRONG, least=False)


def _serials() -> Iterator[Figure]:
    for name, found in serials().items():
        told = judged(found)
        merged = len(found) - len({one.story for one in told.values()})
        detail = f"{merged} of {len(found)}"
        yield Figure(name, "wrongly merged", merged / len(found), _WRONG, least=False, detail=detail)


def _edited(name: str, file: tuple[str, ...]) -> Iterator[Figure]:
    """Import originals, then a copy of each by another outlet; count those that land in their stories."""
    by = random.Random(4)
    found = {one["text"]: one for one in records(*file) if len(one["text"].split()) >= _LEAST_WORDS}
    originals = by.sample(list(found.values()), _ORIGINALS)
    vocabulary = [word for one in originals for word in one["text"].split()]
    recalls: list[float] = []
    for kind, edit in EDITS.items():
        copies = {
            f"copy-{one['id']}": edit(Text(one["title"], one["text"]), by, vocabulary) for one in originals
        }
        told = judged([*map(_first, originals), *(_second(key, text) for key, text in copies.items())])
        home = [told[f"copy-{one['id']}"].story == told[one["id"]].story for one in originals]
        rules = Counter(told[key].rule for key in copies)
        recalls.append(sum(home) / len(home))
        yield Figure(f"edited copies, {name}", f"recall, {kind}", recalls[-1], detail=str(dict(rules)))
    yield Figure(f"edited copies, {name}", "recall, all", sum(recalls) / len(recalls))


def _first(one: Record) -> Record:
    return {"id": one["id"], "source": "first desk", "title": one["title"], "text": one["text"]}


def _second(key: str, text: Text) -> Record:
    return {"id": key, "source": "second desk", "title": text.title, "text": text.body}


def _by(found: Iterable[Record], key: Callable[[Record], Any]) -> list[list[Record]]:
    groups: defaultdict[Any, list[Record]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return list(groups.values())
