"""The judge's lane: what is known of the batches of one turn, and what the turn itself adds to it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import sqlalchemy as sa

from monitor.model import Appearance, Batch, Known, KnownCopy, KnownStory, StoryKey, Verdict
from monitor.store import rulings
from monitor.store.dialect import given
from monitor.store.merging import Merged
from monitor.store.schema import copy, identity, story, story_key, wording


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known of the batches of one turn; entering verdicts keeps it up with what they decide."""

    copies: defaultdict[int, dict[str, KnownCopy | None]]
    carriers: dict[StoryKey, tuple[int, ...]]
    stories: dict[int, KnownStory]
    apart: set[frozenset[int]]

    def known(self, batch: Batch) -> Known:
        """Return what the judge needs to know of a batch."""
        return Known(self.copies[batch.source_id], self.carriers, self.stories, self.apart)

    def enter(self, batch: Batch, verdict: Verdict, copied: int, told: int) -> None:
        """Take in that an appearance is this copy of this story."""
        named = self.copies[batch.source_id]
        if verdict.known:
            current = _renewed(verdict.known, verdict.appearance)
            if current != verdict.known:
                named.update({key: current for key, one in named.items() if one and one.id == current.id})
        else:
            current = self._appeared(batch, verdict, copied, told)
        named.update(dict.fromkeys(verdict.learn, current))
        named.update(dict.fromkeys(verdict.appearance.ambiguous))
        if verdict.kind != "seen":
            self._carry(verdict.appearance.keys, told)

    def _appeared(self, batch: Batch, verdict: Verdict, copied: int, told: int) -> KnownCopy:
        entry = verdict.appearance.entry
        here = frozenset((batch.source_id,))
        known = self.stories.get(told)
        at = known.at if known else entry.published or batch.seen_at
        self.stories[told] = KnownStory(told, at, known.source_ids | here if known else here)
        return KnownCopy(
            id=copied,
            story_id=told,
            story_at=at,
            guid=entry.guid,
            link_key=verdict.appearance.link_key,
            title=entry.words.title,
            words_hash=verdict.appearance.words_hash,
            published=entry.published,
            first=verdict.rule == "first",
        )

    def merge(self, merged: Merged) -> None:
        """Take in that stories have become one."""
        went = dict.fromkeys((merged.into, *merged.gone), merged.into)
        known = [self.stories.pop(row) for row in went]
        sources = frozenset(chain.from_iterable(one.source_ids for one in known))
        self.stories[merged.into] = replace(known[0], at=merged.at, source_ids=sources)
        for key, carriers in self.carriers.items():
            if not went.keys().isdisjoint(carriers):
                self.carriers[key] = tuple(sorted({went.get(row, row) for row in carriers}))
        for named in self.copies.values():
            named.update(
                {key: _moved(one, merged) for key, one in named.items() if one and one.story_id in went}
            )
        crossing = [pair for pair in self.apart if not pair.isdisjoint(merged.gone)]
        self.apart.update(frozenset(went.get(row, row) for row in pair) for pair in crossing)

    def _carry(self, keys: Iterable[StoryKey], told: int) -> None:
        for key in keys:
            carriers = self.carriers.get(key, ())
            if told not in carriers:
                self.carriers[key] = (*carriers, told)


def _moved(known: KnownCopy, merged: Merged) -> KnownCopy:
    return replace(known, story_id=merged.into, story_at=merged.at, first=known.id == merged.shown)


def _renewed(known: KnownCopy, now: Appearance) -> KnownCopy:
    return replace(
        known,
        link_key=now.link_key or known.link_key,
        title=now.entry.words.title,
        words_hash=now.words_hash,
    )


def look_up(connection: sa.Connection, batches: Sequence[Batch]) -> Ledger:
    """Look up everything that the judge needs to know of the batches of a turn."""
    copies: defaultdict[int, dict[str, KnownCopy | None]] = defaultdict(dict)
    named = {(batch.source_id, key) for batch in batches for key in _identities(batch)}
    for source_id, key, found in _copies(connection, sorted(named)):
        copies[source_id][key] = found
    keys = {key.written: key for batch in batches for one in batch.appearances for key in one.keys}
    carriers = _carriers(connection, keys)
    told = {one.story_id: one for of in copies.values() for one in of.values() if one}
    wanted = set(chain.from_iterable(carriers.values())) | set(told)
    return Ledger(copies, carriers, _stories(connection, sorted(wanted)), rulings.apart(connection))


def _identities(batch: Batch) -> Iterator[str]:
    for appearance in batch.appearances:
        yield from appearance.identities
        yield from appearance.ambiguous
        if appearance.fallback:
            yield appearance.fallback


def _copies(
    connection: sa.Connection, named: Sequence[tuple[int, str]]
) -> Iterator[tuple[int, str, KnownCopy | None]]:
    if not named:
        return
    asked = given(connection, named, sa.BigInteger, sa.Text)
    columns = (
        identity.c.source_id,
        identity.c.key,
        copy.c.id,
        copy.c.story_id,
        story.c.at,
        copy.c.guid,
        copy.c.link_key,
        wording.c.title,
        wording.c.hash,
        copy.c.published,
        copy.c.wording_id,
        story.c.wording_id.label("shown"),
    )
    joined = (
        asked.table.join(
            identity, sa.and_(identity.c.source_id == asked.columns[0], identity.c.key == asked.columns[1])
        )
        .outerjoin(copy, copy.c.id == identity.c.copy_id)
        .outerjoin(wording, wording.c.id == copy.c.wording_id)
        .outerjoin(story, story.c.id == copy.c.story_id)
    )
    for row in connection.execute(sa.select(*columns).select_from(joined), asked.values):
        yield row.source_id, row.key, None if row.id is None else _copy(row)


def _copy(row: Any) -> KnownCopy:
    return KnownCopy(
        id=row.id,
        story_id=row.story_id,
        story_at=row.at,
        guid=row.guid,
        link_key=row.link_key,
        title=row.title,
        words_hash=row.hash,
        published=row.published,
        first=row.wording_id == row.shown,
    )


def _carriers(connection: sa.Connection, keys: dict[str, StoryKey]) -> dict[StoryKey, tuple[int, ...]]:
    if not keys:
        return {}
    asked = given(connection, [(key,) for key in sorted(keys)], sa.Text)
    found: defaultdict[StoryKey, list[int]] = defaultdict(list)
    joined = asked.table.join(story_key, story_key.c.key == asked.columns[0])
    rows = sa.select(story_key.c.key, story_key.c.story_id).select_from(joined)
    for key, told in connection.execute(rows, asked.values):
        found[keys[key]].append(told)
    return {key: tuple(sorted(told)) for key, told in found.items()}


def _stories(connection: sa.Connection, wanted: Sequence[int]) -> dict[int, KnownStory]:
    if not wanted:
        return {}
    asked = given(connection, [(row,) for row in wanted], sa.BigInteger)
    joined = asked.table.join(story, story.c.id == asked.columns[0]).join(copy, copy.c.story_id == story.c.id)
    rows = sa.select(story.c.id, story.c.at, copy.c.source_id).select_from(joined).distinct()
    stories: dict[int, KnownStory] = {}
    for row, at, source_id in connection.execute(rows, asked.values):
        before = stories.get(row)
        stories[row] = KnownStory(row, at, (before.source_ids if before else frozenset()) | {source_id})
    return stories
