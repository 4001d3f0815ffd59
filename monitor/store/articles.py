"""Article pages: which are wanted, and what came of asking for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.model.entries import Article, ArticleJob
from monitor.store import moves
from monitor.store.schema import article, feed, story, tag
from monitor.store.subscriptions import options_of

MOST_TRIES = 3
PAUSE = timedelta(minutes=30)
"""How long a page that could not be had is left alone: what is down for a minute is often down for ten."""


def wanted(connection: sa.Connection, now: datetime, since: datetime, limit: int) -> tuple[ArticleJob, ...]:
    """Return stories first seen since then, on a topic, of feeds with full text, whose page is not had."""
    again = sa.and_(
        article.c.status == "failed", article.c.tries < MOST_TRIES, article.c.fetched_at <= now - PAUSE
    )
    joined = story.join(feed, feed.c.source_id == story.c.source_id).outerjoin(
        article, article.c.story_id == story.c.id
    )
    found = (
        sa.select(story.c.id, story.c.url, feed.c.options)
        .select_from(joined)
        .where(
            story.c.first_seen >= since,
            story.c.url.is_not(None),
            feed.c.options["full_text"].as_boolean(),
            sa.exists().where(tag.c.story_id == story.c.id),
            sa.or_(article.c.story_id.is_(None), again),
        )
        .order_by(story.c.id)
        .limit(limit)
    )
    rows = connection.execute(found)
    return tuple(ArticleJob(row.id, row.url, options_of(row.options)) for row in rows)


def put(connection: sa.Connection, job: ArticleJob, came: Article) -> None:
    """Keep what came of asking for a story's page, in the place of what came before.

    A story that was merged away meanwhile has a page that is as good, or will be asked for one.
    """
    if moves.now(connection, job.story) != job.story:
        return
    values: dict[str, Any] = {
        "url": came.url,
        "status": came.status,
        "text": came.text,
        "detail": came.detail,
        "fetched_at": came.fetched_at,
    }
    again = sa.update(article).where(article.c.story_id == job.story)
    changed = connection.execute(again.values(tries=article.c.tries + 1, **values))
    if not changed.rowcount:
        connection.execute(sa.insert(article).values(story_id=job.story, tries=1, **values))


def of_stories(connection: sa.Connection, stories: Sequence[int]) -> Mapping[int, Article]:
    """Return what is known of the pages of these stories."""
    rows = connection.execute(sa.select(article).where(article.c.story_id.in_(stories)))
    return {
        row.story_id: Article(row.url, row.status, row.fetched_at, row.text, row.detail, row.tries)
        for row in rows
    }
