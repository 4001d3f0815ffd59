"""What is known of an item the moment it comes, beside its words."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from monitor.hosts import host_of_url
from monitor.model.entries import Entry
from monitor.model.topics import Facts
from monitor.words import folded


def facts_of(entry: Entry, sources: Iterable[str], now: datetime) -> Facts:
    """Return what is known of an entry; sources are the title and the name of where it stands."""
    return Facts(
        sources=tuple(_names(sources)),
        hosts=tuple(filter(None, (host_of_url(entry.link or ""),))),
        language=entry.language,
        authors=tuple(_names((entry.author or "",))),
        at=entry.published or now,
        first_seen=now,
    )


def _names(written: Iterable[str]) -> Iterator[str]:
    return filter(None, (" ".join(folded(name)) for name in written))
