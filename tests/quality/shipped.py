"""The shipped topics, by query and likeness together, on news of the war and on news from before it.

Stories are scored against three archives: of the end of 2025, of none of the war, and none at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from monitor.config import load
from monitor.corpus.seeds import read
from monitor.model.documents import SeedDocument
from monitor.model.entries import Words
from monitor.model.events import Profile
from monitor.model.topics import Topic
from monitor.profiles import learned, profile
from monitor.tag import Tagger
from monitor.tag.gathering import gather
from monitor.tag.likeness import Gatherings
from monitor.tag.sample import Sample
from monitor.tag.score import joined
from tests.quality.figures import Figure, records

_ROOT = Path(__file__).resolve().parents[2]
_ARCHIVE = 4_000
_ALL = "ukraine-war"


@dataclass(frozen=True, slots=True)
class Items:
    """Items with what people filed them under, their profiles and the topics whose queries match them."""

    words: Sequence[Words]
    filed: Sequence[Sequence[str]]
    profiles: Sequence[Profile]
    matched: Sequence[frozenset[str]]


def measure() -> Iterator[Figure]:
    """Return false alarms and recall of the shipped topics."""
    settings = load(_ROOT / "config" / "monitor.toml", {})
    tagger = Tagger(settings.topics, settings.aliases)
    seeds = {one.name: profile(one.words) for one in read(_ROOT / "seeds") if isinstance(one, SeedDocument)}
    before = {
        name: _items(name, tagger) for name in ("topics/bbc-odd.jsonl.gz", "topics/nyt-2020-21.jsonl.gz")
    }
    of_it = [_items(f"topics/{name}.jsonl.gz", tagger) for name in ("ruwa-ukrinform-censor", "ukraine-2022")]
    world = [Words(one["title"]) for one in records("world/world90-60k.jsonl.gz")][-_ARCHIVE:]
    archives = {
        "of December 2025": [profile(one) for one in world],
        "from before the war": [one for items in before.values() for one in items.profiles][:_ARCHIVE],
        "that is empty": [],
    }
    for name, archive in archives.items():
        of = f"shipped, archive {name}"
        compiled = _compiled(settings.topics, seeds, archive)
        alarms = [alarm for items in before.values() for alarm in _tagged(items, settings.topics, compiled)]
        yield Figure(of, "false alarms, %", _percent(alarms), 0.5, least=False, detail=f"{len(alarms)} items")
        for items in of_it:
            yield from _recalls(of, items, _tagged(items, settings.topics, compiled))


def _items(name: str, tagger: Tagger) -> Items:
    found = list(records(name))
    words = [Words(one["title"], one["summary"], one["text"]) for one in found]
    matched = [frozenset(tag.topic for tag in tagger(one)) for one in words]
    return Items(words, [one["topics"] for one in found], [profile(one) for one in words], matched)


def _compiled(
    topics: Sequence[Topic], seeds: Mapping[str, Profile], archive: Sequence[Profile]
) -> Gatherings:
    sample = Sample(learned(archive), archive)
    return Gatherings(
        sample, [gather(topic.name, {one: seeds[one] for one in topic.seeds}, sample) for topic in topics]
    )


def _tagged(items: Items, topics: Sequence[Topic], compiled: Gatherings) -> list[bool]:
    """Return which items bear the tag of any topic."""
    scores = compiled.scores(items.profiles)
    return [
        any(
            joined(topic, topic.name in matched, float(score)) is not None
            for topic, score in zip(topics, row, strict=True)
        )
        for matched, row in zip(items.matched, scores, strict=True)
    ]


def _recalls(of: str, items: Items, tagged: Sequence[bool]) -> Iterator[Figure]:
    """Return the share that is tagged, of what each sub-topic holds, and by the queries alone."""
    here = np.array(tagged)
    queried = _percent([bool(one) for one in items.matched])
    names = sorted({name for filed in items.filed for name in filed})
    for name in names:
        under = np.array([name in filed for filed in items.filed])
        detail = (
            f"{under.sum()} items; queries alone {queried:.1f}" if name == _ALL else f"{under.sum()} items"
        )
        yield Figure(of, f"tagged of {name}, %", _percent(here[under].tolist()), detail=detail)


def _percent(found: Sequence[bool]) -> float:
    return 100 * sum(found) / len(found)
