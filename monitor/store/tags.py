"""Tags as rows: the one place where evidence is written for the store, and read back.

What hangs on a story's event waits in `pending`; what a person has taken off a topic gets no tag of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.model.entries import Words
from monitor.model.topics import Likeness, Mark, Span, Tag
from monitor.store import ids, marks, speaking
from monitor.store.dialect import given as listed
from monitor.store.dialect import upsert
from monitor.store.schema import story, tag
from monitor.store.tracking import pending

Row = dict[str, Any]

_KEY = ("story_id", "topic")
_SAID = ("wording_id", "score", "evidence")


@dataclass(frozen=True, slots=True)
class Bearer:
    """Which story, in which wording, earns tags when."""

    story: int
    wording: int
    at: datetime

    def row(self, row: int, given: Tag) -> Row:
        """Return the row of a tag that was given here."""
        return {"id": row, "story_id": self.story, "tagged_at": self.at} | said(given, self.wording)


def pending_row(story: int, wording: int, given: Tag) -> Row:
    """Return the row of what will be a tag once the rest of its query holds."""
    row = said(given, wording)
    return {name: row[name] for name in ("topic", *_SAID)} | {"story_id": story, "rest": given.rest}


def said(given: Tag, wording: int) -> Row:
    """Write what a tag says as its columns have it."""
    return {
        "topic": given.topic,
        "wording_id": wording,
        "score": given.score,
        "evidence": [asdict(span) for span in given.evidence],
        "likeness": asdict(given.likeness) if given.likeness else None,
        "back_applied": given.back_applied,
        "by": given.by,
    }


def read(row: sa.RowMapping, words: Words | None = None) -> Tag:
    """Read what said() wrote."""
    likeness = row["likeness"]
    return Tag(
        topic=row["topic"],
        score=row["score"],
        evidence=tuple(Span(**span) for span in row["evidence"]),
        words=words,
        likeness=likeness and Likeness(likeness["score"], likeness["seed"], tuple(likeness["terms"])),
        back_applied=row["back_applied"],
        by=row["by"],
    )


class Earned:
    """The tags that the appearances of a turn earn, gathered to be written at once."""

    def __init__(self, connection: sa.Connection, fresh: Iterator[int]) -> None:
        self._connection = connection
        self._fresh = fresh
        self._given: list[Row] = []
        self._renewed: list[Row] = []
        self._waiting: list[Row] = []
        self._waiting_anew: list[Row] = []
        self._known: set[tuple[str, int]] = set()

    def earn(self, bearer: Bearer, tags: Sequence[Tag], *, new: bool, renew: bool) -> None:
        """Gather tags of a story, which may be a new one; renew replaces the evidence that it has."""
        for given in tags:
            if not new:
                self._known.add((given.topic, bearer.story))
            if given.rest:
                (self._waiting_anew if renew else self._waiting).append(
                    pending_row(bearer.story, bearer.wording, given)
                )
            else:
                (self._renewed if renew else self._given).append(bearer.row(next(self._fresh), given))

    def write(self) -> None:
        """Write what was gathered, but for what a person has taken off a topic."""
        off = marks.off(self._connection, self._known)
        for table, rows, update in (
            (tag, self._given, ()),
            (tag, self._renewed, _SAID),
            (pending, self._waiting, ()),
            (pending, self._waiting_anew, (*_SAID, "rest")),
        ):
            kept = [row for row in rows if (row["topic"], row["story_id"]) not in off]
            upsert(self._connection, table, kept, keys=_KEY, update=update)
            rows.clear()
        self._known.clear()


def follow(connection: sa.Connection, gone: Collection[int], into: int) -> None:
    """Let what waits for the events of stories that were merged wait for that of the one they are now."""
    found = sa.select(pending).where(pending.c.story_id.in_(gone)).order_by(pending.c.story_id)
    rows = [{**row, "story_id": into} for row in connection.execute(found).mappings()]
    connection.execute(sa.delete(pending).where(pending.c.story_id.in_(gone)))
    upsert(connection, pending, rows)


def by_person(connection: sa.Connection, word: Mark) -> None:
    """Tag a story because a person says so; what machines found stays with it as evidence."""
    found = sa.select(story.c.wording_id).where(story.c.id == word.story_id)
    given = Tag(word.topic, 1.0, by=word.who)
    (row,) = ids.allocate(connection, 1)
    bearer = Bearer(word.story_id, connection.execute(found).scalar_one(), word.at)
    upsert(connection, tag, [bearer.row(row, given)], keys=_KEY, update=["score", "by"])


def unsay(connection: sa.Connection, topic: str, row: int) -> None:
    """Let a tag that a person gave be judged by machines again."""
    here = (tag.c.topic == topic, tag.c.story_id == row)
    connection.execute(sa.update(tag).where(*here).values(by=""))


def take(connection: sa.Connection, topic: str, rows: Collection[int]) -> None:
    """Take a topic's tag from stories, and what waits; what readers have heard by it is kept in mind."""
    speaking.keep_heard(connection, topic, rows)
    for table in (tag, pending):
        connection.execute(sa.delete(table).where(table.c.topic == topic, table.c.story_id.in_(rows)))


def give(connection: sa.Connection, earned: Sequence[tuple[Bearer, Tag]]) -> None:
    """Write tags, which keep their ids where a story bears them already; a person's word stands."""
    if not earned:
        return
    off = marks.off(connection, {(given.topic, bearer.story) for bearer, given in earned})
    kept = [(bearer, given) for bearer, given in earned if (given.topic, bearer.story) not in off]
    fresh = ids.allocate(connection, len(kept))
    rows = [bearer.row(row, given) for row, (bearer, given) in zip(fresh, kept, strict=True)]
    upsert(connection, tag, rows, keys=_KEY, update=(*_SAID, "likeness"))


def borne(connection: sa.Connection, rows: Collection[int]) -> dict[int, dict[str, tuple[int, Tag]]]:
    """Return the tags of stories by topic, each with the wording that earned it."""
    found: defaultdict[int, dict[str, tuple[int, Tag]]] = defaultdict(dict)
    asked = listed(connection, [(row,) for row in sorted(rows)], sa.BigInteger)
    joined = asked.table.join(tag, tag.c.story_id == asked.columns[0])
    for row in connection.execute(sa.select(tag).select_from(joined), asked.values).mappings():
        found[row["story_id"]][row["topic"]] = row["wording_id"], read(row)
    return found


def wordings(connection: sa.Connection, rows: Collection[int]) -> dict[int, int]:
    """Return the wordings that stories are shown with."""
    asked = listed(connection, [(row,) for row in sorted(rows)], sa.BigInteger)
    joined = asked.table.join(story, story.c.id == asked.columns[0])
    found = connection.execute(sa.select(story.c.id, story.c.wording_id).select_from(joined), asked.values)
    return {row.id: row.wording_id for row in found}
