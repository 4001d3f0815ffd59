"""What topics cost: `python -m tests.benchmarks.topics [TOPICS]`.

Compiles 100 topics, and so many (10,000), and tags stories of 300 words with each: seconds and memory of the
compiling, stories a second of one core. Stories are Reuters' where the shared data is there, else generated;
queries are made of words of the stories, rare ones as often as common ones: two to four parts joined by AND,
of one to three words each, a third of them phrases, some with NOT, NEAR, a prefix, a field. Words stand for
their forms in English. Folding is not counted: deduplication needs it anyhow.
"""

import gc
import random
import resource
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.forms import Forms
from monitor.model.entries import Words
from monitor.model.topics import Topic
from monitor.tag import Tagger, no_forms
from monitor.tag.aliases import Forms as Inflect
from tests.quality.figures import DATA, records

_FEW, _MANY = 100, 10_000
_STORIES, _LENGTH = 600, 300
_COMMONEST = 1_000
"""So many of the commonest words are in no query: what is tracked are names and things, not "said"."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds and megabytes of compiling, stories a second, tags a story."""

    topics: int
    seconds: float
    megabytes: float
    speed: float
    tags: float


def main(topics: int) -> None:
    """Print what a few topics cost and what many do, with the forms of words and without."""
    stories = _stories(random.Random(5))
    vocabulary = _vocabulary(stories)
    for name, forms in (("without forms", no_forms), ("with forms", Forms(["en"]))):
        for count in (_FEW, topics):
            cost = _measured(_topics(random.Random(6), vocabulary, count), stories, forms)
            print(
                f"{cost.topics:,} topics {name}: compiled in {cost.seconds:.2f} s, {cost.megabytes:,.0f} MB, "
                f"{cost.speed:,.0f} stories/s, {cost.tags:.1f} tags a story",
                flush=True,
            )
    print(f"memory at the peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def _measured(topics: Sequence[Topic], stories: Sequence[Words], forms: Inflect) -> Cost:
    folded = [words.folded for words in stories]
    begun = time.process_time()
    tagger = Tagger(topics, {}, forms)
    seconds = time.process_time() - begun
    speeds, tags = [], 0
    for _ in range(3):
        begun = time.process_time()
        tags = sum(len(tagger(words, one)) for words, one in zip(stories, folded, strict=True))
        speeds.append(len(stories) / (time.process_time() - begun))
    del tagger
    return Cost(len(topics), seconds, _memory(topics, forms), sorted(speeds)[1], tags / len(stories))


def _memory(topics: Sequence[Topic], forms: Inflect) -> float:
    """Return how many megabytes stay when topics are compiled, measured apart since measuring costs time."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    tagger = Tagger(topics, {}, forms)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del tagger
    return (after - before) / 1e6


# ---------------------------------------------------------------- stories and queries


def _stories(by: random.Random) -> list[Words]:
    if (DATA / "topics" / "reuters-train.jsonl.gz").exists():
        texts = [one["text"].split() for one in records("topics", "reuters-train.jsonl.gz") if one["text"]]
        run = [word for text in texts[: 4 * _STORIES] for word in text]
    else:
        words = ["".join(by.choices("aeioubcdlmnrst", k=by.randint(3, 9))) for _ in range(30_000)]
        run = [words[int(by.paretovariate(0.8)) % len(words)] for _ in range(_STORIES * _LENGTH)]
    starts = range(0, min(len(run), _STORIES * _LENGTH) - _LENGTH, _LENGTH)
    return [Words(" ".join(run[at : at + 9]), "", " ".join(run[at + 9 : at + _LENGTH])) for at in starts]


def _vocabulary(stories: Sequence[Words]) -> list[list[str]]:
    """Return the words of the stories in ranks, the commonest first, each of twice as many words."""
    counts: Counter[str] = Counter()
    for words in stories:
        counts.update(words.folded.text.split())
    common = [word for word, _ in counts.most_common() if word.isalpha() and len(word) > 2][_COMMONEST:]
    ranks, size = [], 500
    while common:
        ranks.append(common[:size])
        del common[:size]
        size *= 2
    return ranks


def _topics(by: random.Random, vocabulary: Sequence[Sequence[str]], count: int) -> list[Topic]:
    return [Topic(f"t{number}", f"Topic {number}", _query(by, vocabulary)) for number in range(count)]


def _query(by: random.Random, vocabulary: Sequence[Sequence[str]]) -> str:
    parts = [_part(by, vocabulary) for _ in range(by.randint(2, 4))]
    if by.random() < 0.2:
        parts.append(f"NOT {_word(by, vocabulary)}")
    return " AND ".join(parts)


def _part(by: random.Random, vocabulary: Sequence[Sequence[str]]) -> str:
    some = [_term(by, vocabulary) for _ in range(by.randint(1, 3))]
    return some[0] if len(some) == 1 else f"({' OR '.join(some)})"


def _term(by: random.Random, vocabulary: Sequence[Sequence[str]]) -> str:
    word, other, chance = _word(by, vocabulary), _word(by, vocabulary), by.random()
    if chance < 0.35:
        return f'"{word} {other}"'
    if chance < 0.40:
        return f"{word} NEAR/5 {other}"
    if chance < 0.45:
        return f"{word[:5]}*"
    return f"title:{word}" if chance < 0.5 else word


def _word(by: random.Random, vocabulary: Sequence[Sequence[str]]) -> str:
    return by.choice(by.choice(vocabulary))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else _MANY)
