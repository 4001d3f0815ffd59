"""Stories about one happening, and what they are compared by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.travel import travels


@travels
@dataclass(frozen=True, slots=True)
class Profile:
    """What a story's event is known by: its terms with how often they count, and its direction of meaning."""

    terms: tuple[tuple[str, int], ...]
    vector: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """What an archive's stories have in common, and what therefore tells little of any one.

    counts are in how many of so many stories a term stood; centres are the mean of their directions and those
    of their kinds, as rows of numbers of 32 bits, none where no story was counted.
    """

    stories: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    centres: bytes = b""


@dataclass(frozen=True, slots=True)
class Member:
    """A story as a member of an event, or before it has one; at is published, else first seen."""

    story_id: int
    at: datetime
    profile: Profile


@dataclass(frozen=True, slots=True, eq=False)
class Newcomer:
    """A story to be placed, and the weights of the terms, by their numbers, by which its event is sought."""

    story: Member
    terms: Mapping[int, float]


ONE_EVENT = 0.7
"""From which score on groups of stories are one event."""


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event as the store knows it.

    members are its newest stories, size is how many it has in all, checked how many it had when its stories
    were last compared with one another; headline_id is the story that speaks for it. A pinned event is as a
    person wants it: none of its stories leaves it, and it is not merged.
    """

    id: int
    size: int
    checked: int
    pinned: bool
    headline_id: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Why a story is in its event: how alike it is to the others there, and by which terms."""

    story_id: int
    event_id: int
    score: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing stories came to.

    joined says where stories went that had no event or another one; events are those that changed or are
    new, as they are now; moved maps the ids of events that were merged away to where their stories went.
    """

    joined: tuple[Joined, ...]
    events: tuple[KnownEvent, ...]
    moved: Mapping[int, int]
