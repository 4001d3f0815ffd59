"""Decide what is the same: an entry -> its keys -> the story it is a copy of.

`mark` names an entry's traits and needs nothing but the document; `judge` compares them with what
is known. Within one source an item is recognised by its identities (`identity`); across sources by
the ladder of rungs below, surest first. A sure rung is one function: the trait as a `StoryKey`, or None
where the entry has not got it. Below them are the rungs that compare (`nearby.LIKENESSES`): keys that only
propose stories, and a test of whether two wordings are one. A new rung is a new file and a line here or
there; it needs no migration.
"""

from collections.abc import Callable, Sequence

from monitor.dedupe import identity, link, wording
from monitor.dedupe.judge import judge
from monitor.dedupe.nearby import LIKENESSES, proposals
from monitor.model import Appearance, Entry, StoryKey
from monitor.words import FoldedWords

__all__ = ["LIKENESSES", "RUNGS", "judge", "mark", "mark_archived"]

Rung = Callable[[Entry, FoldedWords, str | None], StoryKey | None]

RUNGS: tuple[Rung, ...] = (link.key, wording.key)


def mark(entries: Sequence[Entry], outlet: str = "") -> tuple[Appearance, ...]:
    """Name the traits of a document's entries; entries that are one item are returned once.

    outlet is what the document calls itself: a title that ends in it says no more by that.
    """
    return tuple(_appearance(item, outlet) for item in identity.identify(entries))


def mark_archived(entry: Entry, outlet: str = "") -> Appearance:
    """Name the traits of an archive's record, whose id is taken at its word."""
    return _appearance(identity.archived(entry), outlet)


def _appearance(item: identity.Item, outlet: str) -> Appearance:
    keys = (rung(item.entry, item.folded, item.link_key) for rung in RUNGS)
    return Appearance(
        entry=item.entry,
        folded=item.folded,
        words_hash=item.entry.words.hash,
        identities=item.identities,
        fallback=item.fallback,
        ambiguous=item.ambiguous,
        keys=tuple(key for key in keys if key),
        link_key=item.link_key,
        proposals=proposals(item.entry, item.folded, outlet),
    )
