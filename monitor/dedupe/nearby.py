"""Stories that an appearance may be like: proposed by its keys, told by comparing words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.dedupe import headline, near
from monitor.dedupe.body import body_of
from monitor.dedupe.likeness import Alike, Between, Reading, read
from monitor.dedupe.title import plain_title
from monitor.model import NEARBY, Appearance, Entry, Known, KnownStory, Proposal, has_room
from monitor.words import FoldedWords


@dataclass(frozen=True, slots=True)
class Likeness:
    """A rung of the ladder that compares: keys propose, by equality; same decides."""

    rule: str
    keys: Callable[[Entry, str, list[str]], Iterable[int]]
    same: Callable[[Reading, Reading, Between], Alike | None]


LIKENESSES = (
    Likeness(headline.RULE, headline.keys, headline.same),
    Likeness(near.RULE, near.keys, near.same),
)
"""The rungs below those of equal keys, surest first."""


def proposals(entry: Entry, folded: FoldedWords, outlet: str) -> tuple[Proposal, ...]:
    """Return what an entry proposes by; outlet is what its feed calls itself."""
    body = body_of(entry.words, folded)
    title = plain_title(entry.words.title, entry.link, outlet) or folded.title
    found = ((rung.rule, tuple(rung.keys(entry, title, body))) for rung in LIKENESSES)
    return tuple(Proposal(rule, values) for rule, values in found if values)


@dataclass(frozen=True, slots=True)
class Found:
    """A story that an appearance is like; ref is its id, or below zero a twin's of this batch."""

    ref: int
    rule: str
    alike: Alike


class Nearby:
    """The stories that a batch may meet: known ones, and those it makes."""

    def __init__(self, source_id: int, known: Known) -> None:
        self._source = source_id
        self._known = known
        self._touched: dict[int, KnownStory] = {}
        self._carriers: dict[int, list[int]] = {}

    def find(self, appearance: Appearance, at: datetime) -> Found | None:
        """Return the story that an appearance is like: by the surest rung, of those the likest, the oldest."""
        for proposal, rung in _rungs(appearance.proposals):
            found = [
                (-alike.score, story.id < 0, abs(story.id), Found(story.id, rung.rule, alike))
                for story in self._proposed(proposal, at)
                if story.words
                and (
                    alike := rung.same(
                        read(appearance.entry.words), read(story.words), self._between(appearance, at, story)
                    )
                )
            ]
            if found:
                return min(found, key=lambda one: one[:3])[3]
        return None

    def _proposed(self, proposal: Proposal, at: datetime) -> Iterator[KnownStory]:
        refs: set[int] = set()
        for value in proposal.values:
            refs.update(self._carrying(value))
        for story in map(self._story, refs):
            if abs(at - story.at) <= NEARBY:
                yield story

    def _carrying(self, value: int) -> Sequence[int]:
        known, ours = self._known.nearby.get(value, ()), self._carriers.get(value)
        return (*known, *ours) if ours else known

    def _story(self, ref: int) -> KnownStory:
        return self._touched.get(ref) or self._known.stories[ref]

    def _between(self, appearance: Appearance, at: datetime, story: KnownStory) -> Between:
        """Tell how an appearance stands to a story; outlets are told by the sites of links, else by source."""
        site = appearance.site
        ours: str | int = site
        theirs: frozenset[str] | frozenset[int] = story.sites
        if not (site and theirs):
            ours, theirs = self._source, story.source_ids
        dated = appearance.entry.published is not None
        return Between(ours in theirs, abs(at - story.at), dated, elsewhere=bool(theirs - {ours}))

    def tell(self, appearance: Appearance, at: datetime, ref: int) -> None:
        """Take in a story in the words of an appearance, that made it or says it anew."""
        if ref in self._touched or ref in self._known.stories:
            story = replace(self._joined(appearance, ref), words=appearance.entry.words)
        else:
            sites = frozenset((appearance.site,)) - {""}
            story = KnownStory(ref, at, frozenset((self._source,)), sites, appearance.entry.words)
        self._touched[ref] = story
        for value in appearance.proposed:
            carrying = self._carrying(value)
            if not carrying or has_room(map(self._story, carrying), story):
                self._carriers.setdefault(value, []).append(ref)

    def join(self, appearance: Appearance, ref: int) -> None:
        """Take in that an appearance is a copy of a story."""
        self._touched[ref] = self._joined(appearance, ref)

    def _joined(self, appearance: Appearance, ref: int) -> KnownStory:
        story, site = self._story(ref), appearance.site
        sites = story.sites | {site} if site else story.sites
        return replace(story, source_ids=story.source_ids | {self._source}, sites=sites)


def _rungs(given: Sequence[Proposal]) -> Iterator[tuple[Proposal, Likeness]]:
    by_rule = {one.rule: one for one in given}
    for rung in LIKENESSES:
        if rung.rule in by_rule:
            yield by_rule[rung.rule], rung
