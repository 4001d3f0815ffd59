"""What the items of a batch are copies of, by equal keys and by likeness, and which stories they make one."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.dedupe import link, wording
from monitor.dedupe.nearby import Nearby
from monitor.dedupe.stories import Stories, age, id_of, oldest, twin_of
from monitor.model.stories import Appearance, Batch, Bridge, Known, KnownCopy, KnownStory, StoryKey, Verdict

_SURE = frozenset({link.RULE, wording.RULE})
"""The rungs that make two stories one where an appearance belongs to both: equal address, equal words."""


@dataclass(frozen=True, slots=True)
class Match:
    """The story that an appearance is a copy of, and why."""

    story: KnownStory
    rule: str
    score: float
    evidence: str


class Created:
    """What the verdicts of this batch come to so far: stories by their keys and by their words."""

    def __init__(self, batch: Batch, known: Known) -> None:
        self._batch = batch
        self._carriers = known.carriers
        self._apart = set(known.apart)
        self._by_key: defaultdict[StoryKey, list[int]] = defaultdict(list)
        self._stories = Stories(batch.source_id, known)
        self._nearby = Nearby(self._stories, known)

    def match(self, appearance: Appearance) -> Match | None:
        """Return the story that an appearance is a copy of, and by which key or likeness."""
        for key in appearance.keys:
            if story := oldest(self._fitting(key, appearance)):
                return Match(story, key.rule, 1.0, key.evidence)
        found = self._nearby.find(appearance, self._at(appearance))
        return Match(found.story, found.rule, found.alike.score, found.alike.evidence) if found else None

    def bridged(self, appearance: Appearance, match: Match) -> Iterator[Bridge]:
        """Make the other stories that an appearance belongs to one with its own, and yield what shows each.

        Each by a sure key that does not name its own story too, and that would have joined the two
        had they come one after the other: as near in time as the key wants, and not kept apart by a person.
        """
        story = match.story
        sure = [key for key in appearance.keys if key.rule in _SURE and not key.other_source]
        for key in sure if any(key.rule == match.rule for key in sure) else ():
            fitting = {one.id: one for one in self._fitting(key, appearance)}
            other = oldest(fitting.values())
            if other is None or story.id in fitting:
                continue
            near = self._fits(other, key, story.at, dated=story.dated)
            if near and frozenset({story.id, other.id}) not in self._apart:
                yield Bridge(key.rule, key.evidence, id_of(other), twin_of(other))
                story = self._merge(*sorted((story, other), key=lambda one: age(one.id)))

    def _merge(self, older: KnownStory, younger: KnownStory) -> KnownStory:
        """Make two stories the older of them; what was kept apart from either is kept apart from it."""
        kept = [pair - {younger.id} for pair in self._apart if younger.id in pair]
        self._apart.update(pair | {older.id} for pair in kept)
        return self._stories.merge(older, younger)

    def _fitting(self, key: StoryKey, appearance: Appearance) -> Iterator[KnownStory]:
        at, dated = self._at(appearance), appearance.entry.published is not None
        for one in map(self._stories.now, (*self._carriers.get(key, ()), *self._by_key.get(key, ()))):
            if self._fits(one, key, at, dated=dated):
                yield one

    def _fits(self, story: KnownStory, key: StoryKey, at: datetime, *, dated: bool) -> bool:
        """Tell whether an appearance with this key and time is a copy of the story.

        Where only one of them is dated they may be of one time; a bare title proves too little for that.
        """
        if key.other_source and self._batch.source_id in story.source_ids:
            return False
        one_time = dated != story.dated and not key.other_source
        return key.window is None or one_time or abs(at - story.at) <= key.window

    def _at(self, appearance: Appearance) -> datetime:
        return appearance.entry.published or self._batch.seen_at

    def add(self, index: int, appearance: Appearance, match: Match | None) -> None:
        """Take in an appearance that was not known: the next ones may be copies of its story."""
        story = match.story if match else self._stories.create(appearance, self._at(appearance), index)
        story = self._stories.join(story.id, -1 - index, appearance.site)
        self._tell(appearance, story, -1 - index)

    def again(self, verdict: Verdict, copy: KnownCopy) -> None:
        """Take in that a known copy is seen again: the next ones may be copies of what it says now."""
        story = self._stories.now(copy.story_id)
        if copy.relinked(verdict.appearance):
            story = self._stories.join(story.id, copy.id, verdict.appearance.site)
        if verdict.kind != "seen":
            self._tell(verdict.appearance, story, copy.id)

    def _tell(self, appearance: Appearance, story: KnownStory, copy: int) -> None:
        for key in appearance.keys:
            self._by_key[key].append(story.id)
        self._nearby.tell(appearance, self._at(appearance), copy, story.id)
