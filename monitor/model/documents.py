"""Documents that nobody polls: the seed corpus, and an archive's records."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.entries import Words


@dataclass(frozen=True, slots=True)
class SeedDocument:
    """One file of the seed corpus; name is the file's name and its identity."""

    name: str
    words: Words
    url: str | None = None
    source: str | None = None
    language: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One line of an import (DESIGN section 5, Records)."""

    words: Words
    source: str
    id: str | None = None
    url: str | None = None
    language: str | None = None
    published: datetime | None = None
