"""WebSub as the recommendation has it: our side against a hub on loopback, over sockets."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model.polls import Polled, Push
from monitor.model.views import FeedHealth
from monitor.store import feeds, health, polls, subscriptions, websub
from tests.builders import NOW, StoppedClock, document, entry, subscription
from tests.newswire import Desk, open_desk
from tests.servers.hub import CHALLENGE, Hub, Manner, ask, post, signature

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
OLD = entry("Ferry resumes", guid="1", published=NOW)
NEW = entry("Bridge closes", guid="2", published=NOW)
NEWER = entry("Bakery opens", guid="3", published=NOW)


@pytest.fixture
async def desk(sqlite_database: str, tmp_path: Path, clock: StoppedClock) -> AsyncIterator[Desk]:
    """Open a desk with an empty store."""
    assert sqlite_database
    async with open_desk(tmp_path, clock) as opened:
        yield opened


# ---------------------------------------------------------------- asking


async def test_a_feed_that_names_a_hub_is_subscribed_to(desk: Desk) -> None:
    """The hub gets one form with topic, secret and an unguessable callback; its challenge is echoed."""
    await desk.subscribe(OLD)
    (asked,) = desk.hub.asked
    assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", desk.topic)
    assert asked["hub.lease_seconds"] == "864000"
    assert 40 <= len(asked["hub.secret"]) < 200
    assert len(asked["hub.callback"].rpartition("/")[2]) >= 22
    assert desk.hub.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"
    (echoed,) = desk.hub.verifications
    assert (echoed.status, echoed.body.decode()) == (200, CHALLENGE)
    assert (echoed.content_type or "").startswith("text/plain")
    assert (desk.push().state, desk.push().lease_until) == ("active", desk.clock() + 10 * DAY)


@pytest.mark.parametrize("status", [202, 500])
async def test_a_hub_may_verify_before_it_answers(desk: Desk, status: int) -> None:
    """What is asked for is written down first; a verification counts, whatever is answered after it."""
    desk.hub.manner = Manner(early=True, status=status)
    await desk.subscribe(OLD)
    assert (desk.push().state, desk.push().error) == ("active", None)


async def test_one_hub_of_many_feeds_is_asked_for_some_at_a_time(desk: Desk) -> None:
    """Feeds of another hub do not wait until a large one has had its turn."""
    await desk.poll(OLD)
    topics = [f"https://feed{number}.example/" for number in range(20)]
    with Hub() as other:
        with desk.app.store.write() as lane:
            subscriptions.add(lane, [subscription(topic) for topic in topics], desk.clock())
            for view in feeds.views(lane):
                hub = "https://10.0.0.1/" if view.url != desk.topic else other.url()
                due = desk.clock() - timedelta(minutes=view.url != desk.topic)
                websub.put(lane, Push(view.id, (hub,), view.url, next_try_at=due))
        assert await desk.ask() == 12 + 1
        await other.settled()
        assert len(other.asked) == 1
    assert await desk.ask() == 20 - 12


async def test_a_verification_for_another_topic_is_not_ours(desk: Desk) -> None:
    """What we did not ask for is answered 404, and the subscription stays unverified."""
    desk.hub.manner = Manner(topic="https://elsewhere.example/feed")
    await desk.subscribe(OLD)
    assert [said.status for said in desk.hub.verifications] == [404]
    assert desk.push().state == "asked"


async def test_a_hub_that_denies_is_asked_again_in_a_week(desk: Desk) -> None:
    """A denial is kept with its reason, made plain, and the hub has its peace."""
    desk.hub.manner = Manner(deny=True)
    await desk.subscribe(OLD)
    assert (desk.push().state, desk.push().error) == (
        "denied",
        "The hub denied the subscription: not[31m today.",
    )
    assert desk.push().next_try_at == desk.clock() + 7 * DAY
    assert await desk.ask() == 0
    desk.hub.manner = Manner()
    desk.clock.advance(7 * DAY)
    await desk.ask()
    assert desk.push().state == "active"


async def test_a_running_subscription_may_be_denied(desk: Desk) -> None:
    """A hub that ends a subscription is believed: polls follow the feed's own rhythm again."""
    await desk.subscribe(OLD)
    said = await asyncio.to_thread(ask, desk.callback, {"hub.mode": "denied", "hub.topic": desk.topic})
    assert (said.status, said.body) == (200, b"")
    assert (desk.push().state, desk.push().lease_until) == ("denied", None)


