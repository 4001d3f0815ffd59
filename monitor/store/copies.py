"""Copies as the judge must know them: by row, by their source's last ones, by what they said before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from monitor.model.stories import Batch, KnownCopy
from monitor.store.dialect import given
from monitor.store.schema import copy, story, wording
from monitor.words import folded

COLUMNS = (
    copy.c.id,
    copy.c.story_id,
    copy.c.guid,
    copy.c.link_key,
    wording.c.title,
    wording.c.hash,
    copy.c.published,
    copy.c.wording_id,
    story.c.wording_id.label("shown"),
)
"""What of a copy, its wording and its story a KnownCopy is made of."""

_LEAST = 100
_DOCUMENTS = 3
"""How far back the items of a document are looked for: so many of its lengths, so many copies at least."""


def known_copy(row: Any) -> KnownCopy:
    """Return a copy as the judge knows it; row has the columns above."""
    return KnownCopy(
        id=row.id,
        story_id=row.story_id,
        guid=row.guid,
        link_key=row.link_key,
        title=row.title,
        words_hash=row.hash,
        published=row.published,
        first=row.wording_id == row.shown,
    )


def recent(connection: sa.Connection, batches: Iterable[Batch]) -> defaultdict[int, dict[int, KnownCopy]]:
    """Return by source and id those of the sources' last copies that have a title of their batches."""
    titled = [(batch.source_id, row) for batch in batches for row in _titled(connection, batch)]
    found: defaultdict[int, dict[int, KnownCopy]] = defaultdict(dict)
    if not titled:
        return found
    wanted = given(connection, titled, sa.BigInteger, sa.BigInteger)
    joined = wanted.table.join(copy, copy.c.id == wanted.columns[1]).join(
        wording, wording.c.id == copy.c.wording_id
    )
    rows = sa.select(copy.c.source_id, *COLUMNS).select_from(
        joined.join(story, story.c.id == copy.c.story_id)
    )
    for row in connection.execute(rows, wanted.values):
        found[row.source_id][row.id] = known_copy(row)
    return found


def _titled(connection: sa.Connection, batch: Batch) -> Iterator[int]:
    """Yield the ids alone: rows are read whole only where a title agrees, as in most feeds none ever does."""
    titles = {one.folded.title for one in batch.appearances}
    rows = sa.select(copy.c.id, wording.c.title).join(wording, wording.c.id == copy.c.wording_id)
    rows = rows.where(copy.c.source_id == batch.source_id).order_by(copy.c.id.desc())
    for row, title in connection.execute(rows.limit(max(_LEAST, _DOCUMENTS * len(batch.appearances)))):
        if " ".join(folded(title)) in titles:
            yield row


def said_before(connection: sa.Connection, asked: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return those pairs of a copy's id and a wording's hash that stand in the store."""
    pairs = sorted(set(asked))
    if not pairs:
        return set()
    wanted = given(connection, pairs, sa.BigInteger, sa.Text)
    joined = wanted.table.join(
        wording, sa.and_(wording.c.copy_id == wanted.columns[0], wording.c.hash == wanted.columns[1])
    )
    rows = connection.execute(sa.select(wording.c.copy_id, wording.c.hash).select_from(joined), wanted.values)
    return {(row.copy_id, row.hash) for row in rows}
