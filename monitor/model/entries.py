"""What a document says: its items, with the words by which they are compared."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Rhythm
from monitor.model.travel import travels
from monitor.words import FoldedWords, fold_words


@travels
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


@travels
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


@travels
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
