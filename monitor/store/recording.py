"""Write what the judge said in one turn: rows for every table, then one insert a table."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from monitor.model.entries import Entry
from monitor.model.stories import Appearance, Batch, Bridge, Cause, KnownCopy, Verdict
from monitor.model.topics import Tag
from monitor.store import ids, merging
from monitor.store.carriers import byline, of_link
from monitor.store.dialect import add, insert, upsert
from monitor.store.merging import Merged
from monitor.store.schema import author, copy, identity, story, story_key, wording
from monitor.store.tags import Bearer, Earned
from monitor.words import FoldedWords

Row = dict[str, Any]
Tagging = Callable[[Appearance], Sequence[Tag]]
OnMerge = Callable[[Merged], None]


@contextmanager
def turn(connection: sa.Connection, tagging: Tagging, on_merge: OnMerge) -> Iterator["Recording"]:
    """Gather the verdicts of a turn and write them at its end; tagging gives the tags of an appearance.

    on_merge is told of stories that a copy bridged, before the copy is taken in.
    """
    gathered = Recording(connection, tagging, on_merge)
    yield gathered
    gathered.write()


class Recording:
    """The rows that the verdicts of a turn come to."""

    def __init__(self, connection: sa.Connection, tagging: Tagging, on_merge: OnMerge) -> None:
        self._connection = connection
        self._tagging = tagging
        self._on_merge = on_merge
        self._fresh = ids.stream(connection)
        self._rows: defaultdict[sa.Table, list[Row]] = defaultdict(list)
        self._indexed: list[tuple[int, FoldedWords]] = []
        self._gathered: set[int] = set()
        self._traits: list[tuple[str, int]] = []
        self._authors: set[str] = set()
        self._tags = Earned(connection, self._fresh)
        self._merged: list[Merged] = []

    def take(self, batch: Batch, verdicts: Sequence[Verdict]) -> Iterator[tuple[Verdict, int, int]]:
        """Turn a batch's verdicts into rows; yield each that says something, its copy and its story."""
        told_of: dict[int, int] = {}
        for index, verdict in enumerate(verdicts):
            if verdict.kind in {"new", "copy"}:
                copied, told = self._appeared(batch, verdict, told_of)
                told_of[index] = told
                yield verdict, copied, told
            elif verdict.known:
                known = self._current(verdict.known)
                current = verdict if known is verdict.known else replace(verdict, known=known)
                self._seen_again(batch, current)
                yield current, known.id, known.story_id

    def _current(self, known: KnownCopy) -> KnownCopy:
        """Return a copy as it is after the merges of this turn, which the judge of its batch has not seen."""
        for merged in self._merged:
            if known.story_id in {merged.into, *merged.gone}:
                known = replace(known, story_id=merged.into, first=known.id == merged.shown)
        return known

    def _told(self, named: Verdict | Bridge, told_of: dict[int, int]) -> int:
        """Return the story that a verdict or a bridge names, as it is by now."""
        told = told_of[named.twin] if named.twin is not None else named.story_id or 0
        for merged in self._merged:
            told = merged.into if told in merged.gone else told
        return told

    def _joined(self, batch: Batch, verdict: Verdict, copied: int, told_of: dict[int, int]) -> int:
        """Return the story of a copy; stories that it bridges become one."""
        told = self._told(verdict, told_of)
        bridged = {self._told(one, told_of) for one in verdict.bridges}
        if bridged <= {told}:
            return told
        self.write()
        by = ((verdict.rule, verdict.evidence), *((one.rule, one.evidence) for one in verdict.bridges))
        shared = "; ".join(map(" ".join, by))
        cause = Cause("bridge", shared, batch.seen_at, copy=copied)
        merged = merging.merge(self._connection, bridged | {told}, cause)
        self._merged.append(merged)
        self._on_merge(merged)
        return merged.into

    def _appeared(self, batch: Batch, verdict: Verdict, told_of: dict[int, int]) -> tuple[int, int]:
        said, copied = next(self._fresh), next(self._fresh)
        appearance = verdict.appearance
        self._word(batch, said, copied, appearance)
        if verdict.kind == "new":
            told = next(self._fresh)
            self._rows[story].append(_story(batch, told, said, appearance.entry))
            self._indexed.append((said, appearance.folded))
        else:
            told = self._joined(batch, verdict, copied, told_of)
        self._gathered.add(copied)
        self._rows[copy].append(_copy(batch, copied, told, said, verdict))
        if appearance.entry.author:
            self._authors.add(appearance.entry.author)
        self._identify(batch, verdict, copied)
        self._keys(verdict, told)
        self._tag(Bearer(told, said, batch.seen_at), appearance, new=verdict.kind == "new", renew=False)
        return copied, told

    def _word(self, batch: Batch, row: int, copied: int, appearance: Appearance) -> None:
        words = appearance.entry.words
        self._rows[wording].append(
            {
                "id": row,
                "copy_id": copied,
                "hash": appearance.words_hash,
                "seen_at": batch.seen_at,
                "title": words.title,
                "summary": words.summary,
                "text": words.text,
            }
        )

    def _identify(self, batch: Batch, verdict: Verdict, copied: int) -> None:
        self._rows[identity].extend(
            {"source_id": batch.source_id, "key": key, "copy_id": copied} for key in verdict.learn
        )
        self._rows[identity].extend(
            {"source_id": batch.source_id, "key": key, "copy_id": None}
            for key in verdict.appearance.ambiguous
        )

    def _keys(self, verdict: Verdict, told: int) -> None:
        self._traits.extend((key.written, told) for key in verdict.appearance.keys)

    def _tag(self, bearer: Bearer, appearance: Appearance, *, new: bool, renew: bool) -> None:
        if tags := self._tagging(appearance):
            self._tags.earn(bearer, tags, new=new, renew=renew)

    def _seen_again(self, batch: Batch, verdict: Verdict) -> None:
        known, now = verdict.known, verdict.appearance
        assert known  # noqa: S101  # the caller has looked
        if known.id in self._gathered:
            self.write()
        self._identify(batch, verdict, known.id)
        self._relink(verdict)
        if verdict.kind != "seen":
            self._keys(verdict, known.story_id)
            said = self._reword(batch, verdict)
            self._tag(Bearer(known.story_id, said, batch.seen_at), now, new=False, renew=known.first)

    def _relink(self, verdict: Verdict) -> None:
        known, now = verdict.known, verdict.appearance
        if known is None or not known.relinked(now):
            return
        moved = {"url": now.entry.link, "link_key": now.link_key, **of_link(now.entry.link)}
        self._connection.execute(sa.update(copy).where(copy.c.id == known.id).values(**moved))
        if known.first:
            self._connection.execute(
                sa.update(story).where(story.c.id == known.story_id).values(url=now.entry.link)
            )

    def _reword(self, batch: Batch, verdict: Verdict) -> int:
        """Make the words the copy's current ones; words it has said before are not kept twice."""
        known, now = verdict.known, verdict.appearance
        assert known  # noqa: S101  # a revision is of something known
        said: int | None = self._connection.scalar(
            sa.select(wording.c.id).where(wording.c.copy_id == known.id, wording.c.hash == now.words_hash)
        )
        if said is None:
            said = next(self._fresh)
            self._word(batch, said, known.id, now)
            if known.first:
                self._indexed.append((said, now.folded))
        self._flush(wording)
        self._connection.execute(sa.update(copy).where(copy.c.id == known.id).values(wording_id=said))
        if known.first:
            self._connection.execute(
                sa.update(story).where(story.c.id == known.story_id).values(wording_id=said)
            )
        return said

    def _flush(self, table: sa.Table) -> None:
        if rows := self._rows.pop(table, None):
            insert(self._connection, table, rows)

    def write(self) -> None:
        """Insert everything that was gathered."""
        for table in (wording, story, copy):
            self._flush(table)
        upsert(self._connection, identity, self._rows.pop(identity, ()), update=["copy_id"])
        add(self._connection, story_key, self._traits)
        self._tags.write()
        self._connection.info["index"](self._connection, self._indexed)
        upsert(self._connection, author, list(map(byline, sorted(self._authors))))
        for rows in (self._authors, self._gathered, self._indexed, self._traits):
            rows.clear()


