"""The stories that a batch may meet, as its verdicts leave them: known ones, and those that it creates."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.model.stories import Appearance, Known, KnownStory


def id_of(story: KnownStory) -> int | None:
    """Return the id of a known story."""
    return story.id if story.id > 0 else None


def twin_of(story: KnownStory) -> int | None:
    """Return which verdict of the batch creates the story, where it is not known."""
    return -1 - story.id if story.id < 0 else None


def age(ref: int) -> tuple[bool, int]:
    """Order stories or copies as they were created: known ones by their ids, then those of this batch."""
    return ref < 0, abs(ref)


def oldest(stories: Iterable[KnownStory]) -> KnownStory | None:
    """Return the story that was created first, where there is one."""
    return min(stories, key=lambda one: age(one.id), default=None)


class Stories:
    """Stories by one number: the id of a known one; below zero, by its verdict's place, one of this batch."""

    def __init__(self, source_id: int, known: Known) -> None:
        self.source_id = source_id
        self._known = known.stories
        self._became: dict[int, int] = {}
        self._touched: dict[int, KnownStory] = {}

    def now(self, ref: int) -> KnownStory:
        """Return a story as it is by now: the one that it became, with the copies that it got."""
        while ref in self._became:
            ref = self._became[ref]
        return self._touched.get(ref) or self._known[ref]

    def create(self, appearance: Appearance, at: datetime, index: int) -> KnownStory:
        """Take in a story that a verdict creates."""
        dated = appearance.entry.published is not None
        self._touched[-1 - index] = KnownStory(-1 - index, at, frozenset(), dated=dated)
        return self._touched[-1 - index]

    def join(self, ref: int, copy: int, site: str) -> KnownStory:
        """Take in that a copy of a story is at a site: a known one's id, or below zero one of this batch."""
        story = self.now(ref).carried(copy, self.source_id, site)
        self._touched[story.id] = story
        return story

    def merge(self, older: KnownStory, younger: KnownStory) -> KnownStory:
        """Take in that two stories are one, and return it."""
        sources, sites = older.source_ids | younger.source_ids, older.sites | younger.sites
        self._touched[older.id] = replace(older, source_ids=sources, sites=sites)
        self._became[younger.id] = older.id
        return self._touched[older.id]
