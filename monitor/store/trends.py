"""What a topic's stories come to over time: when they are from, and the terms that they are known by."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa

from monitor.store.grouping import membership
from monitor.store.schema import story, tag

_PAST = timedelta(days=35)
"""The week of new terms and the four weeks before; what is counted by days lies in it."""

_MOST = 5_000
"""Of so many stories terms are counted, the newest: a tenth of a second."""


_of_stories = tag.c.topic.concat("")
"""The topic of a tag where the stories are few and the topic's are many: no index of topics is used."""


def times(
    connection: sa.Connection, topic: str, now: datetime, news_since: datetime | None = None
) -> list[datetime]:
    """Return when the topic's stories of five weeks are from; of those since a time only the news."""
    joined = tag.join(story, story.c.id == tag.c.story_id)
    found = sa.select(story.c.at).select_from(joined).where(tag.c.topic == topic, ~story.c.seed)
    if news_since:
        found = found.where(sa.or_(story.c.news, story.c.at < news_since))
    return list(connection.scalars(found.where(story.c.at > now - _PAST, story.c.at <= now)))


def known_days(connection: sa.Connection, now: datetime) -> int:
    """Return for how many whole days stories have come in."""
    first = connection.scalar(sa.select(sa.func.min(story.c.first_seen)).where(~story.c.seed))
    return (now - first).days if first else 0


def busy(connection: sa.Connection, topics: Sequence[str], since: datetime, least: int) -> list[str]:
    """Return those topics that so much news has come on since a time; what was back-applied is none."""
    found = (
        sa.select(tag.c.topic)
        .select_from(tag.join(story, story.c.id == tag.c.story_id))
        .where(story.c.first_seen >= since, story.c.news, ~tag.c.back_applied, _of_stories.in_(topics))
        .group_by(tag.c.topic)
        .having(sa.func.count() >= least)
    )
    return list(connection.scalars(found.order_by(tag.c.topic)))


def volumes(
    connection: sa.Connection, topics: Sequence[str], bounds: Sequence[datetime]
) -> dict[str, tuple[int, ...]]:
    """Count the stories on topics in each span between two bounds, without what was back-applied."""
    spans = list(pairwise(bounds))
    counts = [sa.func.count().filter(story.c.at >= since, story.c.at < until) for since, until in spans]
    found = (
        sa.select(tag.c.topic, *counts)
        .select_from(tag.join(story, story.c.id == tag.c.story_id))
        .where(_of_stories.in_(topics), ~tag.c.back_applied, ~story.c.seed)
        .where(story.c.at >= bounds[0], story.c.at < bounds[-1])
        .group_by(tag.c.topic)
    )
    counted = {topic: tuple(many) for topic, *many in connection.execute(found)}
    return {topic: counted.get(topic, (0,) * len(spans)) for topic in topics}


def terms(
    connection: sa.Connection, topic: str, since: datetime, until: datetime
) -> tuple[Counter[str], int]:
    """Return in how many of a topic's stories of a time each term stands, and how many these are."""
    joined = sa.exists().where(tag.c.story_id == story.c.id, tag.c.topic == topic)
    found = sa.select(membership.c.terms).select_from(
        membership.join(story, story.c.id == membership.c.story_id)
    )
    found = found.where(joined, story.c.at >= since, story.c.at < until)
    counted: Counter[str] = Counter()
    stories = 0
    for written in connection.scalars(found.order_by(story.c.at.desc()).limit(_MOST)):
        counted.update(json.loads(written).keys())
        stories += 1
    return counted, stories
