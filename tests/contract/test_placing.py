"""Every story has its event in the transaction that stored it, on either database."""

import logging
import zlib

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from monitor.pipeline.placing import place_waiting
from monitor.store import Store, placing, profiles
from monitor.store.grouping import background, membership, waits
from monitor.store.schema import story
from monitor.store.window import rearranged
from tests.builders import NOW, entry
from tests.polls import poll
from tests.unit.cluster.newsroom import BRIDGE, FLOOD_NORTH, FLOOD_SOUTH

TITLES = (*FLOOD_NORTH, *FLOOD_SOUTH, *BRIDGE)


def _poll(lane: Connection, number: int, title: str) -> None:
    feed = f"https://feed{number}.example/"
    poll(lane, entry(title, guid=str(number), link=f"{feed}{number}", published=NOW), feed=feed)


def _sizes(connection: Connection) -> list[int]:
    counted = sa.select(sa.func.count()).where(~story.c.seed).group_by(story.c.event_id)
    return sorted(connection.scalars(counted))


def test_stories_of_many_feeds_are_placed_as_they_come(store: Store) -> None:
    """Ten outlets tell of three happenings, each polled in a transaction of its own: three events."""
    for number, title in enumerate(TITLES):
        with store.write() as lane:
            _poll(lane, number, title)
    with store.read() as connection:
        assert _sizes(connection) == sorted((len(FLOOD_NORTH), len(FLOOD_SOUTH), len(BRIDGE)))
        assert connection.scalar(sa.select(sa.func.count()).where(waits)) == 0


def _council(lane: Connection, stories: range) -> None:
    """Let feeds bring so many stories, forty-two at a time."""
    for begin in stories[::42]:
        titles = (f"Council of district {n} votes on budget item {n * 7}" for n in range(begin, begin + 42))
        brought = (entry(title, link=f"https://{begin}.example/{title}", published=NOW) for title in titles)
        poll(lane, *brought, feed=f"https://feed{begin}.example/")


def test_terms_are_counted_once_there_are_enough_stories(store: Store) -> None:
    """After two hundred stories the archive knows its common words, and goes on placing.

    The first time those that are placed are counted with the rest, afterwards only those before them.
    """
    with store.write() as lane:
        _council(lane, range(210))
        assert lane.scalar(sa.select(background.c.stories)) == 210
        _council(lane, range(210, 420))
        assert lane.scalar(sa.select(background.c.stories)) == 378
    with store.write() as lane:
        _poll(lane, 500, FLOOD_NORTH[0])
        _poll(lane, 501, FLOOD_NORTH[1])
    with store.read() as connection:
        rows = sa.select(story.c.event_id).order_by(story.c.id.desc()).limit(2)
        assert len(set(connection.scalars(rows))) == 1


def test_a_store_from_before_learns_what_its_stories_share(store: Store) -> None:
    """Where terms were counted by a version that knew no centre, it is found with the next story."""
    with store.write() as lane:
        _poll(lane, 1, FLOOD_NORTH[0])
        row = {"id": 1, "stories": 900, "counts": zlib.compress(b"{}"), "placed": 0, "version": 1}
        lane.execute(sa.insert(background).values(row))
    with store.write() as lane:
        _poll(lane, 2, FLOOD_NORTH[1])
        known = lane.execute(sa.select(background)).one()
        assert known.stories == 1
        assert len(known.centres) == 4 * 256
        assert placing.known_background(lane).centres == known.centres


def test_a_story_is_kept_when_placing_fails(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Where counts cannot be read stories are stored all the same, and placed once that is mended."""
    with store.write() as lane:
        row = {"id": 1, "stories": 1, "counts": b"no such thing", "placed": 0, "version": 1}
        lane.execute(sa.insert(background).values(row))
    with caplog.at_level(logging.CRITICAL, "monitor.pipeline.judging"), store.write() as lane:
        _poll(lane, 1, FLOOD_NORTH[0])
    with store.write() as lane:
        assert lane.scalar(sa.select(sa.func.count()).where(waits)) == 1
        lane.execute(sa.delete(background))
        assert place_waiting(lane, NOW) == 1
        assert place_waiting(lane, NOW) == 0


def test_stories_from_before_events_get_theirs(store: Store) -> None:
    """What waits, as after an upgrade, is placed as if it had just come."""
    with store.write() as lane:
        for number, title in enumerate(TITLES):
            _poll(lane, number, title)
        lane.execute(sa.update(story).values(event_id=None))
        lane.execute(sa.delete(membership))
        lane.info["remembered"].clear()
    with store.write() as lane:
        assert place_waiting(lane, NOW) == len(TITLES)
        assert len(_sizes(lane)) == 3


def test_a_poll_gives_its_own_stories_their_events_whatever_waits(store: Store) -> None:
    """Beside a backlog that waits for its turn, older and newer, what is polled has its event at once."""
    with store.write() as lane:
        for number, title in enumerate((*FLOOD_NORTH, *BRIDGE)):
            _poll(lane, number, title)
        waiting = sa.select(story.c.id).order_by(story.c.id.desc()).limit(3)
        rows = lane.scalars(waiting).all()
        lane.execute(sa.update(story).where(story.c.id.in_(rows)).values(event_id=None))
        lane.execute(sa.delete(membership).where(membership.c.story_id.in_(rows)))
        rearranged(lane)
        _poll(lane, 50, FLOOD_SOUTH[0])
        assert set(lane.scalars(sa.select(story.c.id).where(waits))) == set(rows)
        assert place_waiting(lane, NOW) == 3


def test_those_that_wait_are_found_without_sorting(sqlite_store: Store) -> None:
    """However many wait, such as a whole archive, the oldest are the first of an index."""
    with sqlite_store.write() as lane:
        compiled = profiles.oldest_waiting(3).compile(lane, compile_kwargs={"literal_binds": True})
        plan = [row[3] for row in lane.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
    assert plan[0] == "SCAN story USING INDEX ix_story_waits"
    assert not any("B-TREE" in step for step in plan)
