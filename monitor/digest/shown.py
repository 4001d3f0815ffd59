"""What of a digest one message shows: the same for its text and its page, within limits it owns up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from monitor.digest import english as say
from monitor.digest.address import language_tag, web_link
from monitor.digest.excerpt import clipped
from monitor.model import Digest, Item, Section

_TOPICS = 60
_QUIET = 40
_OUTLETS = 5
_WORDS = 8
_TITLE = 250
_NAME = 80


@dataclass(frozen=True, slots=True)
class Names:
    """Some names, each with a link or none, and how many more there are."""

    some: tuple[tuple[str, str | None], ...]
    hidden: int = 0

    @property
    def listing(self) -> str:
        """Return the names as one line."""
        return say.listing([name for name, _ in self.some], self.hidden)


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A story as shown; number counts through the whole message."""

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


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A topic as shown: how many stories it has, those that are shown, and how many are not."""

    title: str
    count: int
    items: tuple[ShownItem, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A digest as one message shows it."""

    title: str
    when: str
    total: str
    note: str
    sections: tuple[ShownSection, ...]
    hidden: str
    quiet: Names
    page: str | None


def show(digest: Digest, zone: ZoneInfo, limit: int, public_url: str | None) -> Shown:
    """Return what to show of a digest, with at most so many stories a topic, on a zone's clock."""
    period = digest.period.astimezone(zone)
    sections, rest = digest.sections[:_TOPICS], digest.sections[_TOPICS:]
    count = stories(digest)
    return Shown(
        title=name(digest),
        when=say.moment(period),
        total=say.total(count, len(digest.sections)) if count else say.NOTHING_NEW,
        note=clipped(digest.note, 1000),
        sections=_sections(sections, limit, zone, period.date()),
        hidden=say.more_topics(len(rest), sum(len(section.items) for section in rest)) if rest else "",
        quiet=_names([(title, None) for title in digest.quiet], _QUIET),
        page=web_link(public_url),
    )


def name(digest: Digest) -> str:
    """Return what readers know a digest by."""
    return clipped(digest.plan.title, _NAME) or clipped(digest.plan.name, _NAME)


def headlines(digest: Digest, count: int) -> list[str]:
    """Return the first headlines of a digest."""
    items = (item for section in digest.sections for item in section.items)
    return [_headline(item) for item in islice(items, count)]


def stories(digest: Digest, limit: int | None = None) -> int:
    """Return how many stories a digest has, or shows with so many a topic."""
    return sum(len(section.items[:limit]) for section in digest.sections)


def _headline(item: Item) -> str:
    return clipped(item.title, _TITLE) or say.UNTITLED


def _sections(
    sections: Sequence[Section], limit: int, zone: ZoneInfo, today: date
) -> tuple[ShownSection, ...]:
    shown, number = [], 1
    for section in sections:
        items = tuple(
            _item(item, at, zone, today) for at, item in enumerate(section.items[:limit], start=number)
        )
        number += len(items)
        hidden = len(section.items) - len(items)
        title = clipped(section.title, _NAME)
        shown.append(ShownSection(title, len(section.items), items, hidden))
    return tuple(shown)


def _item(item: Item, number: int, zone: ZoneInfo, today: date) -> ShownItem:
    return ShownItem(
        number=number,
        title=_headline(item),
        link=web_link(item.url),
        source=clipped(item.source, _NAME),
        when=_when(item.published, item.first_seen, zone, today),
        lead=clipped(item.lead, 2 * _TITLE),
        language=language_tag(item.language),
        also_in=_names(item.also_in, _OUTLETS),
        matched=_names([(say.quoted(word), None) for word in item.matched], _WORDS),
        also_under=_names([(title, None) for title in item.also_topics], _WORDS),
    )


def _when(published: datetime | None, first_seen: datetime, zone: ZoneInfo, today: date) -> str:
    if published:
        return say.time(published.astimezone(zone), today)
    return say.seen(say.time(first_seen.astimezone(zone), today))


def _names(pairs: Sequence[tuple[str, str | None]], limit: int) -> Names:
    some = tuple((clipped(name, _NAME), web_link(url)) for name, url in pairs[:limit])
    return Names(some, max(len(pairs) - limit, 0))
