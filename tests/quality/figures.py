"""What the measures have in common: the data they read and the figures they find."""

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("MONITOR_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one measure; bar is what it must reach or, where not least, may not exceed."""

    of: str
    what: str
    value: float
    bar: float | None = None
    least: bool = True
    detail: str = ""

    @property
    def missed(self) -> bool:
        """Tell whether the figure misses its bar."""
        return self.bar is not None and (self.value < self.bar if self.least else self.value > self.bar)


def records(*parts: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file of the shared data, packed or not."""
    path = DATA.joinpath(*parts)
    data = path.read_bytes()
    yield from map(json.loads, (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines())
