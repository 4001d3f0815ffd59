"""A person's word on stories: several are one, or copies are another story. It is done, and pinned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from monitor.dedupe import traits
from monitor.errors import UsageError
from monitor.model.stories import Cause
from monitor.model.views import CopyView, EventView, StoryView
from monitor.store import Lane, ids, merging, rulings, splitting, stories
from monitor.store.splitting import Tagger

if TYPE_CHECKING:
    from monitor.pipeline.placing import Late

Shown = TypeVar("Shown", StoryView, EventView)


@dataclass(frozen=True, slots=True)
class Word:
    """Who says it, when, and with what note."""

    who: str
    at: datetime
    note: str = ""

    @property
    def cause(self) -> Cause:
        """Return it as the cause of a merge or a split."""
        return Cause("person", self.note, self.at, self.who)

    @property
    def said(self) -> rulings.Said:
        """Return it as what is pinned."""
        return rulings.Said("story", self.at, self.who, self.note)


def several(kind: str, named: Sequence[str], known: Callable[[str], Shown]) -> Sequence[Shown]:
    """Return what is to be merged; raises UsageError where it is one alone, or one twice."""
    if len(named) < 2:  # one alone is no pair
        raise UsageError(f"name two {kind} or more to merge")
    found: dict[str, Shown] = {}
    for name in named:
        one = known(name)
        if one.id in found:
            raise UsageError(f"{name} is {one.id} already, which you have named")
        found[one.id] = one
    return tuple(found.values())


def merge(lane: Lane, story_ids: Sequence[str], word: Word) -> StoryView:
    """Merge stories into the oldest of them; raises UsageError with a sentence."""
    found = several("stories", story_ids, partial(_polled, lane))
    copies = {copy.id for one in found for copy in one.copies}
    first, *others = sorted(one.copies[0].id for one in found)
    rulings.withdraw(lane, "story", "apart", copies, copies)
    merged = merging.merge(lane, [ids.story_row(one.id) for one in found], word.cause)
    rulings.rule(lane, "same", [(first, other) for other in others], word.said)
    return _polled(lane, ids.story_id(merged.into))


def split(
    lane: Lane,
    story_id: str,
    which: Sequence[str],
    word: Word,
    tagger: Tagger,
    *,
    late: "Late | None" = None,
) -> tuple[str, str]:
    """Make copies of a story a story of their own; return the ids of what stays and of what left.

    which are the copies' numbers, as `why` gives them, or their addresses. Raises UsageError with a sentence.
    """
    whole = _polled(lane, story_id)
    off = {copy.id for one in which for copy in _named(whole, one)}
    if not off:
        raise UsageError(f"say which of the {len(whole.copies)} copies of {whole.id} are another story")
    if len(whole.copies) == 1:
        raise UsageError(f"{whole.id} has only one copy, so there is nothing to split it from")
    if len(off) == len(whole.copies):
        raise UsageError(f"these are all copies of {whole.id}; at least one has to stay")
    row = ids.story_row(whole.id)
    stays, leaves = splitting.split(lane, row, off, word.cause, traits=traits, tagger=tagger)
    rulings.withdraw(lane, "story", "same", stays.copies, leaves.copies)
    rulings.spread(lane, "story", stays.copies, leaves.copies)
    rulings.rule(lane, "apart", [(stays.shown, leaves.shown)], word.said)
    from monitor.pipeline.placing import place_waiting

    place_waiting(lane, word.at, late, [leaves.story])
    return ids.story_id(stays.story), ids.story_id(leaves.story)


def no_seed(lane: Lane, story_id: str, why: str) -> StoryView:
    """Return a story; raises UsageError where there is none, and where it is a seed, which why explains."""
    found = stories.one(lane, story_id)
    if found is None:
        raise UsageError(f"there is no story {story_id}")
    if found.seed:
        raise UsageError(f"{found.id} is a seed{why}")
    return found


def _polled(lane: Lane, story_id: str) -> StoryView:
    return no_seed(lane, story_id, ": it is a copy of nothing, and nothing is a copy of it")


def _named(whole: StoryView, named: str) -> Sequence[CopyView]:
    """Return the copies that a person means by a number or an address."""
    if named.isdecimal():
        number = int(named)
        if not 1 <= number <= len(whole.copies):
            raise UsageError(f"{whole.id} has no copy {named}; `monitor why {whole.id}` numbers them")
        return [whole.copies[number - 1]]
    found = [copy for copy in whole.copies if named in {copy.url, copy.source}]
    if not found:
        raise UsageError(f"{whole.id} has no copy at {named}; `monitor why {whole.id}` lists them")
    return found
