"""Who carries a copy: what its row says of its link and its author, and the names of its source."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from monitor.hosts import host_of_url, reversed_labels, site_of
from monitor.store.schema import copy, source
from monitor.words import folded

_NAMES = 1 << 15
"""How many names of sources are kept folded: those of all feeds, and their addresses."""

_LONGEST_HOST = 253
"""Characters of a host (RFC 1035); what is longer is none, and more than a database indexes."""

outlet = sa.func.coalesce(copy.c.domain, sa.func.nullif(source.c.title, ""), source.c.name)
"""The outlet of a copy, as events count them: the registrable domain of its link, else its source."""


def of_link(url: str | None) -> dict[str, str | None]:
    """Return what a copy's row says of where its link leads."""
    host = host_of_url(url or "")
    host = "" if len(host) > _LONGEST_HOST else host
    return {"host": reversed_labels(host) or None, "domain": site_of(host) or None}


def byline(name: str) -> dict[str, str]:
    """Return the row of an author."""
    return {"name": name, "words": f" {' '.join(folded(name))} "}


def named(row: Any) -> tuple[str, ...]:
    """Return the folded title and name of a source's row."""
    return tuple(filter(None, map(_folded, (row.title or "", row.name))))


@lru_cache(maxsize=_NAMES)
def _folded(text: str) -> str:
    return " ".join(folded(text))
