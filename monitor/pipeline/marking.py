"""A person's word on topics: a story is on one, or off it. It stands until it is taken back."""

from collections.abc import Callable

from monitor.errors import UsageError
from monitor.model.topics import Mark
from monitor.model.views import StoryView
from monitor.pipeline.correcting import Word, no_seed
from monitor.store import Lane, ids, marks, tags

Again = Callable[[Lane, str, int], None]
"""Tags a story with a topic anew, as today's definition has it."""


def mark(lane: Lane, topic: str, story_id: str, word: Word, *, on: bool) -> StoryView:
    """Say that a story is on a topic or off it; raises UsageError with a sentence."""
    found = _story(lane, story_id)
    said = Mark(topic, ids.story_row(found.id), on, word.at, word.who)
    marks.put(lane, said)
    if on:
        tags.by_person(lane, said)
    else:
        tags.take(lane, said.topic, [said.story_id])
    return _story(lane, found.id)


def undo(lane: Lane, topic: str, story_id: str, again: Again) -> StoryView:
    """Take a person's word back, so that the definition of the topic decides; raises UsageError."""
    found = _story(lane, story_id)
    row = ids.story_row(found.id)
    if marks.withdraw(lane, topic, row) is None:
        raise UsageError(f"nobody has said so of {found.id}; `monitor topics marks {topic}` lists what was")
    tags.unsay(lane, topic, row)
    again(lane, topic, row)
    return _story(lane, found.id)


def _story(lane: Lane, story_id: str) -> StoryView:
    return no_seed(lane, story_id, "; the topics that name it are in the configuration")
