"""Compare the traits of a batch with what is known: new story, copy, revision, or seen before."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from monitor.model import Appearance, Batch, Known, KnownCopy, StoryKey, Verdict
from monitor.words import folded

_SIGNIFICANT = 4


def judge(batch: Batch, known: Known) -> tuple[Verdict, ...]:
    """Return one verdict for each appearance of the batch, in its order."""
    identities = [_trusted(appearance, known) for appearance in batch.appearances]
    recognised = _recognise(batch, identities, known)
    created = _Created(batch)
    verdicts: list[Verdict] = []
    for index, appearance in enumerate(batch.appearances):
        if copy := recognised.get(index):
            verdict = _again(appearance, copy, identities[index], known)
        elif created.has_one_of(identities[index]):
            verdict = Verdict("seen", appearance)
        else:
            verdict = _appeared(appearance, batch, known, created, identities[index])
            created.add(index, verdict)
        verdicts.append(verdict)
    return tuple(verdicts)


def _trusted(appearance: Appearance, known: Known) -> tuple[str, ...]:
    """Return the identities that are not known to name several items."""
    trusted = tuple(key for key in appearance.identities if key not in known.copies or known.copies[key])
    return trusted or ((appearance.fallback,) if appearance.fallback else appearance.identities)


def _recognise(batch: Batch, identities: Sequence[tuple[str, ...]], known: Known) -> dict[int, KnownCopy]:
    """Match appearances with known copies, each copy once; surer identities choose first."""
    taken: set[int] = set()
    found: dict[int, KnownCopy] = {}
    for rank in (0, 1):
        for index, appearance in enumerate(batch.appearances):
            if index in found or len(identities[index]) <= rank:
                continue
            copy = known.copies.get(identities[index][rank])
            if copy and not batch.imported:
                copy = _settled(appearance, copy, known.copies.get(identities[index][-1]))
            if copy and copy.id not in taken:
                taken.add(copy.id)
                found[index] = copy
    return found


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
    return _significant(entry.words.title).isdisjoint(_significant(copy.title))


def _significant(title: str) -> set[str]:
    return {word for word in folded(title) if len(word) >= _SIGNIFICANT}


def _again(appearance: Appearance, copy: KnownCopy, identities: tuple[str, ...], known: Known) -> Verdict:
    learn = tuple(key for key in identities if key not in known.copies)
    same = appearance.entry.words.hash == copy.words_hash
    return Verdict("seen" if same else "revision", appearance, known=copy, learn=learn)


def _appeared(
    appearance: Appearance, batch: Batch, known: Known, created: "_Created", learn: tuple[str, ...]
) -> Verdict:
    at = appearance.entry.published or batch.seen_at
    for key in appearance.keys:
        for story in known.stories.get(key, ()):
            if _fits(key, at, story.at, same_source=batch.source_id in story.source_ids):
                return Verdict(
                    "copy", appearance, story_id=story.id, rule=key.rule, evidence=key.evidence, learn=learn
                )
        for twin, twin_at in created.with_key(key):
            if _fits(key, at, twin_at, same_source=True):
                return Verdict(
                    "copy", appearance, twin=twin, rule=key.rule, evidence=key.evidence, learn=learn
                )
    return Verdict("new", appearance, learn=learn)


def _fits(key: StoryKey, at: datetime, story_at: datetime, same_source: bool) -> bool:
    if key.other_source and same_source:
        return False
    return key.window is None or abs(at - story_at) <= key.window


class _Created:
    """What the verdicts of this batch create so far: stories by their keys, copies by identity."""

    def __init__(self, batch: Batch) -> None:
        self._seen_at = batch.seen_at
        self._by_key: defaultdict[tuple[str, str], list[tuple[int, datetime]]] = defaultdict(list)
        self._identities: set[str] = set()

    def add(self, index: int, verdict: Verdict) -> None:
        self._identities.update(verdict.learn)
        if verdict.kind == "new":
            at = verdict.appearance.entry.published or self._seen_at
            for key in verdict.appearance.keys:
                self._by_key[key.rule, key.value].append((index, at))

    def has_one_of(self, identities: tuple[str, ...]) -> bool:
        return not self._identities.isdisjoint(identities)

    def with_key(self, key: StoryKey) -> Iterator[tuple[int, datetime]]:
        yield from self._by_key.get((key.rule, key.value), ())
