"""Look-alikes that are not the same: serials of our own wording, and numbered titles as they were."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.quality.archive import Record
from tests.quality.figures import records

_START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
_DAYS = 30
_OUTLETS = ("harbour.example", "hillside.example")
_PLACES = ("Northport", "Eastfield", "Karlsby", "Dunmore", "Velika", "Osterhaven", "Santa Marta", "Lowick")
_FIGURES = re.compile(r"\d+")
_HOSTS_LEAST = 2


def serials() -> dict[str, list[Record]]:
    """Return sets of documents, none of which is a copy of another."""
    return {
        "serials, one outlet": list(_daily(_OUTLETS[:1])),
        "serials, two outlets": list(_daily(_OUTLETS)),
        "bulletins by place": list(_bulletins()),
        "numbered titles, as they were": list(_numbered()),
    }


def _daily(outlets: tuple[str, ...]) -> Iterator[Record]:
    """Yield what outlets bring every day: the same make, another day; the second outlet a day behind."""
    for day in range(_DAYS):
        for place, outlet in enumerate(outlets):
            at = _START + timedelta(days=day, hours=place)
            for number, (title, text) in enumerate(_issue(day + place * _DAYS, outlet)):
                yield _record(f"{outlet}-{day}-{number}", outlet, title, text, at)


def _issue(day: int, outlet: str) -> Iterator[tuple[str, str]]:
    date = (_START + timedelta(days=day)).strftime("%A %d %B")
    index, change, barrel = 4000 + day * 37 % 211, (day * 7 % 19) / 10 + 0.1, 60 + day * 3 % 17
    yield (
        f"What we know on day {812 + day} of the war in the north",
        (
            f"Our correspondents sum up the state of things on day {812 + day}. Every morning we bring "
            "together what is known "
            "from the front, from the capital and from the negotiations. Sign up to get this summary by "
            "e-mail each day."
        ),
    )
    yield (
        f"Market report: shares move as traders wait, {date}",
        (
            f"The leading index of the northern exchange closed at {index} points on {date}, a change of "
            f"{change:.1f} per cent, "
            f"while crude traded at {barrel} dollars a barrel. Dealers said that volumes were thin as "
            "investors waited "
            "for the decision of the central bank. The currency was little changed against the dollar."
        ),
    )
    yield (
        f"The big {outlet} quiz of the week",
        f"Ten questions on the news by {outlet}. How many do you get right? Play now.",
    )
    yield (
        f"Live: storm on the coast, {date}",
        "Follow the latest on the storm with our reporters on the coast as it happens.",
    )
    yield (
        f"Weather for {date}",
        (
            f"Sun and cloud with highs of {day * 5 % 17} degrees and winds of {10 + day * 3 % 23} kilometres "
            "an hour from the "
            "west. Tonight will be dry in most places. The outlook for the coming days is published every "
            "morning."
        ),
    )


def _bulletins() -> Iterator[Record]:
    """Yield what a machine writes of many places: one make, other names and numbers, on two outlets."""
    for number in range(40):
        place, outlet = _PLACES[number % len(_PLACES)], _OUTLETS[number % 2]
        size, depth = 4 + number * 7 % 30 / 10, 5 + number * 11 % 90
        text = (
            f"An earthquake of magnitude {size:.1f} was recorded near {place} at a depth of {depth} "
            "kilometres, the "
            "seismological service said. There were no immediate reports of damage or injuries. The "
            "service asks people "
            f"in {place} who felt the shock to report it on its page. Aftershocks are possible in the "
            "coming hours."
        )
        yield _record(
            f"quake-{number}",
            outlet,
            f"Earthquake of magnitude {size:.1f} near {place}",
            text,
            _START + number * timedelta(minutes=97),
        )


def _numbered() -> Iterator[Record]:
    """Yield links of one host whose titles differ in nothing but their numbers."""
    makes: defaultdict[tuple[str, str], dict[str, Record]] = defaultdict(dict)
    for one in records("world", "world90-60k.jsonl.gz"):
        make = _FIGURES.sub("#", one["title"])
        if "#" in make and len(make.split()) > 2:
            makes[one["source"], make].setdefault(one["title"], one)
    for alike in makes.values():
        if len(alike) >= _HOSTS_LEAST:
            yield from ({**one, "published": one["first_seen"]} for one in alike.values())


def _record(key: str, source: str, title: str, text: str, at: datetime) -> Record:
    published = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "id": key,
        "source": source,
        "url": f"https://{source}/{key}",
        "title": title,
        "text": text,
        "published": published,
    }