async def test_after_the_first_hub_the_second_is_asked_and_no_third(desk: Desk) -> None:
    """A feed may name any number of hubs, of anybody; two are tried in turn, each with a door of its own."""
    dead, third = desk.publisher.url("/no-hub"), desk.publisher.url("/third")
    await desk.subscribe(OLD, hubs=(dead, desk.hub.url(), third))
    assert desk.push().error == "The hub answered 404."
    first = desk.push().token
    desk.clock.advance(QUARTER)
    await desk.ask()
    assert (desk.push().state, desk.push().asked_hub, desk.push().error) == ("active", desk.hub.url(), None)
    assert desk.push().token != first
    assert desk.publisher.asked("/third") == []


async def test_a_hub_that_never_verifies_is_asked_ever_more_rarely(desk: Desk) -> None:
    """The waits double from a quarter of an hour up to a day."""
    desk.hub.manner = Manner(silent=True)
    await desk.subscribe(OLD)
    waits = []
    for _ in range(9):
        due = desk.push().next_try_at
        assert due
        waits.append(due - desk.clock())
        desk.clock.advance(waits[-1])
        await desk.ask()
    assert waits == [QUARTER * 2**number for number in range(7)] + [DAY, DAY]
    assert len(desk.hub.asked) == 10


async def test_a_hub_may_send_us_on_to_another(desk: Desk) -> None:
    """A 307 to another origin takes the form there, as the recommendation expects."""
    with Hub() as other:
        desk.hub.manner = Manner(redirect=other.url())
        await desk.subscribe(OLD)
        await other.settled()
        assert len(other.asked) == 1
    assert desk.push().state == "active"


@pytest.mark.parametrize(
    "hub", ["http://10.0.0.1/hub", "http://[::ffff:169.254.169.254]/hub", "http://192.168.1.1/"]
)
async def test_a_hub_inside_our_walls_is_not_asked(desk: Desk, hub: str) -> None:
    """The address of a hub comes from outside and passes the same guard as a feed's."""
    await desk.subscribe(OLD, hubs=(hub,))
    assert desk.push().state == "asked"
    assert "is not on the public internet" in (desk.push().error or "")


async def test_a_slow_hub_has_as_long_as_a_poll(
    sqlite_database: str, tmp_path: Path, clock: StoppedClock
) -> None:
    """A hub that does not answer in time is a hub that failed, and nothing waits for it any longer."""
    assert sqlite_database
    async with open_desk(tmp_path, clock, patience="1s") as desk:
        desk.hub.manner = Manner(delay=2, silent=True)
        await desk.subscribe(OLD)
        assert (desk.push().error or "").startswith("No whole answer came within 1 second")


async def test_a_lease_is_renewed_before_it_ends(desk: Desk) -> None:
    """At three quarters of the lease the same door is asked for again, and pushes go on all the while."""
    desk.hub.manner = Manner(lease="1000")
    await desk.subscribe(OLD)
    since = desk.push().since
    desk.clock.advance(timedelta(seconds=749))
    assert await desk.ask() == 0
    desk.clock.advance(timedelta(seconds=1))
    assert await desk.ask() == 1
    first, second = desk.hub.asked
    assert first == second
    assert desk.push().lease_until == desk.clock() + timedelta(seconds=1000)
    assert desk.push().since == since


@pytest.mark.parametrize("lease", ["", "soon", "-5", "0", "9" * 400])
async def test_any_lease_is_borne(desk: Desk, lease: str) -> None:
    """A lease that is missing, absurd or no number neither fails nor makes us ask all the time."""
    desk.hub.manner = Manner(lease=lease)
    await desk.subscribe(OLD)
    assert desk.push().state == "active"
    due = desk.push().next_try_at
    assert due
    assert timedelta() < due - desk.clock() <= 30 * DAY


async def test_a_paused_feed_is_unsubscribed_and_subscribed_again_when_resumed(desk: Desk) -> None:
    """Its hub is told, and what it still sends is nobody's; resumed, it gets a new door."""
    await desk.subscribe(OLD)
    first = desk.callback
    _pause(desk, paused=True)
    await desk.ask()
    assert [form["hub.mode"] for form in desk.hub.asked] == ["subscribe", "unsubscribe"]
    assert "hub.secret" not in desk.hub.asked[-1]
    assert desk.hub.subscribers == {}
    assert desk.push().state == "idle"
    _pause(desk, paused=False)
    await desk.ask()
    assert desk.push().state == "active"
    assert desk.callback != first
    assert (await asyncio.to_thread(post, first, b"", "text/xml", signature=None)).status == 404


def _pause(desk: Desk, *, paused: bool) -> None:
    with desk.app.store.write() as lane:
        subscriptions.pause(lane, desk.topic, paused=paused, now=desk.clock())


