"""What was merged and split, and what a person ruled, told in sentences and as records."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from monitor.corpus.exporting import written
from monitor.model.views import ChangeView, RulingView, StoryView


def sentences(story: StoryView) -> Iterator[str]:
    """Tell how a story came to have the copies that it has, where more than the rules had a part in it."""
    for change in story.changes:
        yield _merged(story, change) if change.kind == "merge" else split_sentence(change, story.id)
    for ruling in story.apart:
        other = ruling.other if ruling.one == story.id else ruling.one
        yield f"It stays apart from {other}: {word(ruling.who, ruling.at, ruling.note)}."


def _merged(story: StoryView, change: ChangeView) -> str:
    here = change.kept == story.id
    if change.rule == "person":
        said = word(change.who, change.at, change.evidence)
        return f"{change.other} was merged into {'it' if here else change.kept}: {said}."
    both = f"{'It' if here else change.kept} and {change.other}"
    belongs = f"a copy in {change.bridge} belongs to both: {change.evidence}"
    return f"{both} became one on {_day(change.at)}, since {belongs}."


def split_sentence(change: ChangeView, here: str) -> str:
    """Tell of a split to whoever looks at the story or event with this id."""
    said = word(change.who, change.at, change.evidence)
    if change.other == here:
        return f"It was split off {change.kept}: {said}."
    return f"{change.other} was split off {'it' if change.kept == here else change.kept}: {said}."


def word(who: str, at: datetime, note: str) -> str:
    """Tell who said something, when, and with what note."""
    return f"{who} said so on {_day(at)}" + (f" ({note})" if note else "")


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def records(story: StoryView) -> dict[str, list[dict[str, Any]]]:
    """Return the same for a record: what changed, and which stories it is kept apart from."""
    return {
        "changes": list(map(change_record, story.changes)),
        "rulings": list(map(ruling_record, story.apart)),
    }


def change_record(change: ChangeView) -> dict[str, Any]:
    """Return a merge or a split as a record."""
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
