"""Does the likeness that makes events tell headlines that say the same from others? STS benchmark pairs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from monitor.cluster import Masses, learned, profile
from monitor.cluster.likeness import between
from monitor.model import Member, Words
from tests.quality.figures import Figure, records


def measure() -> Iterator[Figure]:
    """Return the area under the curve for pairs scored 4 and more against 2 and less."""
    pairs = [one for one in records("pairs/sts-train-dev.jsonl.gz") if one["set"] == "headlines"]
    profiles = [tuple(profile(Words(one[side])) for side in "ab") for one in pairs]
    masses = Masses(learned(side for both in profiles for side in both))
    day = datetime(2026, 1, 1, tzinfo=UTC)
    alike, unlike = [], []
    for one, both in zip(pairs, profiles, strict=True):
        first, second = (masses(Member(0, day, side)) for side in both)
        if one["score"] >= 4:
            alike.append(between(first, second))
        elif one["score"] <= 2:
            unlike.append(between(first, second))
    detail = f"{len(alike)} and {len(unlike)} pairs"
    yield Figure("likeness, STS headlines", "AUC", auc(alike, unlike), 0.95, detail=detail)


def auc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Return how often a value of the first is above one of the second (Mann and Whitney)."""
    above = sum((one > other) + (one == other) / 2 for one in higher for other in lower)
    return above / (len(higher) * len(lower))
