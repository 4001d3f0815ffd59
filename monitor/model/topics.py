"""What is tracked: queries, and the tags that stories get with their evidence."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.model.entries import Words
from monitor.model.travel import travels

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


@travels
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


@travels
@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a story is to what its topic gathers, from 0 to 1: the nearest seed, the terms that tell."""

    score: float
    seed: str
    terms: tuple[str, ...] = ()


@travels
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
