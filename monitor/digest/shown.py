"""What of a digest one message shows: the same for its text and its page, within limits it owns up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from monitor.digest.address import language_tag, web_link
from monitor.digest.excerpt import clipped
from monitor.digest.language import Language, speak
from monitor.model import Digest, Item, Recipient, Report, Section

LEAVE = "unsubscribe"
"""Where on the page a reader leaves a digest, before their token."""

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
    """A digest as one message shows it; why and leave are where each reader's own words stand."""

    say: Language
    title: str
    when: str
    total: str
    note: str
    sections: tuple[ShownSection, ...]
    hidden: str
    quiet: Names
    page: str | None
    why: str = ""
    leave: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The page that a mail's links lead to, if there is one."""

    address: str | None = None

    def at(self, path: str) -> str | None:
        """Return the address of one of its places."""
        return f"{self.address.rstrip('/')}/{path}" if self.address else None


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a digest is read: in which language, on which clock and day, and which page there is."""

    say: Language
    zone: ZoneInfo
    today: date
    page: Page


def show(digest: Digest, recipient: Recipient, limit: int, page: Page) -> Shown:
    """Return what to show a reader of a digest, with at most so many events a topic."""
    say, zone = speak(recipient.language), ZoneInfo(recipient.timezone or digest.plan.timezone)
    period = digest.period.astimezone(zone)
    sections, rest = digest.sections[:_TOPICS], digest.sections[_TOPICS:]
    count = stories(digest)
    where = _Where(say, zone, period.date(), page)
    return Shown(
        say=say,
        title=name(digest),
        when=say.moment(period),
        total=say.total(count, events(digest), len(digest.sections)) if count else say.nothing_new,
        note=clipped(digest.note, 1000),
        sections=_sections(sections, limit, where),
        hidden=say.more_topics(len(rest), sum(map(_count, rest))) if rest else "",
        quiet=_names([(title, None) for title in digest.quiet], _QUIET),
        page=page.address,
    )


def name(digest: Digest) -> str:
    """Return what readers know a digest by."""
    return clipped(digest.plan.title, _NAME) or clipped(digest.plan.name, _NAME)


def headlines(digest: Digest, say: Language, count: int) -> list[str]:
    """Return the first headlines of a digest."""
    items = (item for section in digest.sections for item in section.items)
    return [_headline(item, say) for item in islice(items, count)]


def events(digest: Digest, limit: int | None = None) -> int:
    """Return how many events a digest has, or shows with so many a topic."""
    sections = digest.sections if limit is None else digest.sections[:_TOPICS]
    return sum(len(section.items[:limit]) for section in sections)


def stories(digest: Digest) -> int:
    """Return how many stories a digest has."""
    return sum(map(_count, digest.sections))


def _count(section: Section) -> int:
    return sum(item.stories for item in section.items)


def _headline(told: Item | Report, say: Language) -> str:
    return clipped(told.title, _TITLE) or say.untitled


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
        title=_headline(item, where.say),
        link=web_link(item.url),
        source=clipped(item.source, _NAME),
        when=_when(item.published, item.first_seen, where),
        lead=clipped(item.lead, 2 * _TITLE),
        language=language_tag(item.language),
        also_in=_names(item.also_in, _OUTLETS),
        matched=_names([(where.say.quoted(word), None) for word in item.matched], _WORDS),
        also_under=_names([(title, None) for title in item.also_topics], _WORDS),
        known=item.known,
        event=_event(item, where.page),
        reports=tuple(_report(one, where.say) for one in item.further[:_REPORTS]),
        hidden=len(item.further[_REPORTS:]),
    )


def _event(item: Item, page: Page) -> str | None:
    return page.at(f"events/{item.event}") if item.event and (item.known or item.further) else None


def _report(report: Report, say: Language) -> tuple[str, str, str | None]:
    return _headline(report, say), clipped(report.source, _NAME), web_link(report.url)


def _when(published: datetime | None, first_seen: datetime, where: _Where) -> str:
    said = where.say.time((published or first_seen).astimezone(where.zone), where.today)
    return said if published else where.say.seen(said)


def _names(pairs: Sequence[tuple[str, str | None]], limit: int) -> Names:
    some = tuple((clipped(name, _NAME), web_link(url)) for name, url in pairs[:limit])
    return Names(some, max(len(pairs) - limit, 0))
