"""Events told in sentences and as records: what they are, and why each story is in its event."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from monitor.corpus.changes import change_record, split_sentence, word
from monitor.corpus.exporting import written
from monitor.model.events import ONE_EVENT
from monitor.model.views import ChangeView, EventView, MemberView, RulingView

_ALONE = 1.0
"""The score of a story that nothing was compared with."""


def title(event: EventView) -> str:
    """Return an event's headline."""
    return event.headline.words.title or "(untitled)"


def because(member: MemberView) -> str:
    """Say what put a story into its event: the score, and the terms that it shares with the others."""
    if member.score == _ALONE and not member.terms:
        return "It was an event by itself; what else is there joined it."
    shared = f"shared: {', '.join(member.terms)}" if member.terms else "alike in meaning, with no term shared"
    return f"Its score with the others was {member.score:.2f}, {ONE_EVENT:g} makes one event; {shared}."


def place(event: EventView, member: MemberView) -> str:
    """Say in which event a story is, and why."""
    if event.stories == 1:
        return f"It is the only story of its event, {event.id}: no other was found to tell of the same."
    pinned = f" A person pinned that event: {_said(event.pinned)}." if event.pinned else ""
    return f"It is one of {event.stories} stories of {event.id}, “{title(event)}”. {because(member)}{pinned}"


def sentences(event: EventView) -> Iterator[str]:
    """Tell what people and bridges did to an event, and that it is pinned."""
    for change in event.changes:
        yield _merged(event, change) if change.kind == "merge" else split_sentence(change, event.id)
    if event.pinned:
        yield f"It is pinned, so that it keeps its stories: {_said(event.pinned)}."


def _merged(event: EventView, change: ChangeView) -> str:
    into = "it" if change.kept == event.id else change.kept
    return f"{change.other} was merged into {into}: {word(change.who, change.at, change.evidence)}."


def _said(pin: RulingView) -> str:
    return word(pin.who, pin.at, pin.note)


# ---------------------------------------------------------------- records


def record(event: EventView) -> dict[str, Any]:
    """Return an event as a record of a listing."""
    return {
        "id": event.id,
        "title": event.headline.words.title,
        "headline": event.headline.id,
        "url": event.headline.url,
        "stories": event.stories,
        "outlets": list(event.outlets),
        "topics": [tag.topic for tag in event.headline.tags],
        "first_seen": written(event.first_seen),
        "changed_at": written(event.changed_at),
        "pinned": event.pinned is not None,
    }


def timeline_record(event: EventView, since: datetime | None) -> dict[str, Any]:
    """Return an event as a record with its timeline; since says from when on stories are new."""
    return record(event) | {"timeline": [_member(member, since) for member in event.timeline]}


def _member(member: MemberView, since: datetime | None) -> dict[str, Any]:
    new = {} if since is None else {"new": member.joined_at >= since}
    return {
        "story": member.story,
        "title": member.title,
        "url": member.url,
        "at": written(member.at),
        "first_seen": written(member.first_seen),
        "outlets": list(member.outlets),
        "joined_at": written(member.joined_at),
    } | new


def why_record(event: EventView) -> dict[str, Any]:
    """Return why each story is in an event, as a record."""
    return {
        "id": event.id,
        "one_event": ONE_EVENT,
        "stories": [
            {"story": member.story, "title": member.title} | reason(member) for member in event.timeline
        ],
        "changes": list(map(change_record, event.changes)),
        "pinned": event.pinned and pin_record(event.pinned),
    }


def place_record(event: EventView, member: MemberView) -> dict[str, Any]:
    """Return in which event a story is, and why, as a record."""
    about = {"id": event.id, "title": event.headline.words.title, "stories": event.stories}
    return about | {"pinned": event.pinned is not None, "one_event": ONE_EVENT} | reason(member)


def reason(member: MemberView) -> dict[str, Any]:
    """Return why a story is in its event, as a part of a record."""
    terms, joined = list(member.terms), written(member.joined_at)
    return {"score": member.score, "terms": terms, "joined_at": joined, "because": because(member)}


def pin_record(pin: RulingView) -> dict[str, Any]:
    """Return a person's pin of an event as a record."""
    said = {"at": written(pin.at), "who": pin.who, "note": pin.note}
    return {"kind": pin.kind, "event": pin.one, "title": pin.titles[0]} | said
