"""Likeness to seeds, on news that people filed by topic: how well it ranks, what its threshold costs.

Seeds are drawn from a topic's items, the others are ranked. The plain method beside it is the mean of the
seeds' TF-IDF vectors.
"""

import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.model.entries import Words
from monitor.model.events import Profile
from monitor.profiles import learned, profile
from monitor.tag.gathering import Gathering, gather
from monitor.tag.likeness import Gatherings
from monitor.tag.sample import Rows, Sample
from tests.quality.figures import Figure, records

_LEAST = 100
"""Items that a topic must have: 30 of NYT's tags, 17 of Reuters' topics."""

_DRAWS = 5
_BORDER = 0.5
_WORD = re.compile(r"\w\w+")

Scores = NDArray[np.float32]


class Filed:
    """A collection of items with their topics, as the archive that likeness is measured against."""

    def __init__(self, items: Sequence[dict[str, Any]]) -> None:
        words = [Words(one["title"], one["summary"], one["text"]) for one in items]
        self.profiles = [profile(one) for one in words]
        self.plain = _plain(words)
        self.sample = Sample(learned(self.profiles), self.profiles)
        count = Counter(topic for one in items for topic in set(one["topics"]))
        names = [topic for topic, times in count.most_common() if times >= _LEAST]
        self.topics = {name: np.array([name in one["topics"] for one in items]) for name in names}

    def picked(self, numbers: Sequence[int]) -> list[Profile]:
        """Return the profiles of items."""
        return [self.profiles[number] for number in numbers]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Some items of a topic, drawn as its seeds; and what a person then marked."""

    topic: str
    seeds: tuple[int, ...]
    on: tuple[int, ...] = ()
    off: tuple[int, ...] = ()

    def gathered(self, filed: Filed) -> Gathering:
        """Return what the topic gathers."""
        seeds = {str(number): filed.profiles[number] for number in self.seeds}
        return gather(self.topic, seeds, filed.sample, filed.picked(self.on), filed.picked(self.off))


def measure() -> Iterator[Figure]:
    """Return the figures of ranking, of the threshold and of marks."""
    nyt, reuters = (
        Filed(list(records("topics", f"{name}.jsonl.gz"))) for name in ("nyt-2020-21", "reuters-train")
    )
    for seeds, least, most in ((20, 0.07, 0.05), (3, 0.10, None)):
        costs: list[tuple[float, float]] = []
        for name, filed, bar in (("NYT", nyt, least), ("Reuters", reuters, None)):
            of = f"topics, {seeds} {name} seeds"
            drawn = list(seeds_of(filed, seeds))
            scores = scores_of(filed, drawn)
            yield from ranking(of, filed, drawn, scores, bar)
            found = f1s_of(filed, drawn, scores)
            yield threshold(of, found, most)
            costs += found
            if seeds == 3:
                yield from _marking(of, filed, drawn, scores)
        yield threshold(f"topics, {seeds} seeds, both", costs, most)
    yield from _in_russian()


def seeds_of(filed: Filed, seeds: int) -> Iterator[Drawn]:
    """Draw so many seeds of each topic, some times."""
    for number, (topic, on) in enumerate(filed.topics.items()):
        for draw in range(_DRAWS):
            chosen = random.Random(1_000 * draw + number).sample(np.flatnonzero(on).tolist(), seeds)
            yield Drawn(topic, tuple(chosen))


def scores_of(filed: Filed, drawn: Sequence[Drawn]) -> Scores:
    """Return the scores of all items (rows) for each topic drawn (columns)."""
    return Gatherings(filed.sample, [one.gathered(filed) for one in drawn]).scores(filed.profiles)


def _rest(filed: Filed, one: Drawn, scores: Scores, hidden: Sequence[int] = ()) -> tuple[Scores, Scores]:
    """Return the scores of the items that were not drawn, best first, and which of them are on topic."""
    kept = np.delete(np.arange(len(scores)), [*one.seeds, *hidden])
    order = kept[np.argsort(-scores[kept], kind="stable")]
    return scores[order], filed.topics[one.topic][order]


def _precision(on: Scores) -> float:
    """Return the average precision of a ranking."""
    ranks = np.flatnonzero(on) + 1
    return float((np.arange(1, len(ranks) + 1) / ranks).mean())


def _mean(values: Iterator[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


# ---------------------------------------------------------------- ranking


def ranking(
    of: str, filed: Filed, drawn: Sequence[Drawn], scores: Scores, least: float | None
) -> Iterator[Figure]:
    """Return how well all other items are ranked, beside the centroid."""
    ranked = [_rest(filed, one, scores[:, column])[1] for column, one in enumerate(drawn)]
    precisions = [_precision(on) for on in ranked]
    plain = _mean(_precision(_rest(filed, one, _centroid(filed, one))[1]) for one in drawn)
    mean = _mean(iter(precisions))
    yield Figure(
        of, "mean AP", mean, detail=f"{len(filed.topics)} topics, {_DRAWS} draws; centroid {plain:.3f}"
    )
    yield Figure(of, "mean AP above the centroid", mean - plain, least)
    for first in (10, 50):
        yield Figure(of, f"precision at {first}", _mean(float(on[:first].mean()) for on in ranked))
    by_topic = sorted(zip(precisions, (one.topic for one in drawn), strict=True))[::_DRAWS]
    worst = "; ".join(dict.fromkeys(f"{topic}" for _, topic in by_topic[:4]))
    yield Figure(of, "AP of the worst draw", by_topic[0][0], detail=worst)


def _plain(words: Sequence[Words]) -> Rows:
    """Return the sublinear TF-IDF vectors of wordings, one long."""
    counted = [Counter(_WORD.findall(f"{one.title} {one.summary} {one.text}".lower())) for one in words]
    found = Counter(term for terms in counted for term in terms)
    rows = []
    for terms in counted:
        raw = {
            term: (1 + math.log(times)) * math.log((1 + len(words)) / (0.5 + found[term]))
            for term, times in terms.items()
        }
        length = math.hypot(*raw.values()) or 1.0
        rows.append({term: value / length for term, value in raw.items()})
    return Rows(rows, {})


def _centroid(filed: Filed, one: Drawn) -> Scores:
    shares = np.zeros(len(filed.profiles), np.float32)
    shares[list(one.seeds)] = 1 / len(one.seeds)
    return filed.plain.times(filed.plain.summed(shares, int(filed.plain.terms.max()) + 1))


# ---------------------------------------------------------------- the threshold


def f1s_of(filed: Filed, drawn: Sequence[Drawn], scores: Scores) -> list[tuple[float, float]]:
    """Return F1 of each topic drawn, at its best threshold and at the one for all."""
    return [_f1(*_rest(filed, one, scores[:, column])) for column, one in enumerate(drawn)]


def threshold(of: str, found: Sequence[tuple[float, float]], most: float | None) -> Figure:
    """Return what F1 loses where one threshold serves all topics instead of the best for each."""
    best, here = (_mean(iter(values)) for values in zip(*found, strict=True))
    lost = [_mean(best - here for best, here in found[draw::_DRAWS]) for draw in range(_DRAWS)]
    detail = f"{here:.3f}, best {best:.3f}; of one draw {min(lost):.3f} to {max(lost):.3f}"
    return Figure(of, "macro F1 below the best thresholds", best - here, most, least=False, detail=detail)


def _f1(scores: Scores, on: Scores) -> tuple[float, float]:
    """Return F1 at the best threshold and at the one for all, of a ranking."""
    curve = 2 * np.cumsum(on) / (np.arange(1, len(on) + 1) + on.sum())
    above = int((scores >= _BORDER).sum())
    return float(curve.max()), float(curve[above - 1]) if above else 0.0


# ---------------------------------------------------------------- marks


def _marking(of: str, filed: Filed, drawn: Sequence[Drawn], scores: Scores) -> Iterator[Figure]:
    """Let a person mark five items as on and five as off topic among the first twenty; judge the rest."""
    marked = [_marked(filed, one, scores[:, column]) for column, one in enumerate(drawn)]
    after = scores_of(filed, marked)
    for what, found in (("before marks", scores), ("after marks", after)):
        rests = [_rest(filed, one, found[:, column], one.on + one.off) for column, one in enumerate(marked)]
        yield Figure(of, f"mean AP of the rest {what}", _mean(_precision(on) for _, on in rests))
        yield Figure(of, f"macro F1 of the rest {what}", _mean(_f1(*rest)[1] for rest in rests))


def _marked(filed: Filed, one: Drawn, scores: Scores) -> Drawn:
    on = filed.topics[one.topic]
    first = [int(number) for number in np.argsort(-scores, kind="stable") if number not in one.seeds][:20]
    return Drawn(
        one.topic,
        one.seeds,
        tuple([number for number in first if on[number]][:5]),
        tuple([number for number in first if not on[number]][:5]),
    )


# ---------------------------------------------------------------- where there is no direction


def _in_russian() -> Iterator[Figure]:
    """Let one Russian text be the seed, and find the other that tells the same among those of all pairs."""
    pairs = list(records("pairs/telegram-ru.jsonl.gz"))
    seeds, others = (
        [profile(Words(one[side]["title"], "", one[side]["text"])) for one in pairs] for side in "ab"
    )
    sample = Sample(learned([*seeds, *others]), [*seeds, *others])
    scores = Gatherings(sample, [gather("", {"seed": one}, sample) for one in seeds]).scores(others)
    same = np.array([one["same"] for one in pairs])
    of, detail = "topics, one Russian seed", f"{same.sum()} of {len(pairs)} pairs tell the same"
    yield Figure(
        of,
        "its pair is the nearest",
        float((scores.argmax(0) == np.arange(len(pairs)))[same].mean()),
        detail=detail,
    )
    yield Figure(of, "its pair is on topic", float((scores.diagonal() >= _BORDER)[same].mean()))
    apart = scores[~np.eye(len(pairs), dtype=bool)]
    yield Figure(of, "texts of other pairs on topic", float((apart >= _BORDER).mean()))
