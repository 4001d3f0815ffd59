"""Which feeds need somebody, on both databases."""

from datetime import datetime, timedelta

import pytest

from monitor.errors import UsageError
from monitor.model.fetching import Reason, Validators
from monitor.model.polls import PollState
from monitor.store import Store, feeds, health, polls, settling, subscriptions
from tests.builders import NOW, subscription

_HOUR = timedelta(hours=1)


def _feed(name: str) -> str:
    return f"https://{name}.example/feed.xml"


@pytest.fixture
def desk(store: Store) -> Store:
    """Return a store whose feeds are in every state there is."""
    names = ("new", "good", "paused", "failing", "worse", "removed")
    with store.write() as lane:
        subscriptions.add(lane, [subscription(_feed(name)) for name in names], NOW)
    _poll(store, "good", NOW)
    _poll(store, "failing", NOW, fails=1)
    _poll(store, "worse", NOW, fails=3)
    with store.write() as lane:
        subscriptions.pause(lane, _feed("paused"), paused=True, now=NOW)
        subscriptions.remove(lane, _feed("removed"))
    return store


def _poll(store: Store, name: str, at: datetime, fails: int = 0) -> None:
    with store.write() as lane:
        (job,) = polls.lease_named(lane, [_feed(name)], at)
        error, reason = ("no answer", Reason.TIMEOUT) if fails else (None, None)
        state = PollState(at + _HOUR, _HOUR, Validators(), None, fails, None, error, reason)
        settling.settle(lane, [settling.Settled(job, state)], at)


def test_states(desk: Store) -> None:
    """Feeds are counted by state; those due are counted beside it, and removed ones nowhere."""
    with desk.read() as connection:
        now, later = feeds.states(connection, NOW), feeds.states(connection, NOW + _HOUR)
    counted = {state: count for state, count in now.items() if count}
    assert counted == {"ok": 1, "failing": 2, "new": 1, "paused": 1, "due": 1}
    assert later == {**now, "due": 4}


def test_neediest_first(desk: Store) -> None:
    """Failing feeds come first, the longest failing before others, then what is idle and well; pages join."""
    with desk.read() as connection:
        whole = [one.feed.url for one in health.neediest(connection, NOW, 10)]
        pages = [health.neediest(connection, NOW, 2, offset) for offset in (0, 2, 4)]
    assert whole == [_feed(name) for name in ("worse", "failing", "new", "paused", "good")]
    assert [one.feed.url for page in pages for one in page] == whole


def test_poll_now(desk: Store) -> None:
    """A feed that somebody wants polled is due at once."""
    with desk.write() as lane:
        feeds.poll_now(lane, _feed("good"), NOW)
        due = {job.url for job in polls.lease_due(lane, NOW)}
    assert due == {_feed("good"), _feed("new")}


@pytest.mark.parametrize("name", ["paused", "removed", "unknown"])
def test_poll_now_refused(desk: Store, name: str) -> None:
    """A feed that is paused, removed or unknown cannot be polled at once, and the refusal names it."""
    with desk.write() as lane, pytest.raises(UsageError, match=name):
        feeds.poll_now(lane, _feed(name), NOW)
