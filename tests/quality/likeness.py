"""The likeness that makes events, on pairs of which people said whether they say the same."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from monitor.cluster import Masses
from monitor.cluster.likeness import between
from monitor.model.entries import Words
from monitor.model.events import Member
from monitor.profiles import learned, profile
from tests.quality.figures import Figure, records


def measure() -> Iterator[Figure]:
    """Return the area under the curve for pairs scored 4 and more against 2 and less."""
    headlines = [one for one in records("pairs/sts-train-dev.jsonl.gz") if one["set"] == "headlines"]
    english = _likenesses((Words(one["a"]), Words(one["b"])) for one in headlines)
    alike = [value for one, value in zip(headlines, english, strict=True) if one["score"] >= 4]
    unlike = [value for one, value in zip(headlines, english, strict=True) if one["score"] <= 2]
    yield Figure("likeness, STS headlines", "AUC", auc(alike, unlike), 0.95, detail=_counted(alike, unlike))
    telegram = list(records("pairs/telegram-ru.jsonl.gz"))
    russian = _likenesses((_whole(one["a"]), _whole(one["b"])) for one in telegram)
    alike = [value for one, value in zip(telegram, russian, strict=True) if one["same"]]
    unlike = [value for one, value in zip(telegram, russian, strict=True) if not one["same"]]
    yield Figure("likeness, Russian news", "AUC", auc(alike, unlike), detail=_counted(alike, unlike))


def _whole(one: dict[str, str]) -> Words:
    return Words(one["title"], "", one["text"])


def _counted(alike: Sequence[float], unlike: Sequence[float]) -> str:
    return f"{len(alike)} and {len(unlike)} pairs"


def _likenesses(pairs: Iterable[tuple[Words, Words]]) -> list[float]:
    """Return how alike the two of each pair are, with terms counted over all of them."""
    profiles = [(profile(one), profile(other)) for one, other in pairs]
    masses = Masses(learned(side for both in profiles for side in both))
    day = datetime(2026, 1, 1, tzinfo=UTC)
    both = ([masses(Member(0, day, side)) for side in sides] for sides in profiles)
    return [between(one, other) for one, other in both]


def auc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Return how often a value of the first is above one of the second (Mann and Whitney)."""
    above = sum((one > other) + (one == other) / 2 for one in higher for other in lower)
    return above / (len(higher) * len(lower))
