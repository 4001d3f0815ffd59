"""Stories of our own wording: two floods, a bridge and a strike, told from several sides."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from monitor.cluster import Masses, place, sought
from monitor.model.entries import Words
from monitor.model.events import Background, KnownEvent, Member, Placed
from monitor.profiles import profile
from tests.builders import NOW

FLOOD_NORTH = (
    "Flood waters reach Karlsby after dam on the Orla bursts",
    "Karlsby flood: hundreds leave their homes as the Orla dam bursts",
    "Army helps Karlsby after the burst of the Orla dam",
    "Orla dam burst floods Karlsby, mayor Lind asks for help",
)
FLOOD_SOUTH = (
    "Flood in Vestria kills four as river Tamm overflows",
    "Four dead in Vestria flood, river Tamm still rising",
    "Vestria flood: Tamm overflows, four people dead",
)
BRIDGE = (
    "Minister opens the new suspension bridge at Norhavn",
    "Norhavn suspension bridge opened by minister",
    "New bridge at Norhavn opens to traffic, minister cuts ribbon",
)


def member(number: int, title: str, at: datetime = NOW, summary: str = "") -> Member:
    """Return a story as a member of an event."""
    return Member(number, at, profile(Words(title, summary)))


def members(*titles: str, first: int = 1, at: datetime = NOW) -> list[Member]:
    """Return stories with numbers from first on, a minute apart."""
    return [
        member(first + number, title, at + timedelta(minutes=number)) for number, title in enumerate(titles)
    ]


class Archive:
    """Events and stories as a store would keep them, for placing without one."""

    def __init__(self) -> None:
        self.masses = Masses(Background())
        self.stories: dict[int, Member] = {}
        self.event_of: dict[int, int] = {}
        self.events: dict[int, KnownEvent] = {}
        self.fresh: Iterator[int] = count(1_000)

    def take(self, *new: Member) -> Placed:
        """Place stories among all that there are."""
        found: dict[int, set[int]] = {}
        for known in sought(self.stories.values(), self.masses):
            for term in known.terms:
                found.setdefault(term, set()).add(self.event_of[known.story.story_id])
        placed = place(sought(new, self.masses), self._known(), found, self.fresh, self.masses)
        self.stories |= {one.story_id: one for one in new}
        for story_id, event in list(self.event_of.items()):
            self.event_of[story_id] = placed.moved.get(event, event)
        self.event_of |= {one.story_id: one.event_id for one in placed.joined}
        for state in placed.events:
            pinned = state.id in self.events and self.events[state.id].pinned
            self.events[state.id] = KnownEvent(state.id, 0, state.checked, pinned, state.headline_id, ())
        for gone in placed.moved:
            self.events.pop(gone, None)
        return placed

    def pin(self, event: int) -> None:
        """Do as a person does who is content with an event."""
        known = self.events[event]
        self.events[event] = KnownEvent(event, 0, known.checked, True, known.headline_id, ())

    def _known(self) -> list[KnownEvent]:
        return [
            KnownEvent(one.id, len(mine), one.checked, one.pinned, one.headline_id, tuple(mine))
            for one in self.events.values()
            if (mine := [self.stories[row] for row, event in self.event_of.items() if event == one.id])
        ]

    def groups(self) -> set[frozenset[int]]:
        """Return which stories are together."""
        found: dict[int, set[int]] = {}
        for story, event in self.event_of.items():
            found.setdefault(event, set()).add(story)
        return {frozenset(group) for group in found.values()}
