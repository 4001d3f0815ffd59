"""The judge's lane: what is known of the batches of one turn, and what the turn itself adds to it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

import sqlalchemy as sa

from monitor.hosts import site_of_url
from monitor.model.stories import Appearance, Batch, Known, KnownCopy, KnownStory, StoryKey, Verdict
from monitor.store import nearness, rulings
from monitor.store.copies import COLUMNS, known_copy, recent, said_before
from monitor.store.dialect import given
from monitor.store.merging import Merged
from monitor.store.nearness import Nearness
from monitor.store.schema import copy, identity, story, story_key, wording
from monitor.words import folded

_Copies = Mapping[int, Mapping[str, KnownCopy | None]]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known of the batches of one turn; entering verdicts keeps it up with what they decide."""

    copies: defaultdict[int, dict[str, KnownCopy | None]]
    carriers: dict[StoryKey, tuple[int, ...]]
    stories: dict[int, KnownStory]
    nearness: Nearness
    apart: set[frozenset[int]]
    recent: defaultdict[int, dict[int, KnownCopy]]
    said: set[tuple[int, str]]

    def known(self, batch: Batch) -> Known:
        """Return what the judge needs to know of a batch."""
        return Known(
            self.copies[batch.source_id],
            self.carriers,
            self.stories,
            self.nearness.carrying,
            self.nearness.tellings,
            self.apart,
            self.recent[batch.source_id].values(),
            self.said,
        )

    def enter(self, batch: Batch, verdict: Verdict, copied: int, told: int) -> None:
        """Take in that an appearance is this copy of this story."""
        named = self.copies[batch.source_id]
        if verdict.known:
            current = _renewed(verdict.known, verdict.appearance)
            if verdict.known.relinked(verdict.appearance):
                site = verdict.appearance.site
                self.stories[told] = self.stories[told].carried(copied, batch.source_id, site)
            if current != verdict.known:
                self.said.update((current.id, one.words_hash) for one in (verdict.known, current))
                named.update({key: current for key, one in named.items() if one and one.id == current.id})
        else:
            current = self._appeared(batch, verdict, copied, told)
        self.recent[batch.source_id][current.id] = current
        named.update(dict.fromkeys(verdict.learn, current))
        named.update(dict.fromkeys(verdict.appearance.ambiguous))
        if verdict.kind != "seen":
            self._carry(verdict.appearance.keys, told)
            at = verdict.appearance.entry.published or batch.seen_at
            self.nearness.keep(verdict.appearance, at, copied, told)

    def _appeared(self, batch: Batch, verdict: Verdict, copied: int, told: int) -> KnownCopy:
        entry = verdict.appearance.entry
        at = entry.published or batch.seen_at
        known = self.stories.get(told) or KnownStory(told, at, frozenset(), dated=entry.published is not None)
        self.stories[told] = known.carried(copied, batch.source_id, verdict.appearance.site)
        return KnownCopy(
            id=copied,
            story_id=told,
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
        sites = frozenset(chain.from_iterable(one.sites for one in known))
        self.stories[merged.into] = KnownStory(merged.into, merged.at, sources, sites, merged.dated)
        self.nearness.rename(went)
        for key, carriers in self.carriers.items():
            if not went.keys().isdisjoint(carriers):
                self.carriers[key] = tuple(sorted({went.get(row, row) for row in carriers}))
        for named in self.copies.values():
            named.update(
                {key: _moved(one, merged) for key, one in named.items() if one and one.story_id in went}
            )
        for last in self.recent.values():
            last.update({row: _moved(one, merged) for row, one in last.items() if one.story_id in went})
        crossing = [pair for pair in self.apart if not pair.isdisjoint(merged.gone)]
        self.apart.update(frozenset(went.get(row, row) for row in pair) for pair in crossing)

    def _carry(self, keys: Iterable[StoryKey], told: int) -> None:
        for key in keys:
            carriers = self.carriers.get(key, ())
            if told not in carriers:
                self.carriers[key] = (*carriers, told)


def _moved(known: KnownCopy, merged: Merged) -> KnownCopy:
    return replace(known, story_id=merged.into, first=known.id == merged.shown)


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
    last = recent(connection, _returning(batches, copies))
    said = said_before(connection, _again(batches, copies, last))
    near = nearness.look_up(connection, _timed(batches))
    told = {one.story_id for of in copies.values() for one in of.values() if one}
    told.update(one.story_id for of in last.values() for one in of.values())
    told.update(one.story_id for one in near.tellings.values())
    stories = _stories(connection, sorted(told.union(*carriers.values())))
    return Ledger(copies, carriers, stories, near, rulings.apart(connection), last, said)


def _timed(batches: Sequence[Batch]) -> Iterator[tuple[Appearance, datetime]]:
    for batch in batches:
        for one in batch.appearances:
            yield one, one.entry.published or batch.seen_at


def _identities(batch: Batch) -> Iterator[str]:
    for appearance in batch.appearances:
        yield from _names(appearance)


def _names(appearance: Appearance) -> Iterator[str]:
    yield from appearance.identities
    yield from appearance.ambiguous
    if appearance.fallback:
        yield appearance.fallback


def _returning(batches: Sequence[Batch], copies: _Copies) -> Iterator[Batch]:
    """Yield the batches most of whose items no identity tells, which so may be known ones renamed.

    At a feed's first poll there is nothing to rename. Of several batches of one source all may be such, since
    the first can take the names of the next.
    """
    several = Counter(batch.source_id for batch in batches)
    for batch in batches:
        known = copies[batch.source_id]
        unknown = sum(not any(known.get(name) for name in one.identities) for one in batch.appearances)
        if batch.undated_is_news and (several[batch.source_id] > 1 or batch.is_most(unknown)):
            yield batch


def _again(
    batches: Sequence[Batch], copies: _Copies, last: Mapping[int, Mapping[int, KnownCopy]]
) -> Iterator[tuple[int, str]]:
    """Yield the copies that may be seen again in other words, each with the hash of these."""
    for batch in batches:
        titled = defaultdict(list)
        for seen in last[batch.source_id].values():
            titled[" ".join(folded(seen.title))].append(seen)
        for one in batch.appearances:
            named = (copies[batch.source_id].get(name) for name in _names(one))
            for known in (*named, *titled.get(one.folded.title, ())):
                if known and known.words_hash != one.words_hash:
                    yield known.id, one.words_hash


def _copies(
    connection: sa.Connection, named: Sequence[tuple[int, str]]
) -> Iterator[tuple[int, str, KnownCopy | None]]:
    if not named:
        return
    asked = given(connection, named, sa.BigInteger, sa.Text)
    joined = (
        asked.table.join(
            identity, sa.and_(identity.c.source_id == asked.columns[0], identity.c.key == asked.columns[1])
        )
        .outerjoin(copy, copy.c.id == identity.c.copy_id)
        .outerjoin(wording, wording.c.id == copy.c.wording_id)
        .outerjoin(story, story.c.id == copy.c.story_id)
    )
    for row in connection.execute(
        sa.select(identity.c.source_id, identity.c.key, *COLUMNS).select_from(joined), asked.values
    ):
        yield row.source_id, row.key, None if row.id is None else known_copy(row)


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
    columns = (
        story.c.id,
        story.c.at,
        story.c.published,
        copy.c.id.label("copied"),
        copy.c.source_id,
        copy.c.url,
    )
    rows = sa.select(*columns).select_from(joined)
    moments: dict[int, tuple[datetime, bool]] = {}
    source_ids: defaultdict[int, set[int]] = defaultdict(set)
    sites: defaultdict[int, set[tuple[int, str]]] = defaultdict(set)
    for row, at, published, copied, source_id, url in connection.execute(rows, asked.values):
        moments[row] = at, published is not None
        source_ids[row].add(source_id)
        if site := site_of_url(url or ""):
            sites[row].add((copied, site))
    return {
        row: KnownStory(row, at, frozenset(source_ids[row]), frozenset(sites[row]), dated=dated)
        for row, (at, dated) in moments.items()
    }
