"""How the feeds are, on every database: what polls leave behind, moves, incidents, and who needs somebody."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.model.entries import ParsedFeed
from monitor.model.fetching import (
    Document,
    Failed,
    Fetched,
    History,
    Job,
    Moved,
    NotModified,
    Reason,
    Rhythm,
    Validators,
)
from monitor.model.polls import Outcome, PollState
from monitor.model.views import FeedHealth, Trouble
from monitor.schedule import next_state
from monitor.store import Store, feeds, health, polls, settling, subscriptions
from monitor.store.schema import feed
from tests.builders import NOW, entry, subscription

A, B, C = (f"https://{name}.example/feed" for name in ("anchor", "beacon", "crane"))
NEW = "https://elsewhere.example/feed"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SEEN = Document(A, b"<rss/>")
DOWN = Failed(Reason.SERVER_ERROR, "The server answered 503 Service Unavailable.", 503)


def declare(store: Store, *urls: str) -> None:
    """Take in a configuration with these feeds."""
    with store.write() as lane:
        subscriptions.declare(lane, [subscription(url) for url in urls], NOW)


def poll(
    store: Store, url: str, fetched: Fetched, outcome: Outcome | None = None, *, late: timedelta = timedelta()
) -> Job:
    """Poll a feed by name; return it as it is then handed out."""
    with store.write() as lane:
        (job,) = polls.lease_named(lane, [url], NOW + late)
        state = next_state(job, fetched, outcome or Outcome(), NOW + late)
        settling.settle(lane, [settling.Settled(job, state)], NOW + late)
        (after,) = polls.lease_named(lane, [url], NOW + late)
        polls.release(lane, [after])
    return after


def told(store: Store, *, after: int = 0) -> list[tuple[str, str]]:
    """Return the incidents: whose and of what kind."""
    with store.read() as connection:
        return [(one.feed, one.kind) for one in health.incidents(connection, after=after)]


def of(store: Store, *kinds: Trouble, late: timedelta = timedelta()) -> tuple[FeedHealth, ...]:
    """Return who needs somebody."""
    with store.read() as connection:
        return health.neediest(connection, NOW + late, kinds=kinds or health.TROUBLES)


HISTORIES = {
    "nothing": History(),
    "everything": History(
        read_at=NOW,
        last_new_at=NOW - DAY,
        mean_gap=90 * MINUTE,
        gaps=3,
        last_gap_at=NOW - HOUR,
        rhythm=Rhythm(HOUR, HOUR / 2, (1, 2), (5, 6)),
        moved=Moved(NEW, NOW - DAY, 2),
    ),
    "a rhythm in part": History(read_at=NOW, rhythm=Rhythm(skip_hours=(0,))),
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES.keys())
def test_a_history_comes_back_as_it_was_left(store: Store, history: History) -> None:
    """What a poll learned is what the next one knows."""
    declare(store, A)
    with store.write() as lane:
        (job,) = polls.lease_all(lane, NOW)
        state = PollState(NOW + HOUR, HOUR, Validators(), None, 0, 200, None, history=history)
        settling.settle(lane, [settling.Settled(job, state)], NOW)
        (after,) = polls.lease_all(lane, NOW)
    assert after.history == replace(history, read_at=NOW)


def test_a_failing_history_comes_back_as_it_was_left(store: Store) -> None:
    """The reason, the error and since when are there; the last success stays what it was."""
    declare(store, A)
    poll(store, A, SEEN)
    after = poll(store, A, DOWN, late=HOUR)
    assert (after.failures, after.history.failing_since) == (1, NOW + HOUR)
    assert (after.history.reason, after.history.error) == (Reason.SERVER_ERROR, DOWN.detail)
    assert after.history.read_at == NOW


def test_the_items_that_the_cut_left_out_count(store: Store) -> None:
    """A document has as many entries as it has, however few of them had to be read."""
    declare(store, A)
    with store.write() as lane:
        (job,) = polls.lease_all(lane, NOW)
        state = next_state(job, SEEN, Outcome(1, 29), NOW)
        settling.settle(lane, [settling.Settled(job, state, ParsedFeed((entry("A"),), unchanged=29))], NOW)
        (after,) = polls.lease_all(lane, NOW)
    assert after.entries == 30


def test_incidents_are_written_with_the_poll_that_makes_them(store: Store) -> None:
    """They come in the order in which they happened, once each, and can be asked for from one on."""
    declare(store, A, B)
    for number in range(4):
        poll(store, A, DOWN, late=number * HOUR)
    poll(store, B, Failed(Reason.GONE, "The server answered 410 Gone.", 410))
    poll(store, A, SEEN, late=DAY)
    assert told(store) == [(A, "broken"), (B, "gone"), (A, "recovered")]
    with store.read() as connection:
        first, *_ = health.incidents(connection)
        assert health.totals(connection) == {"broken": 1, "gone": 1, "recovered": 1}
    assert (first.at, first.detail) == (NOW + 2 * HOUR, f"server-error: {DOWN.detail}")
    assert told(store, after=first.id) == [(B, "gone"), (A, "recovered")]


def test_a_poll_that_is_undone_leaves_no_incident(store: Store) -> None:
    """What dies before its transaction ends never happened: no failure, no incident."""
    declare(store, A)
    with store.write() as lane:
        begun = lane.begin_nested()
        (job,) = polls.lease_all(lane, NOW)
        gone = Failed(Reason.GONE, "The server answered 410 Gone.", 410)
        settling.settle(lane, [settling.Settled(job, next_state(job, gone, Outcome(), NOW))], NOW)
        begun.rollback()
    assert told(store) == []


def test_a_feed_of_the_file_moves_and_is_not_added_again(store: Store) -> None:
    """Its declared address stays its name over restarts; the new one is asked, and a person is told."""
    declare(store, A)
    for number in range(3):
        after = poll(store, A, replace(SEEN, moved_to=NEW), late=number * 13 * HOUR)
    assert (after.url, after.asked) == (A, NEW)
    assert told(store) == [(A, "moved")]
    declare(store, A, B)
    (one, other) = of(store, late=2 * DAY)
    assert (one.feed.url, one.trouble, one.address) == (A, "moved", NEW)
    assert (other.feed.url, other.trouble) == (B, "new")
    assert poll(store, A, SEEN, late=2 * DAY).asked == NEW
    assert told(store) == [(A, "moved")]


def test_a_feed_that_a_person_added_moves_without_a_fuss(store: Store) -> None:
    """There is nothing to write down anywhere, so it is well, and the record says that it moved."""
    with store.write() as lane:
        subscriptions.add(lane, [subscription(A)], NOW)
    for number in range(3):
        poll(store, A, NotModified(Validators(), moved_to=NEW), late=number * 13 * HOUR)
    (one,) = of(store, late=2 * DAY)
    assert (one.trouble, one.address) == ("ok", NEW)
    assert told(store) == [(A, "moved")]


@pytest.mark.parametrize("subscribed", ["its own", "moved there"])
def test_a_feed_does_not_move_to_where_another_is(store: Store, subscribed: str) -> None:
    """It is shown as a duplicate of the other, told once, and asked where it was; an end of it is noticed."""
    declare(store, A, B)
    target = B
    if subscribed == "moved there":
        target = NEW
        for number in range(3):
            poll(store, B, replace(SEEN, moved_to=NEW), late=number * 13 * HOUR)
    for number in range(6):
        after = poll(store, A, replace(SEEN, moved_to=target), late=number * 13 * HOUR)
    assert after.asked == A
    (one,) = of(store, "duplicate")
    assert (one.feed.url, one.duplicate_of) == (A, B)
    assert told(store).count((A, "duplicate")) == 1
    poll(store, A, SEEN, late=4 * DAY)
    assert of(store, "duplicate") == ()


def test_a_move_to_what_nobody_subscribes_to_any_more_is_a_move(store: Store) -> None:
    """A removed feed keeps no address from another."""
    declare(store, A)
    with store.write() as lane:
        subscriptions.add(lane, [subscription(NEW)], NOW)
        subscriptions.remove(lane, NEW)
    for number in range(3):
        after = poll(store, A, replace(SEEN, moved_to=NEW), late=number * 13 * HOUR)
    assert after.asked == NEW


def test_a_feed_removed_during_its_own_poll(store: Store) -> None:
    """What it brought is settled without a fault, and it does not come back to the list."""
    with store.write() as lane:
        subscriptions.add(lane, [subscription(A)], NOW)
        (job,) = polls.lease_all(lane, NOW)
        subscriptions.remove(lane, A)
        settling.settle(lane, [settling.Settled(job, next_state(job, SEEN, Outcome(), NOW))], NOW)
        assert feeds.views(lane) == ()
        assert polls.lease_due(lane, NOW + 9 * DAY) == ()


def test_a_clock_set_far_ahead_and_back_costs_no_poll(store: Store) -> None:
    """What was polled or handed out in a future that was none is due at once, and settles in the present."""
    declare(store, A, B)
    poll(store, A, SEEN, late=900 * DAY)
    with store.write() as lane:
        polls.lease_named(lane, [B], NOW + 900 * DAY)
    with store.write() as lane:
        jobs = polls.lease_due(lane, NOW, 10)
        assert {job.url for job in jobs} == {A, B}
        assert polls.lease_due(lane, NOW, 10) == ()
        for job in jobs:
            settling.settle(lane, [settling.Settled(job, next_state(job, SEEN, Outcome(), NOW))], NOW)
        assert polls.lease_due(lane, NOW + MINUTE, 10) == ()
        assert len(polls.lease_due(lane, NOW + DAY + 2 * HOUR, 10)) == 2


def test_clocks_a_little_apart_do_not_poll_twice(store: Store) -> None:
    """A machine whose clock is minutes behind leaves alone what another has just polled."""
    declare(store, A)
    poll(store, A, SEEN, late=polls.SKEW)
    with store.write() as lane:
        assert polls.lease_due(lane, NOW) == ()


def test_a_weekly_wait_is_no_fault_of_the_clock(store: Store) -> None:
    """A feed that is gone, and one that is asked once a month, wait as long as they should."""
    with store.write() as lane:
        subscriptions.declare(lane, [subscription(A, every=30 * DAY), subscription(B)], NOW)
    poll(store, A, SEEN)
    poll(store, B, Failed(Reason.GONE, "The server answered 410 Gone.", 410))
    with store.write() as lane:
        assert polls.lease_due(lane, NOW + MINUTE) == ()


def test_excused_failures_leave_no_trace(store: Store) -> None:
    """A feed is as before a failure, its incident and move too, polled or never, and due when it is said."""
    declare(store, A, B, C)
    poll(store, A, SEEN)
    for number in range(2):
        poll(store, B, DOWN, late=number * MINUTE)
    with store.write() as lane:
        before = polls.lease_named(lane, [A, B, C], NOW + HOUR)
        for job in before:
            state = next_state(job, Failed(Reason.TIMEOUT, "Late."), Outcome(), NOW + HOUR)
            settling.settle(lane, [settling.Settled(job, state)], NOW + HOUR)
        settling.excuse(lane, before, NOW + HOUR, NOW + HOUR + 2 * MINUTE)
    with store.write() as lane:
        after = polls.lease_due(lane, NOW + HOUR + 2 * MINUTE)
        assert {job.feed_id: (job.failures, job.history) for job in after} == {
            job.feed_id: (job.failures, job.history) for job in before
        }
    assert told(store) == []
    assert [one.feed.url for one in of(store, "new")] == [C]


def test_an_excused_feed_that_had_moved_keeps_its_hosts_turn(store: Store) -> None:
    """A failure that would have sent it back to its own address leaves its host, too, as it was."""
    declare(store, A)
    for number in range(3):
        poll(store, A, replace(SEEN, moved_to=NEW), late=number * 13 * HOUR)
    for number in range(2):
        job = poll(store, A, DOWN, late=(28 + number) * HOUR)
    now = NOW + 30 * HOUR
    hosts = []
    with store.write() as lane:
        state = next_state(job, DOWN, Outcome(), now)
        settling.settle(lane, [settling.Settled(job, state)], now)
        hosts.append(lane.scalar(sa.select(feed.c.host)))
        settling.excuse(lane, [job], now, now + MINUTE)
        hosts.append(lane.scalar(sa.select(feed.c.host)))
        (after,) = polls.lease_named(lane, [A], now)
    assert hosts == ["anchor.example", "elsewhere.example"]
    assert after.asked == NEW


def _fleet(store: Store) -> None:
    """Make a feed of every kind, each named after it."""
    broken = (Reason.CERTIFICATE, Reason.NOT_A_FEED, Reason.TIMEOUT)
    declare(store, *(f"https://{kind}.example/feed" for kind in health.TROUBLES))
    for kind, reason in zip(("certificate", "html", "broken"), broken, strict=True):
        for number in range(3):
            poll(store, f"https://{kind}.example/feed", Failed(reason, "It failed."), late=number * MINUTE)
    poll(store, "https://gone.example/feed", Failed(Reason.GONE, "It is over.", 410))
    poll(store, "https://failing.example/feed", DOWN)
    for number in range(3):
        late = number * 13 * HOUR
        poll(
            store,
            "https://duplicate.example/feed",
            replace(SEEN, moved_to="https://ok.example/feed"),
            late=late,
        )
        poll(store, "https://moved.example/feed", replace(SEEN, moved_to=NEW), late=late)
    poll(store, "https://gap.example/feed", SEEN, Outcome(9))
    poll(store, "https://gap.example/feed", SEEN, Outcome(9), late=2 * DAY)
    poll(store, "https://stale.example/feed", SEEN, Outcome(2, dates=(NOW - 60 * DAY, NOW - 61 * DAY)))
    poll(store, "https://ok.example/feed", SEEN, Outcome(9))
    with store.write() as lane:
        subscriptions.pause(lane, "https://paused.example/feed", paused=True, now=NOW)


def test_every_kind_of_trouble_is_told_the_worst_first(store: Store) -> None:
    """Each feed is in the trouble it is named after, with since when where that is known, in their order."""
    _fleet(store)
    found = of(store, late=2 * DAY)
    assert [one.trouble for one in found] == list(health.TROUBLES)
    assert [one.feed.url for one in found] == [f"https://{kind}.example/feed" for kind in health.TROUBLES]
    since = {one.trouble: one.since for one in found}
    assert since["broken"] == since["gone"] == NOW
    assert (since["gap"], since["stale"], since["ok"]) == (NOW + 2 * DAY, NOW - 60 * DAY, None)


def test_the_counts_are_those_of_the_list(store: Store) -> None:
    """Every kind is counted once, and what is due beside them."""
    _fleet(store)
    with store.read() as connection:
        states = health.states(connection, NOW + 2 * DAY)
        assert health.gaps(connection) == 1
    assert {kind: states[kind] for kind in health.TROUBLES} == dict.fromkeys(health.TROUBLES, 1)
    assert 0 < states["due"] < len(health.TROUBLES)


def test_a_list_of_one_kind_has_pages(store: Store) -> None:
    """Kinds are listed alone or together, from a place on, as many as asked for."""
    _fleet(store)
    assert [one.trouble for one in of(store, "gap", "gone", late=2 * DAY)] == ["gone", "gap"]
    with store.read() as connection:
        page = health.neediest(connection, NOW + 2 * DAY, 2, 3)
    assert [one.trouble for one in page] == ["broken", "duplicate"]


def test_troubles_pass(store: Store) -> None:
    """A week after its gap a feed is well again, and a silent one as soon as something comes."""
    _fleet(store)
    assert of(store, "gap", late=10 * DAY) == ()
    poll(store, "https://stale.example/feed", SEEN, Outcome(1, 1), late=2 * DAY)
    assert of(store, "stale", late=2 * DAY) == ()
