"""A digest as one message shows it: what its text and its page are made from."""

from dataclasses import dataclass

from monitor.digest.language import Language


@dataclass(frozen=True, slots=True)
class Names:
    """Some names, each with a link or none, and how many more there are."""

    some: tuple[tuple[str, str | None], ...]
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A headline on a line of its own, with its outlet and link."""

    title: str
    source: str
    link: str | None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An event as shown; number counts through the whole message, reports say what else is new of it.

    event is the address of its own page, where that tells more.
    """

    number: int
    title: str
    link: str | None
    source: str
    when: str
    lead: str
    language: str | None
    also_in: Names
    matched: Names
    also_under: Names
    known: bool
    event: str | None
    reports: tuple[Line, ...]
    hidden: int
    was: tuple[str, ...]
    joined: Names


@dataclass(frozen=True, slots=True)
class ShownRetold:
    """What is new of an event that has no new story: its headline, how it read before, and who joined."""

    line: Line
    was: tuple[str, ...]
    joined: Names


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A topic as shown: how many stories it has, its events, and how many stories are not shown.

    brief are the events after those that are shown whole; volume draws how many stories there were on each
    day, days says it; link leads to the topic's page.
    """

    title: str
    count: int
    items: tuple[ShownItem, ...]
    brief: tuple[Line, ...]
    hidden: int
    retold: tuple[ShownRetold, ...]
    more_retold: int
    volume: str
    days: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A digest as one message shows it; why is where each reader's own words stand."""

    say: Language
    title: str
    when: str
    total: str
    note: str
    sections: tuple[ShownSection, ...]
    hidden: str
    quiet: Names
    troubled: str
    troubles: Names
    feeds: str | None
    page: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The page that a mail's links lead to, if there is one."""

    address: str | None = None

    def at(self, path: str) -> str | None:
        """Return the address of one of its places."""
        return f"{self.address.rstrip('/')}/{path}" if self.address else None
