"""Place: give stories that have no event theirs, in the transaction of the lane that stored them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from monitor.cluster import Masses, likely, place, sought
from monitor.model.entries import Words
from monitor.model.events import Background, Member
from monitor.profiles import counted
from monitor.profiles import profiles as profiled
from monitor.store import Lane, ids, placing, profiles
from monitor.store.window import changed, window

Late = Callable[[Lane, Sequence[Member], Collection[int], datetime], None]
"""What gives tags that hang on events: is told of profiles that are new, and of stories whose events grew."""


def place_waiting(
    lane: Lane, now: datetime, late: Late | None = None, stories: Collection[int] | None = None
) -> int:
    """Place stories that have no event, by default the oldest; return how many. late then tags them.

    In the order of their times a backlog comes to the same events in whatever order it was stored.
    """
    waiting = profiles.waiting(lane, placing.TURN, stories)
    if not waiting:
        return 0
    members = _members(waiting)
    masses = _masses(_background(lane, members))
    new = sought(members, masses)
    asked: defaultdict[datetime, set[int]] = defaultdict(set)
    for one in new:
        asked[one.story.at].update(one.terms)
    kept = window(lane)
    found = kept.found_by(lane, asked)
    near = {event for one in new for event in likely(one.terms, found)}
    known = kept.known_events(lane, near)
    placed = place(new, known, found, ids.stream(lane), masses)
    placing.record(lane, kept, placed, new, now)
    if late:
        grown = {one.headline_id for one in placed.events}
        late(lane, members, grown.union(one.story_id for one in members), now)
    return len(members)


def renew(lane: Lane, rows: Collection[int]) -> list[Member]:
    """Profile stories anew whose words have changed, where they have an event, which they keep."""
    stories = _members(profiles.placed_words(lane, rows))
    profiles.renew(lane, stories)
    changed(lane, stories=[one.story_id for one in stories])
    return stories


def _members(said: Mapping[int, tuple[datetime, Words]]) -> list[Member]:
    made = profiled([words for _, words in said.values()])
    return [Member(row, at, one) for (row, (at, _)), one in zip(said.items(), made, strict=True)]


@lru_cache(2)
def _masses(background: Background) -> Masses:
    return Masses(background)


def _background(lane: Lane, new: Sequence[Member]) -> Background:
    """Return what tells common words from telling ones, counted anew where the archive has outgrown it.

    New stories are weighed by those before them: were they counted, a large event's terms would tell less of
    it. Only where nothing is known yet they are better than nothing.
    """
    known = placing.known_background(lane)
    first = () if known.stories else new
    if not placing.is_outgrown(lane, known, len(first)):
        return known
    told = ((map(itemgetter(0), one.profile.terms), one.profile.vector) for one in first)
    found = counted(chain(placing.newest(lane), told))
    placing.learn(lane, found)
    return found
