"""What likeness to seeds costs: `python -m tests.benchmarks.likeness`.

Compiles 100 topics of three seeds each against a sample of an archive, and scores stories against all of them
at once, in turns as they are placed: with directions of meaning and by terms alone. One core. The headlines
are those of the shared data where it is there, else generated.
"""

import gzip
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.model.entries import Words
from monitor.model.events import Profile
from monitor.profiles import learned, profile
from monitor.tag.gathering import Gathering, gather
from monitor.tag.likeness import Gatherings
from monitor.tag.sample import Sample
from tests.quality.figures import DATA

_TOPICS, _SEEDS = 100, 3
_SAMPLE, _STORIES = 5_000, 10_000
_TURN = 250


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that the sample and all topics took to make; stories scored a second, explanations a second."""

    sample: float
    topics: float
    scored: float
    explained: float


def main() -> None:
    """Print what it costs with directions and without."""
    profiles = [profile(one) for one in _stories(_SAMPLE + _STORIES)]
    for what, used in (
        ("terms and meaning", profiles),
        ("terms alone", [replace(one, vector=bytes(256)) for one in profiles]),
    ):
        cost = measured(used[:_SAMPLE], used[_SAMPLE:])
        print(
            f"{what:<18} sample of {_SAMPLE} {cost.sample:.2f} s, {_TOPICS} topics {cost.topics:.2f} s, "
            f"scored {cost.scored:,.0f} stories/s, explained {cost.explained:,.0f} tags/s"
        )


def measured(archive: Sequence[Profile], stories: Sequence[Profile]) -> Cost:
    """Return what it costs to score stories against topics drawn from an archive."""
    started = time.process_time()
    sample = Sample(learned(archive), archive)
    sampled = time.process_time()
    topics = Gatherings(sample, _topics(archive, sample))
    compiled = time.process_time()
    best = [
        row for turn in range(0, len(stories), _TURN) for row in topics.scores(stories[turn : turn + _TURN])
    ]
    scored = time.process_time()
    for story, row in zip(stories[:1_000], best, strict=False):
        topics.explain(story, int(row.argmax()), float(row.max()))
    ended = time.process_time()
    return Cost(
        sampled - started,
        compiled - sampled,
        len(stories) / (scored - compiled),
        min(1_000, len(stories)) / (ended - scored),
    )


def _topics(archive: Sequence[Profile], sample: Sample) -> list[Gathering]:
    drawn = random.Random(5)
    return [
        gather(str(number), {str(nth): one for nth, one in enumerate(drawn.sample(archive, _SEEDS))}, sample)
        for number in range(_TOPICS)
    ]


def _stories(wanted: int) -> list[Words]:
    path = DATA / "world" / "world90-60k.jsonl.gz"
    if not path.exists():
        return _generated(wanted)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        titles = [json.loads(line)["title"] for line in lines][: 2 * wanted]
    return [Words(one, other) for one, other in zip(titles[::2], titles[1::2], strict=False)]


def _generated(wanted: int) -> list[Words]:
    drawn = random.Random(5)
    words = ["".join(drawn.choices("bcdfglmnprstaeiou", k=drawn.randint(3, 9))) for _ in range(20_000)]
    shares = [1 / (rank + 1) for rank in range(len(words))]
    return [Words(" ".join(drawn.choices(words, shares, k=30))) for _ in range(wanted)]


if __name__ == "__main__":
    main()
