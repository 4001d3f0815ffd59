"""Every value that travels, in order of travel.

Values are frozen, slotted and picklable; times are aware and in UTC. A stage takes values and
gives values, so that whoever reads this file top to bottom has read the product.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any, Literal, TypeVar

from monitor.hosts import site_of, site_of_url
from monitor.words import FoldedWords, fold_words

_T = TypeVar("_T")


def _travels(kind: type[_T]) -> type[_T]:
    """Let values of a class be pickled as their fields, at a fifth of the cost of their state."""
    names = tuple(one.name for one in fields(kind))  # type: ignore[arg-type]  # a dataclass, by its decorator
    taken = attrgetter(*names)
    kind.__reduce__ = lambda self: (kind, taken(self))  # type: ignore[method-assign]
    return kind


# ---------------------------------------------------------------- subscriptions


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How one feed is asked for, where it is not like the others.

    username and password are for HTTP Basic, sent to the feed's own origin only; headers are (name, value)
    and go there too. full_text asks for the article pages of its stories that a topic matched. dedupe_off
    names the rules by which its stories are neither copies nor have any.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    user_agent: str | None = None
    proxy: str | None = field(default=None, repr=False)
    full_text: bool = False
    dedupe_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed somebody wants polled; attributes are an outline's own that we only carry along.

    paused is what the configuration says of it, None where it says nothing; site is where an outline says
    that the feed belongs, until the feed says so itself.
    """

    url: str
    title: str | None = None
    every: timedelta | None = None
    folder: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    options: FeedOptions = FeedOptions()
    paused: bool | None = None
    site: str | None = None


# ---------------------------------------------------------------- fetch


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

# ---------------------------------------------------------------- parse


@_travels
@dataclass(frozen=True, slots=True)
class Words:
    """What an item says, as cleaned plain text (NFC, no markup, no control characters)."""

    title: str
    summary: str = ""
    text: str = ""

    @property
    def hash(self) -> str:
        """Return a digest that changes exactly when a word, case or mark of the wording does."""
        joined = f"{self.title}\x1f{self.summary}\x1f{self.text}"
        return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @property
    def folded(self) -> FoldedWords:
        """Return the wording as it is compared and searched, folded anew each time it is asked for."""
        return fold_words(self.title, self.summary, self.text)


@_travels
@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a document, cleaned; published is sane (DESIGN section 3, Time) or None."""

    words: Words
    guid: str | None = None
    link: str | None = None
    published: datetime | None = None
    published_raw: str | None = None
    language: str | None = None
    author: str | None = None


@_travels
@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document understood: what the feed says of itself and its entries in document order.

    problems are sentences about items that had to be left out or mended. hubs and topic are the document's
    links with rel="hub" and rel="self". Of a document that was cut, entries are those not seen byte for byte
    in the last one, and unchanged counts the others; record is what the next document is cut by.
    """

    entries: tuple[Entry, ...]
    title: str | None = None
    site: str | None = None
    language: str | None = None
    problems: tuple[str, ...] = ()
    rhythm: Rhythm = Rhythm()
    hubs: tuple[str, ...] = ()
    topic: str | None = None
    unchanged: int = 0
    record: bytes | None = None

    @property
    def total(self) -> int:
        """Return how many items the document has, cut or not."""
        return len(self.entries) + self.unchanged


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that discovery found and read.

    url is what to subscribe to: the address asked, or what replaced it for good; final is where the answer
    came from, after every redirect. newest is the time of its newest dated entry.
    """

    url: str
    final: str
    kind: str
    title: str | None = None
    entries: int = 0
    newest: datetime | None = None


# ---------------------------------------------------------------- full text


@dataclass(frozen=True, slots=True)
class ArticleJob:
    """A story whose article page is wanted: its row, the page's address, how its feed is asked for."""

    story: int
    url: str
    options: FeedOptions = FeedOptions()


@dataclass(frozen=True, slots=True)
class Article:
    """What came of asking for a story's article page, and at which try.

    disallowed by the site's robots.txt is not asked again; detail says why there is no text.
    """

    url: str
    status: Literal["read", "failed", "disallowed"]
    fetched_at: datetime
    text: str = ""
    detail: str = ""
    tries: int = 1


# ---------------------------------------------------------------- dedupe


@_travels
@dataclass(frozen=True, slots=True)
class StoryKey:
    """One trait by which stories of different feeds are found to be the same.

    rule names the rung of the ladder, value is what must be equal, window is how far apart in
    time two stories with that value may be (None: any distance), and other_source whether the
    two must come from different sources.
    """

    rule: str
    value: str
    window: timedelta | None = None
    other_source: bool = False
    evidence: str = field(default="", compare=False)

    @property
    def written(self) -> str:
        """Return the key as the store has it."""
        return f"{self.rule}:{self.value}"


