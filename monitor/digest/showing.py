"""What of a digest one message shows: the same for its text and its page, within limits it owns up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from monitor.digest.address import language_tag, web_link
from monitor.digest.excerpt import clipped
from monitor.digest.language import Language, speak
from monitor.digest.naming import outlet
from monitor.digest.shown import Line, Names, Page, Shown, ShownItem, ShownRetold, ShownSection
from monitor.model.digests import Change, Digest, Item, Recipient, Report, Retold, Section, Troubles
from monitor.model.views import FeedHealth

LEAVE = "unsubscribe"
"""Where on the page a reader leaves a digest, before their token."""

FEEDS = "feeds"
"""Where on the page the subscriptions are."""

_TOPICS = 60
_RETOLD = 8
_FEEDS = 8
_QUIET = 40
_OUTLETS = 5
_HEADLINES = 4
_WORDS = 8
_TITLE = 250
_NAME = 80
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a digest is read: in which language, on which clock and day, and which page there is."""

    say: Language
    zone: ZoneInfo
    today: date
    page: Page


@dataclass(frozen=True, slots=True)
class Room:
    """How many events a topic may show: so many whole, each with so many reports, and so many on lines."""

    whole: int
    lines: int = 0
    reports: int = 4


def show(digest: Digest, recipient: Recipient, room: Room, page: Page) -> Shown:
    """Return what to show a reader of a digest, in the room there is for each topic."""
    say, zone = speak(recipient.language), ZoneInfo(recipient.timezone or digest.plan.timezone)
    period = digest.period.astimezone(zone)
    sections, rest = digest.sections[:_TOPICS], digest.sections[_TOPICS:]
    count = stories(digest)
    told = sum(bool(section.items) for section in digest.sections)
    where = _Where(say, zone, period.date(), page)
    feeds = digest.troubles
    return Shown(
        say=say,
        title=name(digest),
        when=say.moment(period),
        total=say.total(count, events(digest), told) if count else say.nothing_new,
        note=clipped(digest.note, 1000),
        sections=_sections(sections, room, where),
        hidden=say.more_topics(len(rest), sum(map(_count, rest))) if rest else "",
        quiet=_names([(title, None) for title in digest.quiet], _QUIET),
        troubled=say.troubled(feeds.count, feeds.polled) if feeds.count else "",
        troubles=_troubles(feeds, where),
        feeds=page.at(FEEDS),
        page=page.address,
    )


def _troubles(feeds: Troubles, where: _Where) -> Names:
    some = tuple((_trouble(one, where), None) for one in feeds.worst[:_FEEDS])
    return Names(some, feeds.count - len(some))


def _trouble(one: FeedHealth, where: _Where) -> str:
    since = where.say.time(one.since.astimezone(where.zone), where.today) if one.since else None
    return f"{clipped(outlet(one.feed.url, one.feed.title), _NAME)} ({where.say.trouble(one.trouble, since)})"


def name(digest: Digest) -> str:
    """Return what readers know a digest by."""
    return clipped(digest.plan.title, _NAME) or clipped(digest.plan.name, _NAME)


def headlines(digest: Digest, say: Language, count: int) -> list[str]:
    """Return the headlines of the events that most outlets carry, those that stand first first."""
    items = [item for section in digest.sections for item in section.items]
    items.sort(key=_outlets, reverse=True)
    return [_headline(item, say) for item in items[:count]]


def _outlets(item: Item) -> int:
    return len({item.source, *(name for name, _ in item.also_in), *(one.source for one in item.further)})


def events(digest: Digest, room: Room | None = None) -> int:
    """Return how many events a digest has, or shows where a topic has so much room."""
    if room is None:
        return sum(len(section.items) for section in digest.sections)
    return sum(len(section.items[: room.whole + room.lines]) for section in digest.sections[:_TOPICS])


def stories(digest: Digest) -> int:
    """Return how many stories a digest has."""
    return sum(map(_count, digest.sections))


def _count(section: Section) -> int:
    return sum(item.stories for item in section.items)


def _headline(told: Item | Report, say: Language) -> str:
    return clipped(told.title, _TITLE) or say.untitled


def _sections(sections: Sequence[Section], room: Room, where: _Where) -> tuple[ShownSection, ...]:
    shown, number = [], 1
    for section in sections:
        shown.append(_section(section, number, room, where))
        number += len(shown[-1].items)
    return tuple(shown)


def _section(section: Section, first: int, room: Room, where: _Where) -> ShownSection:
    whole, rest = section.items[: room.whole], section.items[room.whole :]
    brief, hidden = rest[: room.lines], rest[room.lines :]
    again = min(_RETOLD, room.whole)
    return ShownSection(
        title=clipped(section.title, _NAME),
        count=_count(section),
        items=tuple(_item(item, number, room, where) for number, item in enumerate(whole, start=first)),
        brief=tuple(_line(item, where.say, item.language) for item in brief),
        hidden=sum(item.stories for item in hidden) + sum(len(item.further) for item in brief),
        retold=tuple(_retold(one, where) for one in section.retold[:again]),
        more_retold=len(section.retold[again:]),
        volume=bars(section.volume),
        days=where.say.volume(section.volume) if section.volume else "",
        link=where.page.at(f"topics/{quote(section.topic, safe='')}"),
    )


def _retold(one: Retold, where: _Where) -> ShownRetold:
    was = tuple(where.say.was(clipped(was, _TITLE)) for was, _ in one.change.headlines)
    return ShownRetold(_line(one.report, where.say), was, _joined(one.change))


def _revised(change: Change | None, say: Language) -> tuple[str, ...]:
    headlines = change.headlines[:_HEADLINES] if change else ()
    return tuple(say.revised(clipped(was, _TITLE), clipped(now, _TITLE)) for was, now in headlines)


def _joined(change: Change | None) -> Names:
    return _names(change.outlets if change else (), _OUTLETS)


def bars(volume: Sequence[int]) -> str:
    """Draw counts as a line of bars; the highest is as high as the line, and what is there shows."""
    most = max(volume, default=0)
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most) if most else 0] for count in volume)


def _item(item: Item, number: int, room: Room, where: _Where) -> ShownItem:
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
        reports=tuple(_line(one, where.say) for one in item.further[: room.reports]),
        hidden=len(item.further[room.reports :]),
        was=_revised(item.change, where.say),
        joined=_joined(item.change),
    )


def _event(item: Item, page: Page) -> str | None:
    return page.at(f"events/{item.event}") if item.event and (item.known or item.further) else None


def _line(told: Item | Report, say: Language, language: str | None = None) -> Line:
    return Line(_headline(told, say), clipped(told.source, _NAME), web_link(told.url), language_tag(language))


def _when(published: datetime | None, first_seen: datetime, where: _Where) -> str:
    said = where.say.time((published or first_seen).astimezone(where.zone), where.today)
    return said if published else where.say.seen(said)


def _names(pairs: Sequence[tuple[str, str | None]], limit: int) -> Names:
    some = tuple((clipped(name, _NAME), web_link(url)) for name, url in pairs[:limit])
    return Names(some, max(len(pairs) - limit, 0))
