"""What a poll came to, and when the next one is; what hubs deliver in between."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from monitor.model.fetching import History, Reason, Rhythm, Validators


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll of one feed came to; the counts are those of DESIGN section 3."""

    feed: str
    status: Literal["new", "unchanged", "not-modified", "failed"]
    http: int | None = None
    bytes: int = 0
    entries: int = 0
    new: int = 0
    copies: int = 0
    revisions: int = 0
    error: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How much of a document was known before; both counts are 0 where none was read (304, the same bytes).

    new are stories and copies; known is the rest, with what the cut left out. rhythm is None where no
    document was read; dates are those of its items, given at a feed's first poll only.
    """

    new: int = 0
    known: int = 0
    rhythm: Rhythm | None = None
    dates: tuple[datetime, ...] = ()

    @property
    def entries(self) -> int:
        """Return how many items the document has."""
        return self.new + self.known


@dataclass(frozen=True, slots=True)
class Incident:
    """Something about a feed that a person may want to be told, in a sentence."""

    kind: Literal["broken", "recovered", "gone", "moved", "duplicate", "gap", "stale"]
    detail: str


@dataclass(frozen=True, slots=True)
class PollState:
    """What a poll leaves on its feed's row, saved in the same transaction as the stories.

    address is what is asked from now on, where it is not the feed's own; stale_at is when the feed's
    silence becomes remarkable, rare_until how long it counts as polled too rarely.
    """

    next_poll_at: datetime
    interval: timedelta
    validators: Validators
    body_hash: str | None
    failures: int
    http: int | None
    error: str | None
    reason: Reason | None = None
    history: History = History()
    address: str | None = None
    stale_at: datetime | None = None
    rare_until: datetime | None = None
    incidents: tuple[Incident, ...] = ()


# ---------------------------------------------------------------- push


@dataclass(frozen=True, slots=True)
class Push:
    """What a feed says of its hubs, and how our subscription there is (WebSub); monitor.push has the rules.

    hubs and topic are what the feed announces now; asked_hub and asked_topic what was last asked for, to
    be delivered to token under the address base. state: idle (nothing asked for), asked (the hub has
    not verified yet), active (verified, since then and until the end of the lease), denied, leaving (the hub
    is told to stop). At next_try_at the hub is to be asked, for the first time, again or anew; tries counts
    how often it was since it last verified. called_at is when the hub called for a poll that has not
    landed. pushes and refused (a wrong signature) count deliveries, missed items that polling found first,
    agreed the polls since then that found nothing which a push had not brought.
    """

    feed_id: int
    hubs: tuple[str, ...] = ()
    topic: str | None = None
    state: Literal["idle", "asked", "active", "denied", "leaving"] = "idle"
    asked_hub: str | None = None
    asked_topic: str | None = None
    base: str | None = None
    token: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    since: datetime | None = None
    lease_until: datetime | None = None
    next_try_at: datetime | None = None
    tries: int = 0
    last_push_at: datetime | None = None
    called_at: datetime | None = None
    pushes: int = 0
    refused: int = 0
    agreed: int = 0
    missed: int = 0
    error: str | None = None
