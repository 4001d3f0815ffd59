"""Trend: how much comes on a topic, and what in it is rising."""

from datetime import datetime, timedelta

from monitor.model import Trend
from monitor.store import Lane, trends
from monitor.tag.trend import rising, trend

_WEEK = timedelta(days=7)
_BEFORE = 4
_TERMS = 12


def trend_of(connection: Lane, topic: str, now: datetime) -> Trend:
    """Return the trend of a topic: volume, bursts, and the terms of this week against four weeks before."""
    began = now - _WEEK
    here, stories = trends.terms(connection, topic, began, now)
    past, others = trends.terms(connection, topic, began - _BEFORE * _WEEK, began)
    terms = rising(here, stories, past, others, _TERMS) if stories else ()
    return trend(trends.times(connection, topic, now), now, terms)
