"""What listings, pages and exports show of the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from monitor.model.entries import Article, Words
from monitor.model.polls import Push
from monitor.model.topics import Tag


@dataclass(frozen=True, slots=True)
class CopyView:
    """One appearance of a story, as shown: where, when, and the rule that made it a copy; id is its row."""

    source: str
    source_title: str | None
    guid: str | None
    url: str | None
    title: str
    published: datetime | None
    first_seen: datetime
    rule: str
    score: float
    evidence: str = ""
    id: int = field(default=0, compare=False)
    author: str | None = None


@dataclass(frozen=True, slots=True)
class RevisionView:
    """An earlier wording of one appearance, whole."""

    source: str
    guid: str | None
    words: Words
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A merge (other into kept) or a split (other off kept), as shown; bridge is the feed of the copy."""

    kind: Literal["merge", "split"]
    kept: str
    other: str
    rule: str
    evidence: str
    at: datetime
    who: str
    bridge: str | None = None


@dataclass(frozen=True, slots=True)
class RulingView:
    """A person's word that stands: two stories are one (one is other), or kept apart; an event is pinned."""

    kind: Literal["same", "apart", "pinned"]
    one: str
    other: str
    titles: tuple[str, str]
    at: datetime
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story with all that is known of it."""

    id: str
    words: Words
    url: str | None
    source: str
    source_title: str | None
    language: str | None
    published: datetime | None
    first_seen: datetime
    seed: bool
    news: bool
    tags: tuple[Tag, ...] = ()
    copies: tuple[CopyView, ...] = ()
    revisions: tuple[RevisionView, ...] = ()
    article: Article | None = None
    changes: tuple[ChangeView, ...] = ()
    apart: tuple[RulingView, ...] = ()
    event: str | None = None


@dataclass(frozen=True, slots=True)
class MemberView:
    """A story in its event: who carries it, why and since when it is there; at is published, else first seen.

    terms are those that it shares with the others, the most telling first; a story that was there before
    the others has none.
    """

    story: str
    title: str
    url: str | None
    at: datetime
    first_seen: datetime
    outlets: tuple[str, ...]
    joined_at: datetime
    score: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventView:
    """An event as shown: the story that speaks for it, its outlets, its stories by their times.

    changed_at is when a story last came or went; the timeline is empty in lists. pinned is the word of the
    person who pinned it.
    """

    id: str
    headline: StoryView
    stories: int
    outlets: tuple[str, ...]
    first_seen: datetime
    changed_at: datetime
    pinned: RulingView | None = None
    timeline: tuple[MemberView, ...] = ()
    changes: tuple[ChangeView, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedView:
    """A subscription with its last poll, as listings show it; what left the file is removed and so paused."""

    id: int
    url: str
    title: str | None
    site: str | None
    origin: Literal["file", "user"]
    paused: bool
    removed: bool
    every: timedelta | None
    folder: str | None
    polls: int
    failures: int
    http: int | None
    error: str | None
    reason: str | None
    last_poll_at: datetime | None
    last_success_at: datetime | None
    next_poll_at: datetime | None
    attributes: Mapping[str, str] = field(default_factory=dict)
    push: Push | None = None


Trouble = Literal[
    "gone",
    "certificate",
    "html",
    "broken",
    "duplicate",
    "gap",
    "stale",
    "moved",
    "failing",
    "new",
    "paused",
    "ok",
]
"""How a feed is in a word, the worst first; docs/feeds.md says what each means."""


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """A subscription and what is wrong with it: in a word, since when, and what a person must know to act.

    address is what is asked, once the feed has moved; duplicate_of is the address of the feed that a move
    would lead to; last_new_at and mean_gap tell its pace, gaps how often nothing in it was known.
    """

    feed: FeedView
    trouble: Trouble
    since: datetime | None = None
    address: str | None = None
    duplicate_of: str | None = None
    gaps: int = 0
    last_new_at: datetime | None = None
    mean_gap: timedelta | None = None


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as shown."""

    id: int
    feed: str
    title: str | None
    kind: str
    at: datetime
    detail: str
