"""Where in a long list one is."""

from dataclasses import dataclass
from typing import Annotated

import fastapi

LAST_PAGE = 100_000
PageNumber = Annotated[int, fastapi.Query(ge=1, le=LAST_PAGE)]

PAGE = 50
"""How many entries a page of a list has."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where in a long list one is."""

    number: int
    total: int

    @property
    def offset(self) -> int:
        """Return how many entries stand before this page."""
        return (self.number - 1) * PAGE

    @property
    def following(self) -> int | None:
        """Return the next page's number, where there is one."""
        return self.number + 1 if self.offset + PAGE < self.total else None
