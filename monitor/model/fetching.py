"""What a feed is asked for, and what it answered."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.model.feeds import FeedOptions


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask again with, verbatim (RFC 9110 section 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a feed asks to be polled, in its own words.

    ttl is RSS's; update_every is sy:updatePeriod over sy:updateFrequency; skip_hours (0-23, UTC) and
    skip_days (0 is Monday) are when not to ask.
    """

    ttl: timedelta | None = None
    update_every: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a feed says that it is for good: since when, and how many polls in a row have said so."""

    to: str
    since: datetime
    times: int


@dataclass(frozen=True, slots=True)
class History:
    """What the polls of a feed have taught, kept on its row from one poll to the next.

    read_at is the last poll that did not fail; last_new_at when something new came, mean_gap the mean time
    between new items; gaps counts the polls that found no known item in the document, last_gap_at is the
    last of them. failing_since is the first of the present failures, reason and error are the last's; broken
    tells whether an incident was made of them.
    """

    read_at: datetime | None = None
    last_new_at: datetime | None = None
    mean_gap: timedelta | None = None
    gaps: int = 0
    last_gap_at: datetime | None = None
    rhythm: Rhythm = Rhythm()
    failing_since: datetime | None = None
    reason: "Reason | None" = None
    error: str | None = None
    broken: bool = False
    moved: Moved | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One feed to poll, as the store hands it out: its address and what the last polls left.

    url is what was subscribed to; address is what is asked instead, once the feed has moved. record is what
    the last document was made of, so that the next one can be cut down to what is new; has_hub is whether a
    document of the feed ever named a hub.
    """

    feed_id: int
    url: str
    source_id: int = 0
    validators: Validators = Validators()
    body_hash: str | None = None
    polls: int = 0
    entries: int = 0
    failures: int = 0
    every: timedelta | None = None
    interval: timedelta | None = None
    leased_until: datetime | None = None
    record: bytes | None = None
    options: FeedOptions = FeedOptions()
    has_hub: bool = False
    address: str | None = None
    history: History = History()

    @property
    def asked(self) -> str:
        """Return the address that is asked."""
        return self.address or self.url


class Reason(StrEnum):
    """Why a poll failed; the word stands in listings, logs and metrics."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    BLOCKED = "blocked"
    REDIRECTS = "redirects"
    REFUSED = "refused"
    GONE = "gone"
    SERVER_ERROR = "server-error"
    TOO_BIG = "too-big"
    ENCODING = "encoding"
    EMPTY = "empty"
    NOT_A_FEED = "not-a-feed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Failed:
    """A poll that brought nothing: an expected outcome, so a value and not an exception.

    retry_after is how long the server wants to be left alone. postponed is how long still, where for that
    nothing was asked: this says nothing of the feed and does not count against it.
    """

    reason: Reason
    detail: str
    http: int | None = None
    retry_after: timedelta | None = None
    size: int = 0
    postponed: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server said 304; validators are those to keep (a 304 need not repeat them).

    fresh_for is how long the server calls its answer fresh (RFC 9111 section 4.2); moved_to is the address
    that it says is the feed's for good (301, 308 on every hop up to it).
    """

    validators: Validators
    http: int = 304
    fresh_for: timedelta | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes a feed answered with, decoded from their transfer, at their final address.

    fresh_for and moved_to are as in NotModified; hubs and topic are the addresses that the answer's Link
    headers give as rel="hub" and rel="self" (WebSub, section 4).
    """

    url: str
    body: bytes
    content_type: str | None = None
    validators: Validators = Validators()
    http: int = 200
    fresh_for: timedelta | None = None
    moved_to: str | None = None
    hubs: tuple[str, ...] = ()
    topic: str | None = None

    @property
    def body_hash(self) -> str:
        """Return a digest that is equal exactly when the bytes are."""
        return hashlib.sha256(self.body, usedforsecurity=False).hexdigest()


Fetched = Document | NotModified | Failed