async def test_a_feed_that_names_another_hub_moves_there(desk: Desk) -> None:
    """The old hub is told to stop before the new one is asked, through a door of its own."""
    await desk.subscribe(OLD)
    with Hub() as other:
        await desk.subscribe(OLD, NEW, hubs=(other.url(),))
        assert desk.hub.asked[-1]["hub.mode"] == "unsubscribe"
        await desk.ask()
        await other.settled()
        assert other.asked[0]["hub.callback"] != desk.hub.asked[0]["hub.callback"]
    assert (desk.push().state, desk.push().asked_hub) == ("active", other.url())


async def test_a_hub_that_does_not_answer_to_the_end_is_forgotten(desk: Desk) -> None:
    """An unsubscription is tried once: whoever does not take it runs out by itself."""
    await desk.subscribe(OLD)
    desk.hub.manner = Manner(status=500)
    await desk.subscribe(OLD, NEW, hubs=())
    assert (desk.push().state, desk.push().token, desk.push().next_try_at) == ("idle", None, None)
    assert await desk.ask() == 0


async def test_a_hub_that_never_confirms_the_end_is_forgotten(desk: Desk) -> None:
    """After a quarter of an hour nothing that it sends is taken any more, and it is asked nothing."""
    await desk.subscribe(OLD)
    desk.hub.manner = Manner(silent=True)
    await desk.subscribe(OLD, NEW, hubs=())
    assert desk.push().state == "leaving"
    desk.clock.advance(QUARTER)
    assert await desk.ask() == 0
    assert (desk.push().state, desk.push().token) == ("idle", None)


async def test_another_public_address_is_told_to_the_hub(desk: Desk) -> None:
    """A callback under an address that we no longer have is asked for anew."""
    await desk.subscribe(OLD)
    desk.change(lambda held: replace(held, base="https://before.example/websub/"))
    await desk.ask()
    assert desk.push().state == "active"
    assert desk.callback.startswith(desk.pushing.base)
    assert len({form["hub.callback"] for form in desk.hub.asked}) == 2


# ---------------------------------------------------------------- deliveries


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_a_signed_document_is_stored_once_and_a_poll_brings_nothing_new(
    desk: Desk, method: str
) -> None:
    """A fat ping goes the way of a poll, by each of the four hashes, and twice is once."""
    await desk.subscribe(OLD)
    body = desk.publish(NEW, OLD)
    for _ in range(2):
        assert await _deliver(desk, body, method=method) == [202]
    assert desk.titles() == ["Bridge closes", "Ferry resumes"]
    polled = await desk.poll()
    assert (polled.status, polled.entries, polled.new) == ("unchanged", 2, 0)
    assert (desk.push().pushes, desk.push().missed) == (2, 0)


async def _deliver(
    desk: Desk, body: bytes, *, method: str = "sha256", secret: str | None = None
) -> list[int]:
    desk.clock.advance(timedelta(seconds=1))
    return await asyncio.to_thread(desk.hub.deliver, desk.topic, body, method=method, secret=secret)


async def test_a_document_of_new_items_only_leaves_the_polled_one_in_peace(desk: Desk) -> None:
    """Hubs may leave out what they delivered before; a poll is compared with the last poll only."""
    await desk.subscribe(OLD)
    etag = desk.publisher.serve("/feed", desk.publish(NEW, OLD), etag='"2"')
    await _deliver(desk, desk.publish(NEW))
    desk.publisher.serve("/feed", desk.publish(NEW, OLD), etag='"2"')
    polled = await desk.poll()
    assert etag
    assert (polled.http, polled.status, polled.new) == (200, "unchanged", 0)


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"<html><title>hello</title></html>", b"\x1f\x8b\x08 packed", document().body]
)
async def test_a_thin_ping_makes_the_feed_due(desk: Desk, body: bytes) -> None:
    """A delivery without items calls for a poll, whose news are the hub's and not missed."""
    await desk.subscribe(OLD)
    desk.clock.advance(timedelta(minutes=2))
    assert await _deliver(desk, body) == [202]
    assert desk.feed().next_poll_at == desk.clock()
    await desk.poll(NEW, OLD)
    assert (desk.push().missed, desk.push().called_at) == (0, None)


async def test_thin_pings_do_not_make_a_feed_asked_more_than_once_a_minute(desk: Desk) -> None:
    """However often a hub calls, the publisher has its peace; a failing feed keeps its wait whole."""
    await desk.subscribe(OLD)
    await _deliver(desk, b"")
    await _deliver(desk, b"")
    assert desk.feed().next_poll_at == desk.clock() - timedelta(seconds=2) + timedelta(minutes=1)
    desk.publisher.serve("/feed", b"", status=503, headers={"Retry-After": "7200"})
    await desk.poll()
    desk.clock.advance(timedelta(minutes=2))
    before = desk.feed().next_poll_at
    await _deliver(desk, b"")
    assert desk.feed().next_poll_at == before


