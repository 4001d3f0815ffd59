"""Stories of two happenings, told by several outlets: what tests of events bring to a store."""

from datetime import timedelta

import sqlalchemy as sa

from monitor.model.entries import Entry
from monitor.model.views import EventView, StoryView
from monitor.store import events, ids
from monitor.store.grouping import background, event, membership, posting
from monitor.store.schema import story
from monitor.store.window import rearranged
from tests.builders import NOW, entry
from tests.polls import Tagger, everything, poll, untagged

HOUR = timedelta(hours=1)


def outlet(name: str) -> str:
    """Return the address of an outlet's feed."""
    return f"https://{name}.example/feed"


def told(name: str, title: str, number: int = 1) -> tuple[str, Entry]:
    """Return what an outlet tells, and in which feed."""
    return outlet(name), entry(title, guid=f"{name}-{number}", link=f"https://www.{name}.example/{number}")


AGROUND = told("harbour", "Ferry Aurora runs aground off Odesa with ninety passengers")
RESCUED = told("coast", "Ninety passengers rescued from ferry Aurora aground off Odesa")
TUGS = told("meridian", "Tugs pull ferry Aurora free off Odesa, ninety passengers safe")
RATES = told("ledger", "Central bank raises interest rates to seven percent")
ANGER = told("gazette", "Central bank raises interest rates to seven percent, industry angry")


def bring(lane: sa.Connection, *items: tuple[str, Entry], hour: int = 0, tagger: Tagger = untagged) -> None:
    """Poll each item in its feed, an hour apart."""
    for number, (feed, item) in enumerate(items, start=hour):
        poll(lane, item, feed=feed, at=NOW + number * HOUR, tagger=tagger)


def of(lane: sa.Connection, item: tuple[str, Entry]) -> StoryView:
    """Return the story of an item."""
    (found,) = (one for one in everything(lane) if one.copies[0].guid == item[1].guid)
    return found


def event_of(lane: sa.Connection, item: tuple[str, Entry]) -> str:
    """Return the id of an item's event."""
    found = of(lane, item).event
    assert found
    return found


def known(lane: sa.Connection, event_id: str) -> EventView:
    """Return an event that is there, with its timeline."""
    found = events.one(lane, event_id)
    assert found
    return found


def counted(lane: sa.Connection) -> bool:
    """Tell whether of every event as many outlets are counted as are listed."""
    kept = dict(lane.execute(sa.select(event.c.id, event.c.outlets)).all())
    return all(len(known(lane, ids.event_id(row)).outlets) == many for row, many in kept.items())


def as_before_events(lane: sa.Connection) -> None:
    """Leave stories as an upgrade from a version without events does: waiting, with nothing known of them."""
    for table in (membership, posting, background, event):
        lane.execute(sa.delete(table))
    lane.execute(sa.update(story).values(event_id=None))
    rearranged(lane)


def stories(lane: sa.Connection, event_id: str) -> list[str]:
    """Return the stories of an event by their times."""
    return [member.story for member in known(lane, event_id).timeline]
