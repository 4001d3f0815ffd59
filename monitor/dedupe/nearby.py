"""Stories that an appearance may be like: proposed by its keys, told by comparing words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.dedupe import headline, near
from monitor.dedupe.body import body_of
from monitor.dedupe.likeness import Alike, Between, Reading, read
from monitor.dedupe.stories import Stories, age
from monitor.dedupe.title import plain_title
from monitor.model.entries import Entry, Words
from monitor.model.stories import (
    NEARBY,
    Appearance,
    Carrier,
    Known,
    KnownStory,
    Proposal,
    Telling,
    has_room,
    period,
)
from monitor.words import FoldedWords


@dataclass(frozen=True, slots=True)
class Likeness:
    """A rung of the ladder that compares: keys propose, by equality; same decides."""

    rule: str
    says: str
    keys: Callable[[Entry, str, list[str]], Iterable[int]]
    same: Callable[[Reading, Reading, Between], Alike | None]


LIKENESSES = (
    Likeness(headline.RULE, headline.SAYS, headline.keys, headline.same),
    Likeness(near.RULE, near.SAYS, near.keys, near.same),
)
"""The rungs below those of equal keys, surest first."""


def proposals(entry: Entry, folded: FoldedWords, outlet: str) -> tuple[Proposal, ...]:
    """Return what an entry proposes by; outlet is what its feed calls itself."""
    body = body_of(entry.words, folded, near.SKETCHED)
    title = plain_title(entry.words.title, entry.link, outlet) or folded.title
    found = ((rung.rule, tuple(rung.keys(entry, title, body))) for rung in LIKENESSES)
    return tuple(Proposal(rule, values) for rule, values in found if values)


@dataclass(frozen=True, slots=True)
class Found:
    """A story that an appearance is like; its id is below zero where this batch creates it."""

    story: KnownStory
    rule: str
    alike: Alike


class Nearby:
    """Finds stories by the words of their copies: of known ones, and of those that the batch brings."""

    def __init__(self, stories: Stories, known: Known) -> None:
        self._stories = stories
        self._known = known
        self._told: dict[int, Telling] = {}
        self._carriers: dict[int, list[Carrier]] = {}

    def find(self, appearance: Appearance, at: datetime) -> Found | None:
        """Return the story that an appearance is like: by the surest rung the likest, then the oldest."""
        for proposal, rung in _rungs(appearance.proposals):
            found = []
            for story, words in self._proposed(proposal, at):
                between = self._between(appearance, at, story)
                if alike := rung.same(read(appearance.entry.words), read(words), between):
                    found.append(Found(story, rung.rule, alike))
            if found:
                return min(found, key=lambda one: (-one.alike.score, age(one.story.id)))
        return None

    def _proposed(self, proposal: Proposal, at: datetime) -> Iterator[tuple[KnownStory, Words]]:
        copies: set[int] = set()
        now = period(at)
        for carrying in filter(None, map(self._carrying, proposal.values)):
            copies.update(copy for when, copy in carrying if abs(when - now) <= 1)
        for telling in map(self._telling, sorted(copies, key=age)):
            story = self._stories.now(telling.story_id)
            if abs(at - story.at) <= NEARBY:
                yield story, telling.words

    def _carrying(self, value: int) -> Sequence[Carrier]:
        known, ours = self._known.nearby.get(value, ()), self._carriers.get(value)
        return (*known, *ours) if ours else known

    def _telling(self, copy: int) -> Telling:
        return self._told.get(copy) or self._known.tellings[copy]

    def _between(self, appearance: Appearance, at: datetime, story: KnownStory) -> Between:
        """Tell how an appearance stands to a story; outlets are known by their links, else by source."""
        site = appearance.site
        ours: str | int = site
        theirs: frozenset[str] | frozenset[int] = story.outlets
        if not (site and theirs):
            ours, theirs = self._stories.source_id, story.source_ids
        dated = appearance.entry.published is not None
        return Between(ours in theirs, abs(at - story.at), dated, elsewhere=bool(theirs - {ours}))

    def tell(self, appearance: Appearance, at: datetime, copy: int, ref: int) -> None:
        """Take in the words of a copy of a story: a known one's id, or below zero one of this batch."""
        self._told[copy] = Telling(ref, appearance.entry.words)
        here_now = period(at), copy
        for value in appearance.proposed:
            carrying = self._carrying(value)
            if not carrying:
                self._carriers[value] = [here_now]
            elif here_now not in carrying and has_room(carrying, here_now[0]):
                self._carriers.setdefault(value, []).append(here_now)


def _rungs(given: Sequence[Proposal]) -> Iterator[tuple[Proposal, Likeness]]:
    by_rule = {one.rule: one for one in given}
    for rung in LIKENESSES:
        if rung.rule in by_rule:
            yield by_rule[rung.rule], rung
