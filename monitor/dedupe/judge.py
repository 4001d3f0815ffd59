"""Compare the traits of a batch with what is known: new story, copy, revision, or seen before."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from monitor.dedupe.identity import LINK, significant
from monitor.dedupe.link import RULE, rewritten
from monitor.dedupe.returned import returned
from monitor.model import Appearance, Batch, Bridge, Known, KnownCopy, StoryKey, Verdict
from monitor.words import folded

_SURE = frozenset({RULE, "wording"})
"""The rungs that make two stories one where an appearance belongs to both: equal address, equal words."""


def judge(batch: Batch, known: Known) -> tuple[Verdict, ...]:
    """Return one verdict for each appearance of the batch, in its order.

    The items of a document are judged as if they came at once, the records of an archive one after another.
    """
    appearances = [_trusted(appearance, known) for appearance in batch.appearances]
    repeated = _repeated(appearances)
    recognised = _recognise(appearances, repeated, known, imported=batch.imported)
    if not batch.imported:
        recognised |= _returned(batch, appearances, {*recognised, *repeated}, recognised.values(), known)
    created = _Created(batch, known)
    verdicts: list[Verdict] = []
    for index, appearance in enumerate(appearances):
        if index in repeated:
            verdict = Verdict("seen", appearance)
        elif copy := recognised.get(index):
            verdict = _again(appearance, copy, known)
            if verdict.kind == "revision" and batch.imported:
                created.share(appearance, _Candidate(copy.story_at, same_source=True, id=copy.story_id))
        else:
            copied = created.copied(appearance)
            verdict = _appeared(appearance, copied)
            if copied:
                bridges, copied = created.bridged(appearance, *copied)
                verdict = replace(verdict, bridges=bridges)
            created.add(index, verdict, copied)
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


def _appeared(appearance: Appearance, copied: "tuple[StoryKey, _Candidate] | None") -> Verdict:
    if copied is None:
        return Verdict("new", appearance, learn=appearance.identities)
    key, story = copied
    return Verdict(
        "copy",
        appearance,
        story_id=story.id,
        twin=story.twin,
        rule=key.rule,
        evidence=key.evidence,
        learn=appearance.identities,
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A story that an appearance may be a copy of: a known one by its id, one of this batch by its twin."""

    at: datetime
    same_source: bool
    id: int | None = None
    twin: int | None = None

    @property
    def name(self) -> tuple[int | None, int | None]:
        """Return what tells the story from others."""
        return self.id, self.twin

    def fits(self, key: StoryKey, at: datetime) -> bool:
        """Tell whether an appearance with this key and time is a copy of the story."""
        if key.other_source and self.same_source:
            return False
        return key.window is None or abs(at - self.at) <= key.window


def _age(story: _Candidate) -> tuple[bool, int]:
    """Order stories as they were created: known ones by their ids, then those of this batch."""
    return (True, story.twin or 0) if story.id is None else (False, story.id)


class _Created:
    """What the verdicts of this batch come to so far: stories by their keys."""

    def __init__(self, batch: Batch, known: Known) -> None:
        self._batch = batch
        self._all = known
        self._became: dict[tuple[int | None, int | None], _Candidate] = {}
        self._apart = set(known.apart)
        self._by_key: defaultdict[StoryKey, list[_Candidate]] = defaultdict(list)
        self._joined: set[int] = set()

    def copied(self, appearance: Appearance) -> tuple[StoryKey, _Candidate] | None:
        """Return the story that an appearance is a copy of, and by which key."""
        for key in appearance.keys:
            if story := min(self._fitting(key, appearance), key=_age, default=None):
                return key, story
        return None

    def bridged(
        self, appearance: Appearance, by: StoryKey, story: _Candidate
    ) -> tuple[tuple[Bridge, ...], tuple[StoryKey, _Candidate]]:
        """Return the other stories that an appearance makes one with its own, and the story they come to.

        Each by a sure key that does not name its own story too, and that would have joined the two
        had they come one after the other: as near in time as the key wants, and not kept apart by a person.
        """
        found = []
        sure = [key for key in appearance.keys if key.rule in _SURE and not key.other_source]
        for key in sure if by in sure else ():
            fitting = {one.name: one for one in self._fitting(key, appearance)}
            if not fitting or story.name in fitting:
                continue
            other = min(fitting.values(), key=_age)
            if other.fits(key, story.at) and frozenset({story.id, other.id}) not in self._apart:
                found.append(Bridge(key.rule, key.evidence, other.id, other.twin))
                story = self._join(story, other)
        return tuple(found), (by, story)

    def _join(self, *stories: _Candidate) -> _Candidate:
        """Make two stories the older of them; what was kept apart from either is kept apart from it."""
        older, younger = sorted(stories, key=_age)
        self._became[younger.name] = replace(older, same_source=True)
        if older.id is not None and younger.id is not None:
            kept = [pair - {younger.id} for pair in self._apart if younger.id in pair]
            self._apart.update(pair | {older.id} for pair in kept)
        return older

    def _fitting(self, key: StoryKey, appearance: Appearance) -> Iterator[_Candidate]:
        at = self._at(appearance)
        for one in map(self._now, (*self._known(key), *self._by_key.get(key, ()))):
            if one.fits(key, at):
                yield one

    def _now(self, story: _Candidate) -> _Candidate:
        while story.name in self._became:
            story = self._became[story.name]
        return story

    def _at(self, appearance: Appearance) -> datetime:
        return appearance.entry.published or self._batch.seen_at

    def _known(self, key: StoryKey) -> Iterator[_Candidate]:
        for story in map(self._all.stories.__getitem__, self._all.carriers.get(key, ())):
            same = self._batch.source_id in story.source_ids or story.id in self._joined
            yield _Candidate(story.at, same, id=story.id)

    def add(self, index: int, verdict: Verdict, copied: tuple[StoryKey, _Candidate] | None) -> None:
        """Take in an appearance that was not known: the next ones may be copies of its story."""
        story = copied[1] if copied else _Candidate(self._at(verdict.appearance), True, twin=index)
        if story.id is not None:
            self._joined.add(story.id)
        self.share(verdict.appearance, replace(story, same_source=True))

    def share(self, appearance: Appearance, story: _Candidate) -> None:
        """Let what comes later in the batch be found to be a copy of the story, by an appearance's keys."""
        for key in appearance.keys:
            self._by_key[key].append(story)
