"""A tag's row: the one place where evidence is written for the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.model import Tag


@dataclass(frozen=True, slots=True)
class Mark:
    """Which story, in which wording, was tagged when."""

    story: int
    wording: int
    at: datetime

    def row(self, row: int, given: Tag) -> dict[str, Any]:
        """Return the row of a tag that was given here."""
        return {
            "id": row,
            "story_id": self.story,
            "topic": given.topic,
            "wording_id": self.wording,
            "score": given.score,
            "evidence": written(given),
            "tagged_at": self.at,
        }


def written(given: Tag) -> list[dict[str, Any]]:
    """Write a tag's evidence as its column has it."""
    return [
        {
            "term": span.term,
            "matched": span.matched,
            "field": span.field,
            "start": span.start,
            "end": span.end,
        }
        for span in given.evidence
    ]
