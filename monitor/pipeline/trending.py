"""Trend: how much comes on a topic, what in it is rising; and what its stories suggest for its query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.model.topics import Burst, Query, RisingTerm, Trend
from monitor.store import Lane, placing, trends
from monitor.tag.definition import terms
from monitor.tag.suggesting import Spelling, spellings, telling
from monitor.tag.trend import DAY, LEAST, bursts, rising, trend

_WEEK = timedelta(days=7)
_BEFORE = 4
_TERMS = 12
_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Suggested:
    """What may be missing in a query: terms that mark its stories, words that look like its names."""

    terms: tuple[RisingTerm, ...]
    spellings: tuple[Spelling, ...]


def suggested(connection: Lane, topic: str, query: Query | None, now: datetime) -> Suggested:
    """Return what the archive suggests for a topic."""
    background = placing.known_background(connection)
    asked = tuple(terms(query)) if query else ()
    counts, stories = trends.terms(connection, topic, _BEGINNING, now)
    marking = telling(counts, stories, background, asked) if stories and background.stories else ()
    return Suggested(marking, spellings(background, asked))


def trend_of(connection: Lane, topic: str, now: datetime) -> Trend:
    """Return the trend of a topic: volume, bursts, and the terms of this week against four weeks before."""
    began = now - _WEEK
    here, stories = trends.terms(connection, topic, began, now)
    past, others = trends.terms(connection, topic, began - _BEFORE * _WEEK, began)
    new = rising(here, stories, past, others, _TERMS) if stories else ()
    return trend(trends.times(connection, topic, now), now, trends.known_days(connection, now), new)


def rising_topics(connection: Lane, topics: Sequence[str], now: datetime) -> Iterator[tuple[str, Burst]]:
    """Yield the topics with news on which more comes than their past explains, each with its surest burst."""
    days = trends.known_days(connection, now)
    for topic in trends.busy(connection, topics, now - DAY, LEAST):
        ages = [now - at for at in trends.times(connection, topic, now, now - DAY)]
        if found := bursts(ages, days):
            yield topic, min(found, key=lambda burst: burst.level)
