"""Write what the judge said of a batch: rows for every table, then one insert a table."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from monitor.model import Batch, Entry, Tag, Verdict, Words
from monitor.store import ids
from monitor.store.dialect import upsert
from monitor.store.marks import Mark
from monitor.store.schema import copy, identity, story, story_key, tag, wording

Row = dict[str, Any]

_TAG = ("story_id", "topic")
_ROWS = 3
"""How many ids one verdict takes at most, tags apart: a wording, a story, a copy."""


def record(
    connection: sa.Connection, batch: Batch, verdicts: Sequence[Verdict], tags: Mapping[int, Sequence[Tag]]
) -> None:
    """Write the verdicts of a batch; tags are those of the verdicts' words, by verdict number."""
    changed = sum(verdict.kind != "seen" for verdict in verdicts)
    fresh = ids.allocate(connection, _ROWS * changed + sum(map(len, tags.values())))
    writing = _Writing(connection, batch, iter(fresh))
    for index, verdict in enumerate(verdicts):
        writing.take(index, verdict, tags.get(index, ()))
    writing.write()


class _Writing:
    """The rows that a batch comes to."""

    def __init__(self, connection: sa.Connection, batch: Batch, fresh: Iterator[int]) -> None:
        self._connection = connection
        self._fresh = fresh
        self._batch = batch
        self._rows: defaultdict[sa.Table, list[Row]] = defaultdict(list)
        self._indexed: list[tuple[int, Words]] = []
        self._story_of: dict[int, int] = {}
        self._tags: list[Row] = []
        self._renewed_tags: list[Row] = []

    def take(self, index: int, verdict: Verdict, tags: Sequence[Tag]) -> None:
        """Turn one verdict into rows."""
        if verdict.kind in {"new", "copy"}:
            self._appeared(index, verdict, tags)
        elif verdict.known:
            self._seen_again(verdict, tags)

    def _appeared(self, index: int, verdict: Verdict, tags: Sequence[Tag]) -> None:
        said, copied = next(self._fresh), next(self._fresh)
        entry = verdict.appearance.entry
        self._word(said, copied, entry.words)
        if verdict.kind == "new":
            told = next(self._fresh)
            self._rows[story].append(self._story(told, said, entry))
            self._indexed.append((said, entry.words))
        else:
            told = self._story_of[verdict.twin] if verdict.twin is not None else verdict.story_id or 0
        self._story_of[index] = told
        self._rows[copy].append(self._copy(copied, told, said, verdict))
        self._identify(verdict, copied)
        self._keys(verdict, told)
        self._tags.extend(self._tag(told, said, given) for given in tags)

    def _word(self, row: int, copied: int, words: Words) -> None:
        values = {"id": row, "copy_id": copied, "hash": words.hash, "seen_at": self._batch.seen_at}
        self._rows[wording].append(
            values | {"title": words.title, "summary": words.summary, "text": words.text}
        )

    def _story(self, row: int, said: int, entry: Entry) -> Row:
        return {
            "id": row,
            "source_id": self._batch.source_id,
            "wording_id": said,
            "url": entry.link,
            "language": entry.language,
            "published": entry.published,
            "first_seen": self._batch.seen_at,
            "at": entry.published or self._batch.seen_at,
            "news": _is_news(entry, self._batch),
            "seed": False,
        }

    def _copy(self, row: int, told: int, said: int, verdict: Verdict) -> Row:
        entry = verdict.appearance.entry
        return {
            "id": row,
            "story_id": told,
            "source_id": self._batch.source_id,
            "wording_id": said,
            "guid": entry.guid,
            "url": entry.link,
            "link_key": verdict.appearance.link_key,
            "published": entry.published,
            "published_raw": entry.published_raw,
            "first_seen": self._batch.seen_at,
            "rule": verdict.rule,
            "score": verdict.score,
            "evidence": verdict.evidence,
        }

    def _identify(self, verdict: Verdict, copied: int) -> None:
        self._rows[identity].extend(
            {"source_id": self._batch.source_id, "key": key, "copy_id": copied} for key in verdict.learn
        )
        self._rows[identity].extend(
            {"source_id": self._batch.source_id, "key": key, "copy_id": None}
            for key in verdict.appearance.ambiguous
        )

    def _keys(self, verdict: Verdict, told: int) -> None:
        self._rows[story_key].extend(
            {"key": key.written, "story_id": told} for key in verdict.appearance.keys
        )

    def _tag(self, told: int, said: int, given: Tag) -> Row:
        return Mark(told, said, self._batch.seen_at).row(next(self._fresh), given)

    def _seen_again(self, verdict: Verdict, tags: Sequence[Tag]) -> None:
        assert verdict.known  # noqa: S101  # the caller has looked
        self._identify(verdict, verdict.known.id)
        self._relink(verdict)
        if verdict.kind == "revision":
            self._keys(verdict, verdict.known.story_id)
            said = self._reword(verdict)
            rows = self._renewed_tags if verdict.known.first else self._tags
            rows.extend(self._tag(verdict.known.story_id, said, given) for given in tags)

    def _relink(self, verdict: Verdict) -> None:
        known, now = verdict.known, verdict.appearance
        if known is None or now.link_key in {None, known.link_key}:
            return
        moved = {"url": now.entry.link, "link_key": now.link_key}
        self._connection.execute(sa.update(copy).where(copy.c.id == known.id).values(**moved))
        if known.first:
            self._connection.execute(
                sa.update(story).where(story.c.id == known.story_id).values(url=now.entry.link)
            )

    def _reword(self, verdict: Verdict) -> int:
        """Make the words the copy's current ones; words it has said before are not kept twice."""
        known, words = verdict.known, verdict.appearance.entry.words
        assert known  # noqa: S101  # a revision is of something known
        said: int | None = self._connection.scalar(
            sa.select(wording.c.id).where(wording.c.copy_id == known.id, wording.c.hash == words.hash)
        )
        if said is None:
            said = next(self._fresh)
            self._word(said, known.id, words)
            if known.first:
                self._indexed.append((said, words))
        self._flush(wording)
        self._connection.execute(sa.update(copy).where(copy.c.id == known.id).values(wording_id=said))
        if known.first:
            self._connection.execute(
                sa.update(story).where(story.c.id == known.story_id).values(wording_id=said)
            )
        return said

    def _flush(self, table: sa.Table) -> None:
        if rows := self._rows.pop(table, None):
            self._connection.execute(sa.insert(table), rows)

    def write(self) -> None:
        """Insert everything that was gathered."""
        for table in (wording, story, copy):
            self._flush(table)
        upsert(self._connection, identity, self._rows[identity], update=["copy_id"])
        upsert(self._connection, story_key, self._rows[story_key])
        upsert(self._connection, tag, self._tags, keys=_TAG)
        upsert(
            self._connection, tag, self._renewed_tags, keys=_TAG, update=["wording_id", "score", "evidence"]
        )
        self._connection.info["index"](self._connection, self._indexed)


def _is_news(entry: Entry, batch: Batch) -> bool:
    """Tell news from a backlog or an archive (DESIGN section 3, News)."""
    if batch.news_since is None:
        return False
    return batch.undated_is_news if entry.published is None else entry.published >= batch.news_since
