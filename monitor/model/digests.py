"""What readers are told, and who they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from monitor.model.views import FeedHealth, StoryView

LANGUAGES = ("en", "uk", "pl")
"""What digests are written in."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One reader of a digest, with their own time zone and language where given."""

    address: str
    timezone: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """A digest as configured: to whom, about what, when (cron(5) in timezone)."""

    name: str
    title: str
    topics: tuple[str, ...]
    schedule: str
    timezone: str
    to: tuple[Recipient, ...]
    send_empty: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A story of an event beside the one that heads it."""

    title: str
    url: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A story that readers were told of, and that something came to since.

    was is its headline as they were told; copies with an id from since on came later.
    """

    story: StoryView
    was: str
    since: int


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed of an event that readers were told of: headlines as they were and are, outlets."""

    headlines: tuple[tuple[str, str], ...] = ()
    outlets: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Retold:
    """A story that readers were told of, with another headline: as it reads now, and what has changed."""

    report: Report
    change: Change


@dataclass(frozen=True, slots=True)
class Troubles:
    """Feeds from which news may be missed: the worst, how many there are, and how many feeds are polled."""

    worst: tuple[FeedHealth, ...] = ()
    count: int = 0
    polled: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """What a digest has to go by beside its stories.

    known are the events that its readers were told of, changed is what came to these, volumes how many
    stories a topic had on each day.
    """

    known: frozenset[str] = frozenset()
    changed: tuple[Changed, ...] = ()
    volumes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    troubles: Troubles = field(default_factory=Troubles)


@dataclass(frozen=True, slots=True)
class Item:
    """What is new of one event: a story's headline and lead, who carries it, which words matched.

    also_in are the names of further outlets, each with its link; matched are words as they stand
    in the story; also_topics are titles; further are the event's other new stories, the newest first; known
    tells that the reader was told of the event before, change what of it is new beside its new stories.
    """

    story_id: str
    title: str
    url: str | None
    lead: str
    source: str
    published: datetime | None
    first_seen: datetime
    language: str | None = None
    also_in: tuple[tuple[str, str | None], ...] = ()
    matched: tuple[str, ...] = ()
    also_topics: tuple[str, ...] = ()
    further: tuple[Report, ...] = ()
    event: str | None = None
    known: bool = False
    change: Change | None = None

    @property
    def stories(self) -> int:
        """Return how many new stories it stands for."""
        return 1 + len(self.further)


@dataclass(frozen=True, slots=True)
class Section:
    """One topic of a digest and its events, those that most outlets carry first, then the newest.

    retold are stories with other headlines, of events without a new story; volume counts the topic's stories
    by day, the oldest first, the last one so far.
    """

    topic: str
    title: str
    items: tuple[Item, ...]
    retold: tuple[Retold, ...] = ()
    volume: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """What one group of readers gets for one period; an event stands under its best topic only.

    period is the scheduled moment in the plan's zone; quiet are the titles of the topics of which there is
    nothing to tell; note is a sentence for the readers about this one digest.
    """

    plan: DigestPlan
    period: datetime
    sections: tuple[Section, ...]
    quiet: tuple[str, ...] = ()
    note: str = ""
    troubles: Troubles = field(default_factory=Troubles)


OWN = "\ue000own\ue000"
"""Where in what many mails have in common stands what is each reader's own: no text has a use for it."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """The text and the page of a mail, or of many, with OWN in the place of each one's own."""

    text: str
    html: str

    def filled(self, own: "Bodies") -> "Bodies":
        """Return those of one reader."""
        return Bodies(self.text.replace(OWN, own.text), self.html.replace(OWN, own.html))


@dataclass(frozen=True, slots=True)
class Message:
    """One rendered e-mail or post, ready for a channel; message_id is the same on every try."""

    message_id: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    date: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


ReaderState = Literal["active", "asked", "paused", "left"]


@dataclass(frozen=True, slots=True)
class Reader:
    """A recipient of a digest, and how far they have been told: tags below told, periods up to settled_until.

    What changed of what they were told they know up to changes, where their last message was made.

    asked: their address is still to be confirmed; left: they unsubscribed. origin is who names them, the
    configuration or a person; by token they are known to links in mails. What is None or empty is as the
    digest has it.
    """

    digest: str
    recipient: str
    told: int
    settled_until: datetime
    state: ReaderState = "active"
    origin: Literal["file", "user"] = "file"
    token: str = field(default="", repr=False, compare=False)
    schedule: str | None = None
    timezone: str | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()
    since: datetime | None = field(default=None, compare=False)
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Reservation:
    """A composed message for the outbox; period is its key beside digest and recipient.

    Without mime there is no channel: the message is kept for the page. told and settled_until are
    what its reader will have been told. With an edition text and html are only what is its reader's own,
    and mime is only the mail's head.
    """

    digest: str
    recipient: str
    period: str
    message_id: str
    subject: str
    text: str
    html: str
    stories: int
    told: int
    settled_until: datetime
    mime: bytes | None = None
    edition: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reserved message that no channel has accepted yet.

    Of an edition's mail mime is the head, and own what is its reader's own; else mime is all of it.
    """

    id: int
    digest: str
    recipient: str
    period: str
    subject: str
    stories: int
    mime: bytes
    attempts: int
    reserved_at: datetime
    message_id: str
    own: Bodies
    edition: Bodies | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message of the outbox, as shown."""

    id: str
    digest: str
    recipient: str
    period: str
    message_id: str
    status: Literal["reserved", "sent", "failed", "kept"]
    subject: str
    stories: int
    attempts: int
    detail: str
    reserved_at: datetime
    settled_at: datetime | None
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """A channel's answer: accepted, or why not and whether trying again makes sense."""

    accepted: bool
    detail: str = ""
    permanent: bool = False
