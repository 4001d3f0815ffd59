"""Stories out, one a line: JSON Lines with everything, CSV with what a sheet can hold."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from monitor import dedupe
from monitor.model.topics import Tag
from monitor.model.views import CopyView, RevisionView, StoryView

RULES = {
    "first": "the first appearance",
    **dedupe.RULES,
    "bridge": "a story of its own, until a copy was found to belong to both",
    "person": "a story of its own, until a person merged the two",
}
"""What made a copy one, for people; a rule without an entry is shown by its name."""

_COLUMNS = ("id", "url", "title", "summary", "text", "language", "published", "first_seen", "source", "seed")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def record(story: StoryView) -> dict[str, Any]:
    """Return a story as an export's record (DESIGN section 5, Records)."""
    return {
        "id": story.id,
        "url": story.url,
        "title": story.words.title,
        "summary": story.words.summary,
        "text": story.words.text or _page(story),
        "language": story.language,
        "published": written(story.published),
        "first_seen": written(story.first_seen),
        "source": story.source,
        "seed": story.seed,
        "event": story.event,
        "topics": [tag_record(tag) for tag in story.tags],
        "copies": [_copy(copy) for copy in story.copies],
        "revisions": [_revision(revision) for revision in story.revisions],
    }


def _page(story: StoryView) -> str:
    """Return the text of a story's article page, where it was fetched."""
    return story.article.text if story.article else ""


def tag_record(tag: Tag) -> dict[str, Any]:
    """Return a tag as a record: its spans, and the likeness that earned it where one did."""
    evidence: list[dict[str, Any]] = [asdict(span) for span in tag.evidence]
    if like := tag.likeness:
        evidence.append({"seed": like.seed, "likeness": like.score, "terms": list(like.terms)})
    about = {"topic": tag.topic, "score": tag.score, "evidence": evidence, "back_applied": tag.back_applied}
    return about | ({"by": tag.by} if tag.by else {})


def _copy(copy: CopyView) -> dict[str, Any]:
    return {
        "source": copy.source,
        "guid": copy.guid,
        "url": copy.url,
        "title": copy.title,
        "published": written(copy.published),
        "first_seen": written(copy.first_seen),
        "rule": copy.rule,
        "score": copy.score,
    }


def _revision(revision: RevisionView) -> dict[str, Any]:
    words = revision.words
    return {
        "guid": revision.guid,
        "source": revision.source,
        "title": words.title,
        "summary": words.summary,
        "text": words.text,
        "seen_at": written(revision.seen_at),
    }


def written(moment: datetime | None) -> str | None:
    """Write a time as RFC 3339 in UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def jsonl(stories: Iterable[StoryView]) -> Iterator[str]:
    """Write stories as JSON Lines."""
    for story in stories:
        yield json.dumps(record(story), ensure_ascii=False) + "\n"


def as_csv(stories: Iterable[StoryView]) -> Iterator[str]:
    """Write stories as CSV (RFC 4180); a cell that a sheet would take for a formula gets an apostrophe."""
    yield _row([*_COLUMNS, "topics", "copies"])
    for story in stories:
        made = record(story)
        topics = " ".join(tag.topic for tag in story.tags)
        yield _row([*(made[name] for name in _COLUMNS), topics, len(story.copies)])


def _row(cells: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([_cell(cell) for cell in cells])
    return line.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
