"""A person's word on events: several are one, or stories are another one. It is done, and pinned."""

from collections.abc import Sequence
from functools import partial

from monitor.errors import UsageError
from monitor.model.views import EventView
from monitor.pipeline.correcting import Word, several
from monitor.store import Lane, events, ids, moves, placing, regrouping
from monitor.store.window import window


def merge(lane: Lane, event_ids: Sequence[str], word: Word) -> EventView:
    """Merge events into the oldest of them and pin it; raises UsageError with a sentence."""
    found = several("events", event_ids, partial(known, lane))
    into = regrouping.merge(lane, [ids.event_row(one.id) for one in found], word.cause)
    _settle(lane, [into], word)
    return known(lane, ids.event_id(into))


def split(lane: Lane, event_id: str, story_ids: Sequence[str], word: Word) -> tuple[EventView, EventView]:
    """Make stories of an event an event of their own and pin both; return what stays and what left.

    Raises UsageError with a sentence.
    """
    whole = known(lane, event_id)
    members = {member.story for member in whole.timeline}
    off = {_now(lane, story_id) for story_id in story_ids}
    if not off:
        raise UsageError(f"say which of the {len(members)} stories of {whole.id} are another event")
    if strange := sorted(off - members):
        raise UsageError(f"{strange[0]} is not in {whole.id}; `monitor show {whole.id}` lists its stories")
    if off == members:
        raise UsageError(f"these are all stories of {whole.id}; at least one has to stay")
    row = ids.event_row(whole.id)
    fresh = regrouping.split(lane, row, {ids.story_row(one) for one in off}, word.cause)
    _settle(lane, [row, fresh], word)
    return known(lane, whole.id), known(lane, ids.event_id(fresh))


def pin(lane: Lane, event_id: str, word: Word) -> EventView:
    """Let an event keep its stories and its id, whatever comes later; raises UsageError with a sentence."""
    found = known(lane, event_id)
    regrouping.pin(lane, ids.event_row(found.id), word.cause)
    return known(lane, found.id)


def unpin(lane: Lane, event_id: str) -> EventView:
    """Leave an event to the machine again; raises UsageError with a sentence."""
    found = known(lane, event_id)
    if found.pinned is None:
        raise UsageError(f"{found.id} is not pinned")
    regrouping.unpin(lane, ids.event_row(found.id))
    return known(lane, found.id)


def known(lane: Lane, event_id: str) -> EventView:
    """Return an event with its timeline; raises UsageError where there is none."""
    found = events.one(lane, event_id)
    if found is None:
        raise UsageError(f"there is no event {event_id}")
    return found


def _now(lane: Lane, story_id: str) -> str:
    return ids.story_id(moves.now(lane, ids.story_row(story_id)))


def _settle(lane: Lane, rows: Sequence[int], word: Word) -> None:
    """Pin what came of a merge or a split, and find anew which story speaks for it."""
    from monitor.cluster import Masses  # what only looks at events does not load what compares them
    from monitor.cluster.headline import speaker
    from monitor.cluster.likeness import together

    weigh = Masses(placing.known_background(lane))
    for one in window(lane).known_events(lane, rows):
        masses = {member.story_id: weigh(member) for member in one.members}
        regrouping.speak(lane, one.id, speaker(masses, together(masses.values())))
        regrouping.pin(lane, one.id, word.cause)
