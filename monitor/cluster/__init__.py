"""What belongs together: stories -> events.

`profiles` reduces a story's words to terms and a direction of meaning; `likeness` says how alike two groups
of stories are; `placing` finds each new story its event and takes events apart or together again where
the evidence has changed; `headline` says which story speaks for an event.
"""

from monitor.cluster.background import learned
from monitor.cluster.likeness import Masses
from monitor.cluster.placing import likely, place, sought
from monitor.cluster.profiles import profile

__all__ = ["Masses", "learned", "likely", "place", "profile", "sought"]
