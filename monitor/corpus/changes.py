"""What was merged and split, and what a person ruled, told in sentences and as records."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from monitor.corpus.exporting import written
from monitor.model import ChangeView, RulingView, StoryView


def sentences(story: StoryView) -> Iterator[str]:
    """Tell how a story came to have the copies that it has, where more than the rules had a part in it."""
    for change in story.changes:
        yield _merged(story, change) if change.kind == "merge" else _split(story, change)
    for ruling in story.apart:
        other = ruling.other if ruling.one == story.id else ruling.one
        yield f"It stays apart from {other}: {_word(ruling.who, ruling.at, ruling.note)}."


def _merged(story: StoryView, change: ChangeView) -> str:
    here = change.kept == story.id
    if change.rule == "person":
        word = _word(change.who, change.at, change.evidence)
        return f"{change.other} was merged into {'it' if here else change.kept}: {word}."
    both = f"{'It' if here else change.kept} and {change.other}"
    belongs = f"a copy in {change.bridge} belongs to both: {change.evidence}"
    return f"{both} became one on {_day(change.at)}, since {belongs}."


def _split(story: StoryView, change: ChangeView) -> str:
    word = _word(change.who, change.at, change.evidence)
    if change.other == story.id:
        return f"It was split off {change.kept}: {word}."
    return f"{change.other} was split off {'it' if change.kept == story.id else change.kept}: {word}."


def _word(who: str, at: datetime, note: str) -> str:
    return f"{who} said so on {_day(at)}" + (f" ({note})" if note else "")


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def records(story: StoryView) -> dict[str, list[dict[str, Any]]]:
    """Return the same for a record: what changed, and which stories it is kept apart from."""
    return {"changes": list(map(_change, story.changes)), "rulings": list(map(ruling_record, story.apart))}


def _change(change: ChangeView) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "kept": change.kept,
        "other": change.other,
        "rule": change.rule,
        "evidence": change.evidence,
        "bridge": change.bridge,
        "at": written(change.at),
        "who": change.who,
    }


def ruling_record(ruling: RulingView) -> dict[str, Any]:
    """Return a ruling as a record."""
    return {
        "kind": ruling.kind,
        "stories": [ruling.one] if ruling.one == ruling.other else [ruling.one, ruling.other],
        "at": written(ruling.at),
        "who": ruling.who,
        "note": ruling.note,
    }
