"""Decide what is the same: an entry -> its keys -> the story it is a copy of.

`mark` names an entry's traits and needs nothing but the document; `judge` compares them with what
is known. Within one source an item is recognised by its identities (`identity`); across sources by
the ladder of rungs below, surest first. A rung is one function: the trait as a `StoryKey`, or None
where the entry has not got it. A new rung is a new file and a line here; it needs no migration. `without`
leaves out the traits of rungs that are switched off.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from monitor.dedupe import identity, link, wording
from monitor.dedupe.judge import judge
from monitor.model import Appearance, Entry, StoryKey
from monitor.words import FoldedWords, fold_words

__all__ = ["RULES", "RUNGS", "judge", "mark", "mark_archived", "traits", "without"]

Rung = Callable[[Entry, FoldedWords, str | None], StoryKey | None]

RUNGS: tuple[Rung, ...] = (link.key, wording.key)

RULES: Mapping[str, str] = {link.RULE: link.SAYS, wording.RULE: wording.SAYS}
"""The names of the rungs, by which they are switched off, and what each says of two stories."""


def mark(entries: Sequence[Entry]) -> tuple[Appearance, ...]:
    """Name the traits of a document's entries; entries that are one item are returned once."""
    return tuple(map(_appearance, identity.identify(entries)))


def mark_archived(entry: Entry) -> Appearance:
    """Name the traits of an archive's record, whose id is taken at its word."""
    return _appearance(identity.archived(entry))


def without(appearances: Sequence[Appearance], off: Collection[str]) -> tuple[Appearance, ...]:
    """Return appearances without the traits of rules that are off: these make no copies, and draw none."""
    if not off:
        return tuple(appearances)
    return tuple(
        replace(one, keys=tuple(key for key in one.keys if key.rule not in off)) for one in appearances
    )


def traits(entry: Entry, link_key: str | None) -> tuple[StoryKey, ...]:
    """Name the keys of an entry that is known already, surest first."""
    words = entry.words
    return _keys(entry, fold_words(words.title, words.summary, words.text), link_key)


def _keys(entry: Entry, folded: FoldedWords, link_key: str | None) -> tuple[StoryKey, ...]:
    found = (rung(entry, folded, link_key) for rung in RUNGS)
    return tuple(key for key in found if key)


def _appearance(item: identity.Item) -> Appearance:
    return Appearance(
        entry=item.entry,
        folded=item.folded,
        words_hash=item.entry.words.hash,
        identities=item.identities,
        fallback=item.fallback,
        ambiguous=item.ambiguous,
        keys=_keys(item.entry, item.folded, item.link_key),
        link_key=item.link_key,
    )