NEARBY = timedelta(hours=72)
"""How far apart stories that are alike may be: the same headline months later is another story."""

MOST_CARRIERS = 8
"""How many copies of one period a value may propose; what more of them share is nobody's own wording.

It bounds what a look-up brings: where one outlet's boilerplate gave 1,800 candidates a week, it gives 24.
"""


@_travels
@dataclass(frozen=True, slots=True)
class Proposal:
    """Traits that alone prove nothing: stories that share one of the values are compared by a rule."""

    rule: str
    values: tuple[int, ...]


def period(at: datetime) -> int:
    """Return the number of the period, NEARBY long, that a time lies in."""
    return int(at.timestamp() // NEARBY.total_seconds())


@_travels
@dataclass(frozen=True, slots=True)
class Appearance:
    """An entry with everything needed to recognise it, find it and tell why it matters.

    identities are its keys within its source, surest first; fallback identifies it where all of
    these are known to be ambiguous; ambiguous are keys that this document showed to name several
    items, which therefore identify nothing; keys are the traits shared with stories of other
    feeds, surest first; words_hash is that of the entry's words; proposals find stories to compare it with.
    """

    entry: Entry
    folded: FoldedWords
    words_hash: str
    identities: tuple[str, ...]
    fallback: str | None = None
    ambiguous: tuple[str, ...] = ()
    keys: tuple[StoryKey, ...] = ()
    link_key: str | None = None
    tags: "tuple[Tag, ...]" = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def site(self) -> str:
        """Return the registrable domain of the link, empty where there is none."""
        host = (self.link_key or "").partition("/")[0]
        if host and ":" not in host and "?" not in host:
            return site_of(host)
        return site_of_url(self.entry.link or "")

    @property
    def proposed(self) -> Iterator[int]:
        """Yield every value that proposes, whatever the rule."""
        for proposal in self.proposals:
            yield from proposal.values


_CHANCE = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """The appearances that one source brought at one time, for the judge.

    An item published since news_since is news, an undated one where undated_is_news (from a feed's
    second poll on). Of imported items the identity alone tells which is which; none is news. unchanged
    counts the items of the document that stood in the last one byte for byte and are not judged again.
    """

    source_id: int
    appearances: tuple[Appearance, ...]
    seen_at: datetime
    news_since: datetime | None = None
    undated_is_news: bool = False
    imported: bool = False
    unchanged: int = 0

    def is_most(self, many: int) -> bool:
        """Tell whether so many items are most of the document's; two or fewer are chance."""
        return many > _CHANCE and 2 * many > len(self.appearances) + self.unchanged


@dataclass(frozen=True, slots=True)
class KnownCopy:
    """A copy as the store knows it: what the judge must see to call an entry new or old."""

    id: int
    story_id: int
    guid: str | None
    link_key: str | None
    title: str
    words_hash: str
    published: datetime | None
    first: bool

    def relinked(self, now: Appearance) -> bool:
        """Tell whether the copy is seen again at another address."""
        return now.link_key not in {None, self.link_key}


@dataclass(frozen=True, slots=True)
class KnownStory:
    """A story that carries a key somebody looked up; at is published, else first seen.

    dated tells whether at is published; sites are the registrable domains of its copies' links, each with its
    copy.
    """

    id: int
    at: datetime
    source_ids: frozenset[int]
    sites: frozenset[tuple[int, str]] = frozenset()
    dated: bool = True

    @property
    def outlets(self) -> frozenset[str]:
        """Return the registrable domains of its copies' links."""
        return frozenset(site for _, site in self.sites)

    def carried(self, copy: int, source_id: int, site: str) -> "KnownStory":
        """Return the story with a copy in a source and at a site, where it may have been at another."""
        kept = frozenset(one for one in self.sites if one[0] != copy)
        here = frozenset([(copy, site)] if site else ())
        return KnownStory(self.id, self.at, self.source_ids | {source_id}, kept | here, self.dated)


@dataclass(frozen=True, slots=True)
class Telling:
    """A story in the present words of one of its copies."""

    story_id: int
    words: Words


Carrier = tuple[int, int]
"""A copy that carries a value that proposes: the period of its time, and its id.

A value proposes the copies of an item's own period and of the two beside it, whatever else was looked up.
"""


def has_room(carriers: Iterable[Carrier], when: int) -> bool:
    """Tell whether a value may propose one more copy of a period."""
    return sum(period == when for period, _ in carriers) < MOST_CARRIERS


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of a batch: by identity within its source, and by story key.

    An identity that is known to name several items maps to None. carriers are the ids of the stories that
    carry a key, the oldest first; nearby are the copies that a value may propose, tellings what they say by
    their ids; stories are all these by id. apart are pairs of stories that a person keeps apart. recent are
    the source's last copies, where many items of the batch are not known by any identity. said are wordings
    that copies had before, as pairs of a copy's id and a wording's hash.
    """

    copies: Mapping[str, KnownCopy | None]
    carriers: Mapping[StoryKey, tuple[int, ...]]
    stories: Mapping[int, KnownStory]
    nearby: Mapping[int, tuple[Carrier, ...]] = field(default_factory=dict)
    tellings: Mapping[int, Telling] = field(default_factory=dict)
    apart: AbstractSet[frozenset[int]] = frozenset()
    recent: Collection[KnownCopy] = ()
    said: Collection[tuple[int, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Bridge:
    """Another story, named as in Verdict, that an appearance shows to be the same as its own, and by what."""

    rule: str
    evidence: str
    story_id: int | None = None
    twin: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says of one appearance.

    new: a story of its own. copy: a new appearance of story_id, or of the story that the earlier
    verdict number twin of the same batch creates, by rule with score and evidence. revision: known
    is seen again in other words; back: in words that it had before. seen: nothing new. learn are
    identities to record. bridges are stories that a copy makes one with the one it is a copy of.
    """

    kind: Literal["new", "copy", "revision", "back", "seen"]
    appearance: Appearance
    known: KnownCopy | None = None
    story_id: int | None = None
    twin: int | None = None
    rule: str = "first"
    score: float = 1.0
    evidence: str = ""
    learn: tuple[str, ...] = ()
    bridges: tuple[Bridge, ...] = ()


# ---------------------------------------------------------------- a person's word


@dataclass(frozen=True, slots=True)
class Cause:
    """Why stories are merged or split: a person's word (rule person, with a note), or a copy that bridges.

    copy is the one that bridges, evidence what tells that it does; who is the person.
    """

    rule: str
    evidence: str
    at: datetime
    who: str = ""
    copy: int | None = None


# ---------------------------------------------------------------- cluster


@_travels
@dataclass(frozen=True, slots=True)
class Profile:
    """What a story's event is known by: its terms with how often they count, and its direction of meaning."""

    terms: tuple[tuple[str, int], ...]
    vector: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """In how many of so many stories a term stood: what tells common words from telling ones."""

    stories: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """A story as a member of an event, or before it has one; at is published, else first seen."""

    story_id: int
    at: datetime
    profile: Profile


ONE_EVENT = 0.7
"""From which score on groups of stories are one event."""


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event as the store knows it.

    members are its newest stories, size is how many it has in all, checked how many it had when its stories
    were last compared with one another; headline_id is the story that speaks for it. A pinned event is as a
    person wants it: none of its stories leaves it, and it is not merged.
    """

    id: int
    size: int
    checked: int
    pinned: bool
    headline_id: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Why a story is in its event: how alike it is to the others there, and by which terms."""

    story_id: int
    event_id: int
    score: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventState:
    """What became of an event in one turn: which of its stories speaks for it, when it was last checked."""

    id: int
    headline_id: int
    checked: int


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing stories came to.

    joined says where stories went that had no event or another one; events are those that changed or are
    new; moved maps the ids of events that were merged away to where their stories went.
    """

    joined: tuple[Joined, ...]
    events: tuple[EventState, ...]
    moved: Mapping[int, int]


# ---------------------------------------------------------------- tag


Field = Literal["title", "summary", "text"]


@dataclass(frozen=True, slots=True)
class Alias:
    """A name with its spellings; where others bear it too, words of which one must be there, or none may."""

    spellings: tuple[str, ...]
    company: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of a query, as written, and every spelling that stands for it.

    Each spelling is a run of folded tokens (monitor.words) that must stand next to each other in one of the
    fields (any, where none is named); of a prefix the last token only begins a word. alias is the name of
    the alias table's row that added spellings, if one did; those before it, own of them, are the word's own.
    """

    text: str
    spellings: tuple[tuple[str, ...], ...]
    alias: str | None = None
    fields: tuple[Field, ...] = ()
    prefix: bool = False
    own: int = 1


@dataclass(frozen=True, slots=True)
class Near:
    """Terms in one field, in any order, with at most so many other words between the first and the last.

    Each term stands in a place of its own; words of the terms, where they stand between, are no others.
    """

    terms: tuple[Term, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a story beside its words: text as written, value as it is compared.

    source: these folded words stand side by side in the title or name of a source that carries it; site: the
    host of its link is this one or below it; lang: its language, without region; author: these folded words
    stand side by side in an author's name; tag: it bears this topic's tag.
    """

    field: Literal["source", "site", "lang", "author", "tag"]
    value: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Dated:
    """It is from a time (published, else first seen), or was first seen then: since included, before not."""

    by: Literal["at", "first_seen"]
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outlets:
    """At least so many outlets carry its event."""

    least: int


@dataclass(frozen=True, slots=True)
class Like:
    """It is as like a seed as the topic's threshold asks."""

    seed: str


@dataclass(frozen=True, slots=True)
class And:
    """Every part must match."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part must match."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not match."""

    part: "Query"


Query = Term | Near | Fact | Dated | Outlets | Like | And | Or | Not


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an item beside its words, for the facts that a query asks for.

    sources are the folded titles and names of those that carry it, authors their folded names, hosts those
    of its links. outlets, likes (by seed, from 0 to 1) and tags are None as long as they are not known: they
    come with the event.
    """

    sources: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    language: str | None = None
    authors: tuple[str, ...] = ()
    at: datetime | None = None
    first_seen: datetime | None = None
    tags: AbstractSet[str] | None = None
    outlets: int | None = None
    likes: Mapping[str, float] | None = None


@_travels
@dataclass(frozen=True, slots=True)
class Span:
    """Where a query's term was found: the term as written, the words as they stand, the place.

    start and end are offsets in characters into that field of the wording; alias is the row of the alias
    table by which these words stand for the term, if they are not its own.
    """

    term: str
    matched: str
    field: Field
    start: int
    end: int
    alias: str | None = None


@_travels
@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a story is to what its topic gathers, from 0 to 1: the nearest seed, the terms that tell."""

    score: float
    seed: str
    terms: tuple[str, ...] = ()


@_travels
@dataclass(frozen=True, slots=True)
class Tag:
    """A story's match with a topic: score in (0, 1] and what earned it.

    words is the wording that the evidence points into, where the store gives the tag back. rest is what of
    the query is still to be seen once the story has its event, in the language of queries: until then this is
    no tag. back_applied ones came when the topic changed and are no news; by is the person who gave it.
    """

    topic: str
    score: float
    evidence: tuple[Span, ...] = ()
    words: Words | None = None
    likeness: Likeness | None = None
    rest: str = ""
    back_applied: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A person's word that a story is on a topic, or off it."""

    topic: str
    story_id: int
    on: bool
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Something tracked: a query, seed documents, or both; forms: whether words stand for their forms."""

    name: str
    title: str
    query: str | None = None
    seeds: tuple[str, ...] = ()
    threshold: float = 0.5
    forms: bool = True


@dataclass(frozen=True, slots=True)
class Volume:
    """How many stories came in a span of time that begins then."""

    since: datetime
    stories: int


@dataclass(frozen=True, slots=True)
class Burst:
    """More stories in the last hours than the same hours of the days before explain: four weeks, if known.

    expected is their mean; level is the probability of so many by chance, corrected for how often one looks.
    """

    hours: int
    stories: int
    expected: float
    level: float
    days: int

    @property
    def sentence(self) -> str:
        """Say what is rising, against what, and how surely."""
        return (
            f"Rising: {self.stories} stories in the last {self.hours} hours, where the {self.days} days "
            f"before had {self.expected:.1f} in the same hours on average (by chance {self.level:.1g})."
        )


@dataclass(frozen=True, slots=True)
class RisingTerm:
    """A term of a topic's stories that this week has and the four weeks before have not, or much less.

    now and before count the stories; strength is Dunning's likelihood ratio.
    """

    term: str
    now: int
    before: int
    strength: float


@dataclass(frozen=True, slots=True)
class Trend:
    """How much comes on a topic: by hour and by day, the oldest first, and what is rising."""

    hours: tuple[Volume, ...]
    days: tuple[Volume, ...]
    bursts: tuple[Burst, ...] = ()
    terms: tuple[RisingTerm, ...] = ()


# ---------------------------------------------------------------- schedule


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


# ---------------------------------------------------------------- corpus


@dataclass(frozen=True, slots=True)
class SeedDocument:
    """One file of the seed corpus; name is the file's name and its identity."""

    name: str
    words: Words
    url: str | None = None
    source: str | None = None
    language: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One line of an import (DESIGN section 5, Records)."""

    words: Words
    source: str
    id: str | None = None
    url: str | None = None
    language: str | None = None
    published: datetime | None = None


# ---------------------------------------------------------------- store, read side


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


# ---------------------------------------------------------------- digest


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


# ---------------------------------------------------------------- alerts

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
