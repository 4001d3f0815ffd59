"""Copies as the judge must know them: by row, by their source's last ones, by what they said before."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from monitor.model import Batch, KnownCopy
from monitor.store.dialect import given
from monitor.store.schema import copy, story, wording

COLUMNS = (
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
"""What of a copy, its wording and its story a KnownCopy is made of."""

_LEAST = 200
_DOCUMENTS = 4
"""How far back the items of a document are looked for: so many of its lengths, so many copies at least."""


def known_copy(row: Any) -> KnownCopy:
    """Return a copy as the judge knows it; row has the columns above."""
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


def recent(connection: sa.Connection, batches: Iterable[Batch]) -> defaultdict[int, dict[int, KnownCopy]]:
    """Return by source and id the last copies of the batches' sources."""
    found: defaultdict[int, dict[int, KnownCopy]] = defaultdict(dict)
    joined = copy.join(wording, wording.c.id == copy.c.wording_id).join(story, story.c.id == copy.c.story_id)
    for batch in batches:
        rows = sa.select(*COLUMNS).select_from(joined).where(copy.c.source_id == batch.source_id)
        last = rows.order_by(copy.c.id.desc()).limit(max(_LEAST, _DOCUMENTS * len(batch.appearances)))
        found[batch.source_id] |= {row.id: known_copy(row) for row in connection.execute(last)}
    return found


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
