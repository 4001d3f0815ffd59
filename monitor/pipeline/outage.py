"""An outage of our own network: many unrelated sites cannot be reached at once, and none can.

It counts against no feed. Only feeds that have not been failing say anything: the others fail now too.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.hosts import site_of_url
from monitor.model.fetching import Failed, Fetched, Job, Reason

log = logging.getLogger(__name__)

SITES = 5
"""How many must be silent, and none connected to: five unrelated ones do not fail together by chance."""

WINDOW = timedelta(minutes=10)
"""How long a silence counts: the shortest interval of a feed, by default."""

AGAIN = timedelta(minutes=2)
"""When an excused feed is tried again: soon, and not so soon that a fleet asks for nothing else."""


@dataclass(slots=True)
class Outage:
    """Whether our own network is down, decided from who could be connected to and when.

    A site that was silent through an outage and still is after its end says nothing more: it is down itself.
    """

    since: datetime | None = None
    _silent: dict[str, datetime] = field(default_factory=dict)
    _suspects: set[str] = field(default_factory=set)

    def saw(self, at: datetime, site: str, *, connected: bool) -> bool:
        """Take in one try to connect; return whether our own network is down."""
        if connected:
            self._suspects.discard(site)
            self.since = None
            self._silent.clear()
            return False
        if self.since is None and site in self._suspects:
            return False
        self._silent = {name: seen for name, seen in self._silent.items() if at - seen <= WINDOW}
        self._silent.setdefault(site, at)
        if self.since is None and len(self._silent) >= SITES:
            self.since = min(self._silent.values())
        if self.since is not None:
            self._suspects |= self._silent.keys()
        return self.since is not None


@dataclass(slots=True)
class Outages:
    """Listens to what polls come to, and names the feeds that an outage must not count against."""

    outage: Outage = field(default_factory=Outage)
    _doubted: dict[int, tuple[datetime, Job]] = field(default_factory=dict)

    def heard(self, job: Job, fetched: Fetched, now: datetime) -> Sequence[Job]:
        """Take in a poll; return the feeds, as they were before, whose failure was our network's."""
        connected = has_connected(fetched)
        was_down = self.outage.since
        if connected is None or (job.failures and not connected and was_down is None):
            return ()
        is_down = self.outage.saw(now, site_of_url(job.asked), connected=connected)
        if connected:
            self._doubted.clear()
            if was_down:
                log.warning("our own network is back", extra={"since": was_down.isoformat()})
            return ()
        self._doubted[job.feed_id] = (now, job)
        if not is_down:
            return ()
        if not was_down:
            log.error("our own network seems to be down: no site can be reached, and none is blamed")
        excused = [doubted for at, doubted in self._doubted.values() if now - at <= WINDOW]
        self._doubted.clear()
        return excused

    def sentence(self) -> str | None:
        """Say that our own network is down, or nothing."""
        if self.outage.since is None:
            return None
        return f"no site can be reached since {self.outage.since:%H:%M} UTC: our own network seems to be down"


def has_connected(fetched: Fetched) -> bool | None:
    """Tell whether a server was reached; None where nobody was asked."""
    if not isinstance(fetched, Failed) or fetched.http is not None:
        return True
    if fetched.reason in {Reason.UNREACHABLE, Reason.TIMEOUT}:
        return False
    return None if fetched.postponed or fetched.reason is Reason.BLOCKED else True
