"""Which story speaks for an event."""

from collections.abc import Iterable, Mapping

from monitor.cluster.likeness import Mass, between, mass, together
from monitor.model import Background, Member

_DAY = 86_400


def speaker(masses: Mapping[int, Mass], event: Mass) -> int:
    """Return the story that is most like all the others of its event; of equals, the one that came first."""
    return max(masses, key=lambda story: (between(masses[story], event), -masses[story].first, -story))


def headline(members: Iterable[Member], background: Background) -> int:
    """Return the story that speaks for an event of these stories."""
    masses = {one.story_id: mass(one.profile, one.at.timestamp() / _DAY, background) for one in members}
    return speaker(masses, together(masses.values()))
