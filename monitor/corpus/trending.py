"""Trends told: in bars and sentences for people, as a record for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from monitor.corpus.exporting import written
from monitor.model.topics import Trend, Volume

_WIDTH = 40


def bars(volumes: Sequence[Volume], form: str) -> Iterator[str]:
    """Draw how much came when, one line a span; the highest is 40 wide, and what is there shows."""
    most = max((one.stories for one in volumes), default=0)
    for one in volumes:
        width = -(-_WIDTH * one.stories // most) if most else 0
        yield f"  {one.since:{form}}  {one.stories:>5}  {'#' * width}".rstrip()


def trend_record(trend: Trend) -> dict[str, Any]:
    """Return a trend as a record."""
    return {
        "hours": list(map(_volume, trend.hours)),
        "days": list(map(_volume, trend.days)),
        "bursts": [asdict(burst) for burst in trend.bursts],
        "terms": [asdict(term) for term in trend.terms],
    }


def _volume(one: Volume) -> dict[str, Any]:
    return {"since": written(one.since), "stories": one.stories}
