"""What topics gather, compiled from what the store has: seeds, people's marks, how common terms are.

It is made where it is first asked for, and anew where any of these has changed since: no restart.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from pathlib import PurePath

from monitor.model.events import Profile
from monitor.model.topics import Likeness, Topic
from monitor.profiles import profile
from monitor.store import Lane, corpus, marks, placing, profiles
from monitor.tag.gathering import Gathering, gather
from monitor.tag.likeness import Gatherings
from monitor.tag.sample import Sample

_SAMPLE = 5_000
"""Of so many of the newest stories an archive's sample is: read in half a second, once for all topics."""

_AT_ONCE = 1_000
_EVERYTHING = 1 << 62


@dataclass(frozen=True, slots=True)
class Near:
    """How like a story is to a topic, from 0 to 1, and what tells by what it is."""

    score: float
    explain: Callable[[], Likeness]


@dataclass(frozen=True, slots=True)
class Liked:
    """What topics, and seeds that queries ask for, gather at one state of the store."""

    topics: Gatherings
    single: Gatherings

    def near(self, stories: Sequence[Profile]) -> list[dict[str, Near]]:
        """Return for each story how like it is to each topic."""
        return [
            {
                name: Near(score, partial(self.topics.explain, story, nth, score))
                for nth, (name, score) in enumerate(zip(self.topics.names, scores, strict=True))
            }
            for story, scores in zip(stories, self.topics.scores(stories).tolist(), strict=True)
        ]

    def seeds(self, story: Profile) -> dict[str, float]:
        """Return how like a story is to each seed that a query asks for."""
        return dict(zip(self.single.names, self.single.scores([story])[0].tolist(), strict=True))


class Likings:
    """What makes the profiles of topics that name seeds, and of the seeds that queries ask for."""

    def __init__(self, topics: Iterable[Topic], asked: Iterable[str]) -> None:
        self._topics = [topic for topic in topics if topic.seeds]
        self._asked = sorted(set(asked))
        self._sampled: tuple[int | None, Sample] | None = None
        self._made: tuple[object, Liked] | None = None

    def __bool__(self) -> bool:
        """Tell whether there is anything to be like."""
        return bool(self._topics or self._asked)

    def at(self, lane: Lane) -> Liked:
        """Return the profiles as the store has it now."""
        version = placing.background_version(lane), marks.version(lane)
        if self._made is None or self._made[0] != version:
            self._made = version, self._make(lane)
        return self._made[1]

    def _make(self, lane: Lane) -> Liked:
        sample, seeds = self._sample(lane), seed_profiles(lane)
        made = [self._gather(lane, topic, seeds, sample) for topic in self._topics]
        single = [gather(name, {name: seeds[name]}, sample) for name in self._asked if name in seeds]
        return Liked(
            Gatherings(sample, [one for one in made if one]),
            Gatherings(sample, single),
        )

    def _sample(self, lane: Lane) -> Sample:
        version = placing.background_version(lane)
        if self._sampled is None or self._sampled[0] != version:
            newest = profiles.newest(lane, _SAMPLE)
            self._sampled = version, Sample(placing.known_background(lane), newest)
        return self._sampled[1]

    def _gather(
        self, lane: Lane, topic: Topic, seeds: Mapping[str, Profile], sample: Sample
    ) -> Gathering | None:
        own = {name: seeds[name] for name in topic.seeds if name in seeds}
        if not own:
            return None
        said = marks.of_topic(lane, topic.name)
        told = profiles.of_stories(lane, [one.story_id for one in said])
        on, off = (
            [told[one.story_id] for one in said if one.on is way and one.story_id in told]
            for way in (True, False)
        )
        return gather(topic.name, own, sample, on, off)

    def of_topic(
        self, lane: Lane, topic: Topic, after: int = 0, upto: int = _EVERYTHING
    ) -> Iterator[tuple[int, Near]]:
        """Yield the stories after one and up to another with how like each is to a topic that has seeds."""
        liked = self.at(lane).topics
        if topic.name in liked.names:
            yield from _near(lane, liked, liked.names.index(topic.name), after, upto)

    def of_seed(self, lane: Lane, threshold: float) -> Callable[[str], Collection[int]]:
        """Return what gives the stories that are as like a seed as that."""

        @cache  # a search asks once for each part of the archive that it looks through
        def rows(seed: str) -> Collection[int]:
            sample, seeds = self._sample(lane), seed_profiles(lane)
            if seed not in seeds:
                return ()
            one = Gatherings(sample, [gather(seed, {seed: seeds[seed]}, sample)])
            return [row for row, near in _near(lane, one, 0, 0, _EVERYTHING) if near.score >= threshold]

        return rows


def _near(lane: Lane, liked: Gatherings, number: int, after: int, upto: int) -> Iterator[tuple[int, Near]]:
    stories = profiles.between(lane, after, upto)
    while page := list(islice(stories, _AT_ONCE)):
        scores = liked.scores([one for _, one in page])[:, number].tolist()
        for (row, one), score in zip(page, scores, strict=True):
            yield row, Near(score, partial(liked.explain, one, number, score))


def seed_profiles(lane: Lane) -> dict[str, Profile]:
    """Return the profiles of the seeds by their files' names, with and without what follows the last dot."""
    made = {name: profile(words) for name, words in corpus.seed_words(lane).items()}
    return {PurePath(name).stem: one for name, one in made.items()} | made
