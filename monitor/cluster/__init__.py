"""What belongs together: stories -> events.

`likeness` says how alike two groups of stories are, by their profiles; `finding` which events a story may
belong to; `placing` gives each new story its event and takes events apart or together again where the
evidence has changed; `headline` says which story speaks for an event.
"""

from monitor.cluster.finding import likely, sought
from monitor.cluster.likeness import Masses
from monitor.cluster.placing import place

__all__ = ["Masses", "likely", "place", "sought"]
