"""Compare the traits of a batch with what is known: new story, copy, revision, or seen before."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal

from monitor.dedupe.created import Created, Match
from monitor.dedupe.identity import LINK, significant
from monitor.dedupe.link import RULE, rewritten
from monitor.dedupe.returned import returned
from monitor.dedupe.stories import id_of, twin_of
from monitor.model.stories import Appearance, Batch, Bridge, Known, KnownCopy, Verdict
from monitor.words import folded


def judge(batch: Batch, known: Known) -> tuple[Verdict, ...]:
    """Return one verdict for each appearance of the batch, in its order.

    The items of a document are judged as if they came at once, the records of an archive one after another.
    """
    appearances = [_trusted(appearance, known) for appearance in batch.appearances]
    repeated = _repeated(appearances)
    recognised = _recognise(appearances, repeated, known, imported=batch.imported)
    if not batch.imported:
        recognised |= _returned(batch, appearances, {*recognised, *repeated}, recognised.values(), known)
    created = Created(batch, known)
    verdicts: list[Verdict] = []
    for index, appearance in enumerate(appearances):
        if index in repeated:
            verdict = Verdict("seen", appearance)
        elif copy := recognised.get(index):
            verdict = _again(appearance, copy, known)
            if batch.imported:
                created.again(verdict, copy)
        else:
            match = created.match(appearance)
            bridges = tuple(created.bridged(appearance, match)) if match else ()
            verdict = _appeared(appearance, match, bridges)
            created.add(index, appearance, match)
        verdicts.append(verdict)
    return tuple(verdicts)


def _repeated(appearances: Sequence[Appearance]) -> set[int]:
    """Return the appearances that, with only what can be trusted, are an earlier one again."""
    seen: set[str] = set()
    repeated = set()
    for index, appearance in enumerate(appearances):
        if not seen.isdisjoint(appearance.identities):
            repeated.add(index)
        seen.update(appearance.identities)
    return repeated


def _trusted(appearance: Appearance, known: Known) -> Appearance:
    """Return the appearance without the keys that are known to name several items."""
    distrusted = {key for key in appearance.identities if key in known.copies and not known.copies[key]}
    if not distrusted:
        return appearance
    trusted = tuple(key for key in appearance.identities if key not in distrusted)
    identities = trusted or ((appearance.fallback,) if appearance.fallback else appearance.identities)
    if not any(key.startswith(LINK) for key in distrusted):
        return replace(appearance, identities=identities)
    keys = tuple(key for key in appearance.keys if key.rule != RULE)
    return replace(appearance, identities=identities, link_key=None, keys=keys)


def _recognise(
    appearances: Sequence[Appearance], repeated: set[int], known: Known, *, imported: bool
) -> dict[int, KnownCopy]:
    """Match appearances with known copies, each copy once; surer identities choose first."""
    taken: set[int] = set()
    found: dict[int, KnownCopy] = {}
    for find in (_by_first, _by_second, _by_title):
        for index, appearance in enumerate(appearances):
            copy = None if index in found or index in repeated else find(appearance, known)
            if copy and not imported:
                copy = _settled(appearance, copy, known.copies.get(appearance.identities[-1]))
            if copy and copy.id not in taken:
                taken.add(copy.id)
                found[index] = copy
    return found


def _returned(
    batch: Batch,
    appearances: Sequence[Appearance],
    settled: Collection[int],
    recognised: Collection[KnownCopy],
    known: Known,
) -> dict[int, KnownCopy]:
    """Match what is not settled by identity with copies that are not recognised yet."""
    unknown = {index: one for index, one in enumerate(appearances) if index not in settled}
    taken = {copy.id for copy in recognised}
    return returned(unknown, batch, [copy for copy in known.recent if copy.id not in taken])


def _by_first(appearance: Appearance, known: Known) -> KnownCopy | None:
    return known.copies.get(appearance.identities[0])


def _by_second(appearance: Appearance, known: Known) -> KnownCopy | None:
    return known.copies.get(appearance.identities[1]) if len(appearance.identities) > 1 else None


def _by_title(appearance: Appearance, known: Known) -> KnownCopy | None:
    """Find the item that bore a key before this document showed it to name several."""
    title = folded(appearance.entry.words.title)
    bore = (known.copies.get(key) for key in appearance.ambiguous)
    return next((copy for copy in bore if copy and folded(copy.title) == title), None)


def _settled(appearance: Appearance, copy: KnownCopy, by_link: KnownCopy | None) -> KnownCopy | None:
    """Return the copy that an appearance really is: its link's where that one bore its guid before."""
    if by_link and by_link.id != copy.id and by_link.guid == appearance.entry.guid:
        return by_link
    return None if _is_new_article(appearance, copy) else copy


def _is_new_article(appearance: Appearance, copy: KnownCopy) -> bool:
    """Tell a guid that was given to another article (DESIGN section 3) from a revision."""
    entry = appearance.entry
    if entry.guid is None or entry.guid != copy.guid:
        return False
    if appearance.link_key is None or copy.link_key is None or appearance.link_key == copy.link_key:
        return False
    if entry.published is None or copy.published is None or entry.published <= copy.published:
        return False
    if rewritten(appearance.link_key, copy.link_key):
        return False
    return significant(entry.words.title).isdisjoint(significant(copy.title))


def _again(appearance: Appearance, copy: KnownCopy, known: Known) -> Verdict:
    named = [key for key in appearance.identities if key in known.copies]
    lost = all(known.copies[key] != copy for key in named)
    learn = tuple(key for key in appearance.identities if lost or key not in named)
    return Verdict(_said(appearance, copy, known), appearance, known=copy, learn=learn)


def _said(appearance: Appearance, copy: KnownCopy, known: Known) -> Literal["seen", "back", "revision"]:
    """Tell new words from those that a copy has or had: a publisher's servers may disagree for days."""
    if appearance.words_hash == copy.words_hash:
        return "seen"
    return "back" if (copy.id, appearance.words_hash) in known.said else "revision"


def _appeared(appearance: Appearance, match: Match | None, bridges: tuple[Bridge, ...]) -> Verdict:
    if match is None:
        return Verdict("new", appearance, learn=appearance.identities)
    return Verdict(
        "copy",
        appearance,
        story_id=id_of(match.story),
        twin=twin_of(match.story),
        rule=match.rule,
        score=match.score,
        evidence=match.evidence,
        learn=appearance.identities,
        bridges=bridges,
    )