def _story(batch: Batch, row: int, said: int, entry: Entry) -> Row:
    return {
        "id": row,
        "source_id": batch.source_id,
        "wording_id": said,
        "url": entry.link,
        "language": entry.language,
        "published": entry.published,
        "first_seen": batch.seen_at,
        "at": entry.published or batch.seen_at,
        "news": _is_news(entry, batch),
        "seed": False,
    }


def _copy(batch: Batch, row: int, told: int, said: int, verdict: Verdict) -> Row:
    entry = verdict.appearance.entry
    return {
        "id": row,
        "story_id": told,
        "source_id": batch.source_id,
        "wording_id": said,
        "guid": entry.guid,
        "url": entry.link,
        "link_key": verdict.appearance.link_key,
        "published": entry.published,
        "published_raw": entry.published_raw,
        "first_seen": batch.seen_at,
        "rule": verdict.rule,
        "score": verdict.score,
        "evidence": verdict.evidence,
        "news": _is_news(entry, batch),
        "author": entry.author,
        **of_link(entry.link),
    }


def _is_news(entry: Entry, batch: Batch) -> bool:
    """Tell news from a backlog or an archive (DESIGN section 3, News)."""
    if batch.news_since is None:
        return False
    return batch.undated_is_news if entry.published is None else entry.published >= batch.news_since