async def test_a_wrong_signature_is_acknowledged_ignored_and_counted(desk: Desk) -> None:
    """Whoever knows the door and not the secret gets 202, and nothing comes of it."""
    await desk.subscribe(OLD)
    body = desk.publish(NEW, OLD)
    assert await _deliver(desk, body, secret="another") == [202]
    right = signature(desk.push().secret or "", body)
    wrong = [
        None,
        "",
        "sha256=",
        right[:-1],
        right.replace("sha256", "md5"),
        right.replace("sha256", "sha512"),
    ]
    for header in [*wrong, "sha256=ÄÖ", "=" + right]:
        said = await asyncio.to_thread(post, desk.callback, body, "text/xml", signature=header)
        assert (said.status, said.body) == (202, b"")
    assert desk.titles() == ["Ferry resumes"]
    assert (desk.push().refused, desk.push().pushes, desk.push().last_push_at) == (9, 0, None)


async def test_a_signature_may_be_in_capitals(desk: Desk) -> None:
    """Hexadecimal is hexadecimal."""
    await desk.subscribe(OLD)
    body = desk.publish(NEW, OLD)
    shouted = signature(desk.push().secret or "", body).upper()
    await asyncio.to_thread(post, desk.callback, body, "application/rss+xml", signature=shouted)
    assert "Bridge closes" in desk.titles()


# ---------------------------------------------------------------- push beside polling


async def test_polls_wait_longer_while_push_works_and_not_when_an_item_was_missed(desk: Desk) -> None:
    """Every poll that agrees with push doubles the wait; one item that polling found first ends that."""
    await desk.subscribe(OLD)
    own = await _wait(desk)
    for number, doubled in ((10, 2), (11, 4), (12, 8)):
        item = entry(f"Item {number}", guid=str(number), published=NOW)
        await _deliver(desk, desk.publish(item, OLD))
        assert round(await _wait(desk) / own) == doubled
    desk.publish(NEW, OLD)
    own = await _wait(desk)
    assert round(own / desk.poller.rules.shortest) == 1
    assert desk.push().missed == 1
    desk.publish(NEW)
    assert await _wait(desk) == own
    await _deliver(desk, desk.publish(NEWER, OLD))
    assert await _wait(desk) > own


async def _wait(desk: Desk) -> timedelta:
    """Poll a minute later, and return how long the next poll has to wait."""
    desk.clock.advance(timedelta(minutes=1))
    await desk.poll()
    due = desk.feed().next_poll_at
    assert due
    return due - desk.clock()


async def test_what_is_pushed_is_news_of_the_feed(desk: Desk) -> None:
    """A feed whose items all come by push has a pace, and has not fallen silent while they come."""
    await desk.subscribe(OLD)
    desk.change(lambda held: replace(held, lease_until=NOW + 30 * DAY))
    for number in range(10, 13):
        desk.clock.advance(3 * DAY)
        await _deliver(desk, desk.publish(entry(f"Item {number}", guid=str(number), published=NOW), OLD))
        await desk.poll()
    (well,) = _health(desk)
    assert (well.trouble, well.last_new_at) == ("ok", desk.clock())
    assert well.mean_gap
    assert round(well.mean_gap / DAY) == 3
    desk.clock.advance(31 * DAY)
    assert [feed.trouble for feed in _health(desk)] == ["stale"]


def _health(desk: Desk) -> tuple[FeedHealth, ...]:
    with desk.app.store.read() as connection:
        return health.neediest(connection, desk.clock())


async def test_what_was_there_before_the_subscription_is_not_missed(desk: Desk) -> None:
    """An item that came between the last poll and the verification is nobody's fault."""
    await desk.poll(OLD)
    desk.clock.advance(timedelta(minutes=1))
    await desk.ask()
    await desk.poll(NEW, OLD)
    assert (desk.push().state, desk.push().missed) == ("active", 0)
    desk.clock.advance(timedelta(minutes=1))
    await desk.poll(NEWER, NEW, OLD)
    assert desk.push().missed == 1


async def test_a_call_during_a_poll_is_not_lost(desk: Desk) -> None:
    """A poll that was under way when the hub called may have come too early, so there is another at once."""
    await desk.subscribe(OLD)
    with desk.app.store.write() as lane:
        jobs = polls.lease_named(lane, [desk.topic], desk.clock())
    await _deliver(desk, b"")
    account: list[Polled] = []
    await desk.poller.poll(jobs, account.append)
    assert desk.feed().next_poll_at == desk.clock()
    assert desk.push().called_at
    desk.clock.advance(timedelta(seconds=1))
    await desk.poll(NEW, OLD)
    assert (desk.push().called_at, desk.push().missed) == (None, 0)
