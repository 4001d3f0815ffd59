"""Subscriptions at hubs, kept the same on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.model.polls import Push
from monitor.store import Lane, Store, feeds, health, polls, subscriptions, websub
from tests.builders import NOW, subscription

BASE = "https://monitor.example/websub/"
HOUR = timedelta(hours=1)
A, B, C = (f"https://{name}.example/feed" for name in ("anchor", "beacon", "crane"))


@pytest.fixture
def desk(store: Store) -> Store:
    """Return a store with three feeds."""
    with store.write() as lane:
        subscriptions.add(lane, [subscription(url) for url in (A, B, C)], NOW)
    return store


def _id(store: Store, url: str) -> int:
    with store.read() as connection:
        return next(view.id for view in feeds.views(connection) if view.url == url)


def _whole(feed_id: int) -> Push:
    return Push(
        feed_id=feed_id,
        hubs=("https://hub.example/", "https://second.example/"),
        topic=A,
        state="active",
        asked_hub="https://hub.example/",
        asked_topic=A,
        base=BASE,
        token=f"token-{feed_id}",
        secret="s",
        since=NOW,
        lease_until=NOW + HOUR,
        next_try_at=NOW,
        tries=1,
        last_push_at=NOW,
        called_at=NOW,
        pushes=2,
        refused=3,
        agreed=4,
        missed=5,
        error="The hub answered 500.",
    )


def test_a_subscription_comes_back_as_it_was_kept(desk: Store) -> None:
    """Every field is kept, twice is once, and listings show it with its feed."""
    held = _whole(_id(desk, A))
    with desk.write() as lane:
        assert websub.of_feed(lane, held.feed_id) == Push(held.feed_id)
        websub.put(lane, Push(held.feed_id))
        websub.put(lane, held)
        websub.hears(lane, held.feed_id)
    with desk.read() as connection:
        assert websub.of_feed(connection, held.feed_id) == held
        assert websub.every(connection) == {held.feed_id: held}
        assert [view.push for view in feeds.views(connection)] == [held, None, None]
        assert {one.feed.push for one in health.neediest(connection, NOW, 10)} == {held, None}
        found = websub.of_token(connection, held.token or "")
        assert found
        assert (found.push, found.polls, found.active) == (held, 0, True)
        assert websub.of_token(connection, "another") is None
    with desk.write() as lane:
        assert [job.has_hub for job in polls.lease_all(lane, NOW)] == [True, False, False]


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, True),
        ({"next_try_at": NOW + HOUR}, False),
        ({"next_try_at": None}, False),
        ({"state": "idle"}, True),
        ({"state": "idle", "next_try_at": None, "base": None}, False),
        ({"state": "leaving"}, True),
        ({"next_try_at": NOW + HOUR, "base": "https://before.example/websub/"}, True),
        ({"state": "denied", "next_try_at": NOW + HOUR, "base": "https://before.example/websub/"}, False),
    ],
    ids=str,
)
def test_what_is_due_is_found(desk: Store, changes: dict[str, object], due: bool) -> None:
    """Whatever is to be tried again, and what is held under an address that we no longer have."""
    held = replace(_whole(_id(desk, B)), **changes)  # type: ignore[arg-type]  # a table of fields
    with desk.write() as lane:
        websub.put(lane, held)
        found = websub.due(lane, BASE, NOW, 10)
    assert [one.push for one in found] == ([held] if due else [])


@pytest.mark.parametrize(
    ("state", "next_try_at", "due"),
    [
        ("active", NOW + HOUR, True),
        ("asked", NOW + HOUR, True),
        ("leaving", NOW + HOUR, False),
        ("leaving", NOW, True),
        ("idle", NOW, False),
        ("denied", NOW, False),
    ],
)
def test_of_a_paused_feed_only_the_end_is_due(
    desk: Store, state: str, next_try_at: object, due: bool
) -> None:
    """What its hub may still deliver is ended at once; nothing new is asked for."""
    changes = {"state": state, "next_try_at": next_try_at}
    held = replace(_whole(_id(desk, C)), **changes)  # type: ignore[arg-type]  # a table of fields
    with desk.write() as lane:
        websub.put(lane, held)
        subscriptions.pause(lane, C, paused=True, now=NOW)
        found = websub.due(lane, BASE, NOW, 10)
    assert [one.active for one in found] == [False] * due


def test_a_call_comes_before_the_schedule_and_never_after_it(desk: Store) -> None:
    """A call makes a feed due at once, and leaves alone one that is due sooner anyway."""
    row = _id(desk, A)
    with desk.write() as lane:
        websub.call(lane, row, NOW + HOUR)
        assert _next(lane, A) == NOW
        feeds.poll_now(lane, A, NOW + 3 * HOUR)
        websub.call(lane, row, NOW + HOUR)
        assert _next(lane, A) == NOW + HOUR


def _next(lane: Lane, url: str) -> datetime | None:
    return next(view.next_poll_at for view in feeds.views(lane) if view.url == url)


def test_a_delivery_is_compared_as_its_feed_says(desk: Store) -> None:
    """The rules that are off for a feed are so for what its hub delivers, and stand in its options."""
    with desk.write() as lane:
        asked = subscriptions.asked_for(lane, A)
        options = replace(asked.options, dedupe_off=("link", "wording"))
        subscriptions.change(lane, replace(asked, options=options))
        websub.put(lane, _whole(_id(desk, A)))
    with desk.read() as connection:
        assert subscriptions.asked_for(connection, A).options == options
        found = websub.of_token(connection, f"token-{_id(desk, A)}")
    assert found is not None
    assert found.dedupe_off == ("link", "wording")
