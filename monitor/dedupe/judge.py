"""Compare the traits of a batch with what is known: new story, copy, revision, or seen before."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from monitor.model import Appearance, Batch, Known, KnownCopy, StoryKey, Verdict
from monitor.words import folded

_SIGNIFICANT = 4


def judge(batch: Batch, known: Known) -> tuple[Verdict, ...]:
    """Return one verdict for each appearance of the batch, in its order."""
    recognised = _recognise(batch, known)
    created = _Created(batch)
    verdicts: list[Verdict] = []
    for index, appearance in enumerate(batch.appearances):
        copy = recognised.get(index)
        verdict = _again(appearance, copy, known) if copy else _appeared(appearance, batch, known, created)
        if verdict.kind == "new":
            created.add(index, appearance)
        verdicts.append(verdict)
    return tuple(verdicts)


def _recognise(batch: Batch, known: Known) -> dict[int, KnownCopy]:
    """Match appearances with known copies, each copy once; surer identities choose first."""
    taken: set[int] = set()
    found: dict[int, KnownCopy] = {}
    for rank in (0, 1):
        for index, appearance in enumerate(batch.appearances):
            if index in found or len(appearance.identities) <= rank:
                continue
            copy = _by_identity(appearance, rank, known, imported=batch.imported)
            if copy and copy.id not in taken:
                taken.add(copy.id)
                found[index] = copy
    return found


def _by_identity(appearance: Appearance, rank: int, known: Known, *, imported: bool) -> KnownCopy | None:
    copy = known.copies.get(appearance.identities[rank])
    if copy is None or imported:
        return copy
    other = known.copies.get(appearance.identities[-1])
    if other and other.id != copy.id and other.guid == appearance.entry.guid:
        return other
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


def _again(appearance: Appearance, copy: KnownCopy, known: Known) -> Verdict:
    learn = tuple(key for key in appearance.identities if key not in known.copies)
    same = appearance.entry.words.hash == copy.words_hash
    return Verdict("seen" if same else "revision", appearance, known=copy, learn=learn)


def _appeared(appearance: Appearance, batch: Batch, known: Known, created: "_Created") -> Verdict:
    at = appearance.entry.published or batch.seen_at
    learn = appearance.identities
    for key in appearance.keys:
        for story in known.stories.get(key, ()):
            if _fits(key, at, story.at, batch.source_id in story.source_ids):
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
    """The stories that the verdicts of this batch so far create, by their keys."""

    def __init__(self, batch: Batch) -> None:
        self._seen_at = batch.seen_at
        self._by_key: defaultdict[tuple[str, str], list[tuple[int, datetime]]] = defaultdict(list)

    def add(self, index: int, appearance: Appearance) -> None:
        at = appearance.entry.published or self._seen_at
        for key in appearance.keys:
            self._by_key[key.rule, key.value].append((index, at))

    def with_key(self, key: StoryKey) -> Iterator[tuple[int, datetime]]:
        yield from self._by_key.get((key.rule, key.value), ())
