"""Why a story bears a topic's tag, or does not yet, in sentences for the commands and the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitor.corpus.changes import word
from monitor.corpus.exporting import tag_record, written
from monitor.model.topics import Mark, Tag
from monitor.model.views import StoryView
from monitor.store import Lane, ids, marks, waiting
from monitor.store.facts import outlets_of

_OUTLETS = re.compile(r"sources:>=(\d+)")


@dataclass(frozen=True, slots=True)
class Undecided:
    """A tag that hangs on a story's event, and how many outlets carry that one now."""

    tag: Tag
    outlets: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a story's topics its tags do not say: what waits, and what people said."""

    waits: tuple[Undecided, ...] = ()
    marks: tuple[Mark, ...] = ()


def standing(connection: Lane, story: StoryView) -> Standing:
    """Return what waits for a story's event, and what people said of it."""
    row = ids.story_row(story.id)
    borne = {tag.topic for tag in story.tags}
    hanging = [one for one in waiting.of_stories(connection, [row]) if one.tag.topic not in borne]
    outlets = outlets_of(connection, {one.event for one in hanging if one.event is not None})
    waits = (Undecided(one.tag, outlets.get(one.event or 0, 0)) for one in hanging)
    return Standing(tuple(waits), marks.of_story(connection, row))


def because(tag: Tag) -> str:
    """Say in a word or two what earned a tag."""
    if tag.by:
        return f"{tag.by} says so"
    if tag.likeness is None:
        return "its query"
    return "its query and likeness to its seeds" if tag.evidence else "likeness to its seeds"


def reasons(tag: Tag) -> Iterator[str]:
    """Say what a tag rests on beside the words that matched."""
    if like := tag.likeness:
        nearest = f", nearest to {like.seed}" if like.seed else ""
        terms = f", by {', '.join(like.terms)}" if like.terms else ""
        yield f"Its likeness is {like.score:.2f}{nearest}{terms}."
    if tag.back_applied:
        yield "It was tagged when the topic was applied to the archive, so no digest tells of it."


def undecided(one: Undecided) -> str:
    """Say what a tag waits for."""
    carried = "1 does" if one.outlets == 1 else f"{one.outlets} do"
    if least := _OUTLETS.fullmatch(one.tag.rest):
        return f"It waits to be on {one.tag.topic} until {least[1]} outlets carry its event; {carried}."
    outlets = (
        f"; of outlets that carry its event there are {one.outlets}" if "sources:" in one.tag.rest else ""
    )
    return f"It waits to be on {one.tag.topic} for the rest of the query, {one.tag.rest}{outlets}."


def marked(one: Mark) -> str:
    """Say what a person said."""
    return f"It is {'on' if one.on else 'off'} {one.topic} for good: {word(one.who, one.at, '')}."


def records(found: Standing) -> dict[str, list[dict[str, Any]]]:
    """Return the same for a record."""
    return {
        "waits": [
            tag_record(one.tag) | {"rest": one.tag.rest, "outlets": one.outlets} for one in found.waits
        ],
        "marks": [
            {"topic": one.topic, "on": one.on, "at": written(one.at), "by": one.who} for one in found.marks
        ],
    }
