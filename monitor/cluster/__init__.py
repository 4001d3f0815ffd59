"""What belongs together: stories -> events.

`likeness` says how alike two groups of stories are, by their profiles; `placing` finds each new story its
event and takes events apart or together again where the evidence has changed; `headline` says which story
speaks for an event.
"""

from monitor.cluster.likeness import Masses
from monitor.cluster.placing import likely, place, sought

__all__ = ["Masses", "likely", "place", "sought"]
