"""Which story speaks for an event."""

from collections.abc import Mapping

from monitor.cluster.likeness import Mass, between


def speaker(masses: Mapping[int, Mass], event: Mass) -> int:
    """Return the story that is most like all the others of its event; of equals, the one that came first."""
    return max(masses, key=lambda story: (between(masses[story], event), -masses[story].first, -story))
