"""Decide what is the same: an entry -> its keys -> the story it is a copy of.

`mark` names an entry's traits and needs nothing but the document; `judge` compares them with what
is known. Within one source an item is recognised by its identities (`identity`); across sources by
the ladder of rungs below, surest first. A rung is one function: the trait as a `StoryKey`, or None
where the entry has not got it. A new rung is a new file and a line here; it needs no migration.
"""

from collections.abc import Callable, Sequence

from monitor.dedupe import identity, link, wording
from monitor.dedupe.judge import judge
from monitor.model import Appearance, Entry, StoryKey

__all__ = ["RUNGS", "judge", "mark", "mark_archived"]

Rung = Callable[[Entry, str | None], StoryKey | None]

RUNGS: tuple[Rung, ...] = (link.key, wording.key)


def mark(entries: Sequence[Entry]) -> tuple[Appearance, ...]:
    """Name the traits of a document's entries; entries that are one item are returned once."""
    return tuple(
        Appearance(
            entry=item.entry,
            identities=item.identities,
            fallback=item.fallback,
            ambiguous=item.ambiguous,
            link_key=item.link_key,
            keys=_keys(item.entry, item.link_key),
        )
        for item in identity.identify(entries)
    )


def mark_archived(entry: Entry) -> Appearance:
    """Name the traits of an archive's record, whose id is taken at its word."""
    link_key = link.canonical(entry.link) if entry.link else None
    return Appearance(entry, identity.archived(entry), link_key=link_key, keys=_keys(entry, link_key))


def _keys(entry: Entry, link_key: str | None) -> tuple[StoryKey, ...]:
    return tuple(key for rung in RUNGS if (key := rung(entry, link_key)))
