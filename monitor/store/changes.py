"""What has come to stories that readers were told of: other outlets that carry them, other headlines."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from monitor.model.digests import Changed, Reader
from monitor.store import ids, stories
from monitor.store.dialect import listed
from monitor.store.outbox import told_before
from monitor.store.schema import copy, story, wording


def changed(
    connection: sa.Connection, mark: Reader, topics: Sequence[str], since: datetime
) -> tuple[Changed, ...]:
    """Return the stories of events to which something came after a reader's mark.

    They are those on these topics, first seen since a time, that the reader was told of; a story of the same
    event to which nothing came is among them, since its outlets are no news.
    """
    came = sa.union(
        sa.select(copy.c.story_id.label("id")).where(copy.c.id >= mark.changes),
        sa.select(story.c.id).where(story.c.wording_id >= mark.changes),
    ).subquery()
    told = told_before(story.c.id, mark, topics)
    wanted = sa.select(story.c.id, story.c.event_id).where(story.c.news, story.c.first_seen >= since, told)
    touched = connection.execute(wanted.where(story.c.id.in_(sa.select(came.c.id)))).all()
    events = {row.event_id for row in touched if row.event_id is not None}
    beside = connection.execute(wanted.where(story.c.event_id.in_(listed(connection, events)))).all()
    rows = sorted({row.id for row in (*touched, *beside)})
    views = stories.by_rows(connection, rows)
    before = _headlines(connection, rows, mark.changes)
    return tuple(Changed(view, before.get(view.id, view.words.title), mark.changes) for view in views)


def _headlines(connection: sa.Connection, rows: Sequence[int], before: int) -> dict[str, str]:
    """Return the headlines of stories as they read before a mark, where they have been worded anew since."""
    now = wording.alias()
    earlier = (
        sa.select(wording.c.title)
        .where(wording.c.copy_id == now.c.copy_id, wording.c.id < before)
        .order_by(wording.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = (
        sa.select(story.c.id, earlier.label("title"))
        .select_from(story.join(now, now.c.id == story.c.wording_id))
        .where(now.c.id >= before, story.c.id.in_(listed(connection, rows)))
    )
    told = connection.execute(found)
    return {ids.story_id(row.id): row.title for row in told if row.title is not None}
