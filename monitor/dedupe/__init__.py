"""Decide what is the same: an entry -> its keys -> the story it is a copy of.

`mark` names an entry's traits and needs nothing but the document; `judge` compares them with what
is known. Within one source an item is recognised by its identities (`identity`); across sources by
the ladder of rungs below, surest first. A sure rung is one function: the trait as a `StoryKey`, or None
where the entry has not got it. Below them are the rungs that compare (`nearby.LIKENESSES`): keys that only
propose stories, and a test of whether two wordings are one. A new rung is a new file and a line here or
there; it needs no migration. `without` leaves out the traits of rungs that are switched off.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from monitor.dedupe import identity, link, wording
from monitor.dedupe.judge import judge
from monitor.dedupe.nearby import LIKENESSES, proposals
from monitor.model.entries import Entry
from monitor.model.stories import Appearance, Proposal, StoryKey
from monitor.words import FoldedWords, fold_words

__all__ = ["LIKENESSES", "RULES", "RUNGS", "judge", "mark", "mark_archived", "traits", "without"]

Rung = Callable[[Entry, FoldedWords, str | None], StoryKey | None]

_Trait = TypeVar("_Trait", StoryKey, Proposal)

RUNGS: tuple[Rung, ...] = (link.key, wording.key)

RULES: Mapping[str, str] = {
    link.RULE: link.SAYS,
    wording.RULE: wording.SAYS,
    **{rung.rule: rung.says for rung in LIKENESSES},
}
"""The names of the rungs, by which they are switched off, and what each says of two stories."""


def mark(entries: Sequence[Entry], outlet: str = "") -> tuple[Appearance, ...]:
    """Name the traits of a document's entries; entries that are one item are returned once.

    outlet is what the document calls itself: a title that ends in it says no more by that.
    """
    return tuple(_appearance(item, outlet) for item in identity.identify(entries))


def mark_archived(entry: Entry, outlet: str = "") -> Appearance:
    """Name the traits of an archive's record, whose id is taken at its word."""
    return _appearance(identity.archived(entry), outlet)


def without(appearances: Sequence[Appearance], off: Collection[str]) -> tuple[Appearance, ...]:
    """Return appearances without the traits of rules that are off: these make no copies, and draw none."""
    if not off:
        return tuple(appearances)
    return tuple(
        replace(one, keys=_left(one.keys, off), proposals=_left(one.proposals, off)) for one in appearances
    )


def _left(found: Iterable[_Trait], off: Collection[str]) -> tuple[_Trait, ...]:
    return tuple(trait for trait in found if trait.rule not in off)


def traits(entry: Entry, link_key: str | None) -> tuple[StoryKey, ...]:
    """Name the keys of an entry that is known already, surest first."""
    words = entry.words
    return _keys(entry, fold_words(words.title, words.summary, words.text), link_key)


def _keys(entry: Entry, folded: FoldedWords, link_key: str | None) -> tuple[StoryKey, ...]:
    found = (rung(entry, folded, link_key) for rung in RUNGS)
    return tuple(key for key in found if key)


def _appearance(item: identity.Item, outlet: str) -> Appearance:
    return Appearance(
        entry=item.entry,
        folded=item.folded,
        words_hash=item.entry.words.hash,
        identities=item.identities,
        fallback=item.fallback,
        ambiguous=item.ambiguous,
        keys=_keys(item.entry, item.folded, item.link_key),
        link_key=item.link_key,
        proposals=proposals(item.entry, item.folded, outlet),
    )
