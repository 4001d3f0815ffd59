"""What is told at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Literal

AlertWhen = Literal["story", "event", "outlets", "burst", "feed"]


@dataclass(frozen=True, slots=True)
class Quiet:
    """A span of the day, on the clock of a zone, in which alerts are held; it may run over midnight."""

    since: time
    until: time
    timezone: str


@dataclass(frozen=True, slots=True)
class AlertRule:
    """What is worth an alert, and who is to have it; the topics are those it watches.

    when: a story on topic; an event with its first story on topic; an event that so many outlets carry; a
    topic with more stories than its past explains; a feed that broke, recovered or is gone. to are e-mail
    addresses and names of webhooks and services. So many may go to each of them per_hour; what is more, or
    comes in quiet hours, is told in one summary.
    """

    name: str
    title: str
    when: AlertWhen
    to: tuple[str, ...]
    topics: tuple[str, ...] = ()
    score: float = 0.0
    outlets: int = 0
    quiet: Quiet | None = None
    per_hour: int = 20


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that a rule has to say: about is what it is of (s12, e34, an incident), url where to look."""

    about: str
    title: str
    text: str
    url: str | None
    made_at: datetime
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaitingAlert:
    """An alert that one of its recipients has not got; held tells that it had to wait its turn."""

    id: int
    rule: str
    to: str
    alert: Alert
    attempts: int
    held: bool


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert of the outbox, as shown."""

    id: str
    rule: str
    to: str
    status: Literal["waiting", "sent", "dead"]
    title: str
    about: str
    made_at: datetime
    attempts: int
    detail: str
    settled_at: datetime | None
