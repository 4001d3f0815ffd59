"""The judge's lane: what is known of the batches of one turn, and what the turn itself adds to it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa

from monitor.hosts import site_of_url
from monitor.model import Appearance, Batch, Known, KnownCopy, KnownStory, StoryKey, Verdict
from monitor.store import nearness
from monitor.store.dialect import given
from monitor.store.nearness import Nearness
from monitor.store.schema import copy, identity, story, story_key, wording


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known of the batches of one turn; entering verdicts keeps it up with what they decide."""

    copies: defaultdict[int, dict[str, KnownCopy | None]]
    carriers: dict[StoryKey, tuple[int, ...]]
    stories: dict[int, KnownStory]
    nearness: Nearness

    def known(self, batch: Batch) -> Known:
        """Return what the judge needs to know of a batch."""
        return Known(
            self.copies[batch.source_id],
            self.carriers,
            self.stories,
            self.nearness.carrying,
            self.nearness.tellings,
        )

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
            at = verdict.appearance.entry.published or batch.seen_at
            self.nearness.keep(verdict.appearance, at, copied, told)

    def _appeared(self, batch: Batch, verdict: Verdict, copied: int, told: int) -> KnownCopy:
        now = verdict.appearance
        entry = now.entry
        here, sites = frozenset((batch.source_id,)), frozenset(filter(None, (now.site,)))
        known = self.stories.get(told)
        if known:
            known = replace(known, source_ids=known.source_ids | here, sites=known.sites | sites)
        else:
            at = entry.published or batch.seen_at
            known = KnownStory(told, at, here, sites, dated=entry.published is not None)
        self.stories[told] = known
        return KnownCopy(
            id=copied,
            story_id=told,
            story_at=known.at,
            guid=entry.guid,
            link_key=verdict.appearance.link_key,
            title=entry.words.title,
            words_hash=verdict.appearance.words_hash,
            published=entry.published,
            first=verdict.rule == "first",
        )

    def _carry(self, keys: Iterable[StoryKey], told: int) -> None:
        for key in keys:
            carriers = self.carriers.get(key, ())
            if told not in carriers:
                self.carriers[key] = (*carriers, told)


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
    near = nearness.look_up(connection, _timed(batches))
    proposed = {one.story_id for one in near.tellings.values()}
    wanted = set(chain.from_iterable(carriers.values())) | set(told) | proposed
    stories = _stories(connection, sorted(wanted))
    return Ledger(copies, carriers, stories, near)


def _timed(batches: Sequence[Batch]) -> Iterator[tuple[Appearance, datetime]]:
    for batch in batches:
        for one in batch.appearances:
            yield one, one.entry.published or batch.seen_at


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
        copy.c.rule,
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
        first=row.rule == "first",
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
    rows = sa.select(story.c.id, story.c.at, story.c.published, copy.c.source_id, copy.c.url).select_from(
        joined
    )
    moments: dict[int, tuple[datetime, bool]] = {}
    source_ids: defaultdict[int, set[int]] = defaultdict(set)
    sites: defaultdict[int, set[str]] = defaultdict(set)
    for row, at, published, source_id, url in connection.execute(rows, asked.values):
        moments[row] = at, published is not None
        source_ids[row].add(source_id)
        sites[row].update(filter(None, (site_of_url(url or ""),)))
    return {
        row: KnownStory(row, at, frozenset(source_ids[row]), frozenset(sites[row]), dated=dated)
        for row, (at, dated) in moments.items()
    }
