"""What decides whether an entry is a copy of a story, a new wording of one, or new."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from monitor.hosts import site_of, site_of_url
from monitor.model.entries import Entry, Words
from monitor.model.topics import Tag
from monitor.model.travel import travels
from monitor.words import FoldedWords


@travels
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


@travels
@dataclass(frozen=True, slots=True)
class Proposal:
    """Traits that alone prove nothing: stories that share one of the values are compared by a rule."""

    rule: str
    values: tuple[int, ...]


def period(at: datetime) -> int:
    """Return the number of the period, NEARBY long, that a time lies in."""
    return int(at.timestamp() // NEARBY.total_seconds())


@travels
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
    tags: tuple[Tag, ...] = ()
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
