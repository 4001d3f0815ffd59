"""What belongs together: stories -> events.

`profile` reduces a story's words to terms and a direction of meaning; `likeness` says how alike two groups
of stories are; `place` finds each new story its event and takes events apart or together again where
the evidence has changed; `headline` says which story speaks for an event.
"""

from monitor.cluster.background import learned
from monitor.cluster.place import place, sought
from monitor.cluster.profile import profile

__all__ = ["learned", "place", "profile", "sought"]
