"""A feed that is polled over simulated time, for the tests of the schedule."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from monitor.model.fetching import Document, Failed, Fetched, Job, Reason
from monitor.model.polls import Incident, Outcome, PollState
from monitor.schedule import next_state

NOW = datetime(2025, 11, 4, 12, tzinfo=UTC)  # a Tuesday
URL = "https://example.org/feed"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DOCUMENT = Document(URL, b"<rss/>")
FAILED = Failed(Reason.SERVER_ERROR, "The server answered 503 Service Unavailable.", 503)
NONE = Outcome()


@dataclass
class Feed:
    """A feed's row: what the last poll left is what the next one starts from."""

    job: Job = field(default_factory=lambda: Job(7, URL))
    at: datetime = NOW
    incidents: list[tuple[str, datetime]] = field(default_factory=list)

    def poll(self, fetched: Fetched = DOCUMENT, outcome: Outcome = NONE) -> PollState:
        """Poll it now, and go on to when it is due."""
        state = next_state(self.job, fetched, outcome, self.at)
        failed = isinstance(fetched, Failed)
        history = state.history
        self.job = replace(
            self.job,
            polls=self.job.polls + (not failed),
            entries=outcome.entries or self.job.entries,
            failures=state.failures,
            interval=state.interval,
            address=state.address,
            history=history,
        )
        self.incidents += [(one.kind, self.at) for one in state.incidents]
        self.at = state.next_poll_at
        return state

    def polls(self, fetched: Fetched, times: int) -> Sequence[Incident]:
        """Poll it so several times; return what is worth telling of the last."""
        for _ in range(times):
            state = self.poll(fetched)
        return state.incidents

    @property
    def kinds(self) -> list[str]:
        """Return what was worth telling so far."""
        return [kind for kind, _ in self.incidents]
