"""Compare the traits of a batch with what is known: new story, copy, revision, or seen before."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.dedupe.identity import LINK, significant
from monitor.dedupe.link import RULE
from monitor.dedupe.nearby import Nearby
from monitor.model import Appearance, Batch, Known, KnownCopy, StoryKey, Verdict
from monitor.words import folded


def judge(batch: Batch, known: Known) -> tuple[Verdict, ...]:
    """Return one verdict for each appearance of the batch, in its order.

    The items of a document are judged as if they came at once, the records of an archive one after another.
    """
    appearances = [_trusted(appearance, known) for appearance in batch.appearances]
    repeated = _repeated(appearances)
    recognised = _recognise(appearances, repeated, known, imported=batch.imported)
    created = _Created(batch, known)
    verdicts: list[Verdict] = []
    for index, appearance in enumerate(appearances):
        if index in repeated:
            verdict = Verdict("seen", appearance)
        elif copy := recognised.get(index):
            verdict = _again(appearance, copy, known)
            if verdict.kind == "revision" and batch.imported:
                created.reworded(appearance, copy)
        else:
            copied = created.copied(appearance, known)
            verdict = _appeared(appearance, copied)
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
    return significant(entry.words.title).isdisjoint(significant(copy.title))


def _again(appearance: Appearance, copy: KnownCopy, known: Known) -> Verdict:
    named = [key for key in appearance.identities if key in known.copies]
    lost = all(known.copies[key] != copy for key in named)
    learn = tuple(key for key in appearance.identities if lost or key not in named)
    same = appearance.words_hash == copy.words_hash
    return Verdict("seen" if same else "revision", appearance, known=copy, learn=learn)


def _appeared(appearance: Appearance, copied: "_Match | None") -> Verdict:
    if copied is None:
        return Verdict("new", appearance, learn=appearance.identities)
    return Verdict(
        "copy",
        appearance,
        story_id=copied.story.id,
        twin=copied.story.twin,
        rule=copied.rule,
        score=copied.score,
        evidence=copied.evidence,
        learn=appearance.identities,
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A story that an appearance may be a copy of: a known one by its id, one of this batch by its twin."""

    at: datetime
    same_source: bool
    id: int | None = None
    twin: int | None = None
    dated: bool = True

    def fits(self, key: StoryKey, at: datetime, *, dated: bool) -> bool:
        """Tell whether an appearance with this key and time is a copy of the story.

        Where only one of them is dated they may be of one time; a bare title proves too little for that.
        """
        if key.other_source:
            return not self.same_source and (key.window is None or abs(at - self.at) <= key.window)
        return key.window is None or dated != self.dated or abs(at - self.at) <= key.window

    @property
    def ref(self) -> int:
        """Return the one number that names the story within the batch: its id, or below zero its twin's."""
        return -1 - (self.twin or 0) if self.id is None else self.id


@dataclass(frozen=True, slots=True)
class _Match:
    """The story that an appearance is a copy of, and why."""

    story: _Candidate
    rule: str
    score: float
    evidence: str


def _age(story: _Candidate) -> tuple[bool, int]:
    """Order stories as they were created: known ones by their ids, then those of this batch."""
    return (True, story.twin or 0) if story.id is None else (False, story.id)


def _named(ref: int, at: datetime) -> _Candidate:
    """Return the story that a number names (_Candidate.ref)."""
    known, twin = (None, -1 - ref) if ref < 0 else (ref, None)
    return _Candidate(at, same_source=True, id=known, twin=twin)


class _Created:
    """What the verdicts of this batch come to so far: stories by their keys."""

    def __init__(self, batch: Batch, known: Known) -> None:
        self._batch = batch
        self._by_key: defaultdict[StoryKey, list[_Candidate]] = defaultdict(list)
        self._joined: set[int] = set()
        self._nearby = Nearby(batch.source_id, known)

    def copied(self, appearance: Appearance, known: Known) -> _Match | None:
        """Return the story that an appearance is a copy of, and by which key or likeness."""
        at, dated = self._at(appearance), appearance.entry.published is not None
        for key in appearance.keys:
            candidates = (*self._known(key, known), *self._by_key.get(key, ()))
            if story := min(
                (one for one in candidates if one.fits(key, at, dated=dated)), key=_age, default=None
            ):
                return _Match(story, key.rule, 1.0, key.evidence)
        found = self._nearby.find(appearance, at)
        return (
            _Match(_named(found.ref, at), found.rule, found.alike.score, found.alike.evidence)
            if found
            else None
        )

    def _at(self, appearance: Appearance) -> datetime:
        return appearance.entry.published or self._batch.seen_at

    def _known(self, key: StoryKey, known: Known) -> Iterator[_Candidate]:
        for story in map(known.stories.__getitem__, known.carriers.get(key, ())):
            same = self._batch.source_id in story.source_ids or story.id in self._joined
            yield _Candidate(story.at, same, id=story.id, dated=story.dated)

    def add(self, index: int, verdict: Verdict, copied: _Match | None) -> None:
        """Take in an appearance that was not known: the next ones may be copies of its story."""
        at, dated = self._at(verdict.appearance), verdict.appearance.entry.published is not None
        story = copied.story if copied else _Candidate(at, True, twin=index, dated=dated)
        if story.id is not None:
            self._joined.add(story.id)
        self._share(verdict.appearance, replace(story, same_source=True))
        self._nearby.tell(verdict.appearance, at, -1 - index, story.ref)

    def reworded(self, appearance: Appearance, copy: KnownCopy) -> None:
        """Take in that a known copy says something new: the next ones may be copies of that."""
        self._share(appearance, _Candidate(copy.story_at, same_source=True, id=copy.story_id))
        self._nearby.tell(appearance, self._at(appearance), copy.id, copy.story_id)

    def _share(self, appearance: Appearance, story: _Candidate) -> None:
        for key in appearance.keys:
            self._by_key[key].append(story)
