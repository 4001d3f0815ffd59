"""What of a digest one message shows: the same for its text and its page, within limits it owns up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from monitor.digest import english as say
from monitor.digest.address import language_tag, web_link
from monitor.digest.excerpt import clipped
from monitor.model import Digest, Item, Report, Section

_TOPICS = 60
_QUIET = 40
_OUTLETS = 5
_REPORTS = 4
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
    reports: tuple[tuple[str, str, str | None], ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A topic as shown: how many stories it has, the events that are shown, and how many stories are not."""

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


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a digest is read: on which clock, on which day, and at which address the page is."""

    zone: ZoneInfo
    today: date
    page: str | None


def show(digest: Digest, zone: ZoneInfo, limit: int, public_url: str | None) -> Shown:
    """Return what to show of a digest, with at most so many events a topic, on a zone's clock."""
    period = digest.period.astimezone(zone)
    sections, rest = digest.sections[:_TOPICS], digest.sections[_TOPICS:]
    count = stories(digest)
    where = _Where(zone, period.date(), web_link(public_url))
    return Shown(
        title=name(digest),
        when=say.moment(period),
        total=say.total(count, events(digest), len(digest.sections)) if count else say.NOTHING_NEW,
        note=clipped(digest.note, 1000),
        sections=_sections(sections, limit, where),
        hidden=say.more_topics(len(rest), sum(map(_count, rest))) if rest else "",
        quiet=_names([(title, None) for title in digest.quiet], _QUIET),
        page=where.page,
    )


def name(digest: Digest) -> str:
    """Return what readers know a digest by."""
    return clipped(digest.plan.title, _NAME) or clipped(digest.plan.name, _NAME)


def headlines(digest: Digest, count: int) -> list[str]:
    """Return the first headlines of a digest."""
    items = (item for section in digest.sections for item in section.items)
    return [_headline(item) for item in islice(items, count)]


def events(digest: Digest, limit: int | None = None) -> int:
    """Return how many events a digest has, or shows with so many a topic."""
    return sum(len(section.items[:limit]) for section in digest.sections)


def stories(digest: Digest) -> int:
    """Return how many stories a digest has."""
    return sum(map(_count, digest.sections))


def _count(section: Section) -> int:
    return sum(item.stories for item in section.items)


def _headline(item: Item) -> str:
    return clipped(item.title, _TITLE) or say.UNTITLED


def _sections(sections: Sequence[Section], limit: int, where: _Where) -> tuple[ShownSection, ...]:
    shown, number = [], 1
    for section in sections:
        items = tuple(_item(item, at, where) for at, item in enumerate(section.items[:limit], start=number))
        number += len(items)
        hidden = sum(item.stories for item in section.items[limit:])
        title = clipped(section.title, _NAME)
        shown.append(ShownSection(title, _count(section), items, hidden))
    return tuple(shown)


def _item(item: Item, number: int, where: _Where) -> ShownItem:
    return ShownItem(
        number=number,
        title=_headline(item),
        link=web_link(item.url),
        source=clipped(item.source, _NAME),
        when=_when(item.published, item.first_seen, where),
        lead=clipped(item.lead, 2 * _TITLE),
        language=language_tag(item.language),
        also_in=_names(item.also_in, _OUTLETS),
        matched=_names([(say.quoted(word), None) for word in item.matched], _WORDS),
        also_under=_names([(title, None) for title in item.also_topics], _WORDS),
        known=item.known,
        event=_event(item, where.page),
        reports=tuple(map(_report, item.further[:_REPORTS])),
        hidden=len(item.further[_REPORTS:]),
    )


def _event(item: Item, page: str | None) -> str | None:
    if page and item.event and (item.known or item.further):
        return f"{page.rstrip('/')}/events/{item.event}"
    return None


def _report(report: Report) -> tuple[str, str, str | None]:
    return clipped(report.title, _TITLE) or say.UNTITLED, clipped(report.source, _NAME), web_link(report.url)


def _when(published: datetime | None, first_seen: datetime, where: _Where) -> str:
    said = say.time((published or first_seen).astimezone(where.zone), where.today)
    return said if published else say.seen(said)


def _names(pairs: Sequence[tuple[str, str | None]], limit: int) -> Names:
    some = tuple((clipped(name, _NAME), web_link(url)) for name, url in pairs[:limit])
    return Names(some, max(len(pairs) - limit, 0))
