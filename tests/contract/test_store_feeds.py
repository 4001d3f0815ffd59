"""Subscriptions on every database: what the file owns, what a person adds, who polls what and when."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.model.entries import ParsedFeed
from monitor.model.feeds import FeedOptions, Subscription
from monitor.model.fetching import Job, Reason, Validators
from monitor.model.polls import PollState
from monitor.store import Store, corpus, feeds, polls, settling, subscriptions
from tests.builders import NOW, entry, subscription

A, B, C = (f"https://{name}.example/feed" for name in ("anchor", "beacon", "crane"))
MINUTE = timedelta(minutes=1)


def declare(store: Store, *wanted: Subscription) -> None:
    """Take in a configuration with these feeds."""
    with store.write() as lane:
        subscriptions.declare(lane, wanted, NOW)


def shown(store: Store) -> dict[str, bool]:
    """Return every listed subscription and whether it is polled."""
    with store.read() as connection:
        return {view.url: not view.paused for view in feeds.views(connection)}


def lease(store: Store, limit: int = 100, *, late: timedelta = timedelta()) -> list[str]:
    """Take due feeds for polling; return their addresses."""
    with store.write() as lane:
        return [job.url for job in polls.lease_due(lane, NOW + late, limit)]


def settled(job: Job, *, error: str | None = None, after: timedelta = 15 * MINUTE) -> PollState:
    """Return what a poll left, failed or not."""
    return PollState(
        next_poll_at=NOW + after,
        interval=after,
        validators=Validators('"v1"', "Mon, 02 Mar 2026 09:00:00 GMT"),
        body_hash="b1",
        failures=job.failures + 1 if error else 0,
        http=500 if error else 200,
        error=error,
        reason=Reason.SERVER_ERROR if error else None,
    )


def test_what_leaves_the_file_is_paused_and_comes_back(store: Store) -> None:
    """A feed that the configuration no longer names stays, unpolled, and goes on when it is named again."""
    declare(store, subscription(A), subscription(B))
    declare(store, subscription(B))
    assert shown(store) == {A: False, B: True}
    assert lease(store) == [B]
    declare(store, subscription(A), subscription(B))
    assert shown(store) == {A: True, B: True}
    assert lease(store) == [A]


def test_the_file_describes_its_feeds(store: Store) -> None:
    """Interval, folder and a given title follow the file; the title that a feed gave itself stays."""
    declare(store, Subscription(A, "Anchor", timedelta(hours=1), "Ports", {"lang": "uk"}), subscription(B))
    declare(store, Subscription(A, "The Anchor", None, "Sea"), subscription(B, "Beacon"))
    with store.read() as connection:
        one, two = sorted(feeds.views(connection), key=lambda view: view.url)
    assert (one.title, one.every, one.folder, dict(one.attributes)) == ("The Anchor", None, "Sea", {})
    assert (two.title, two.origin) == ("Beacon", "file")


def test_what_the_file_owns_cannot_be_removed_but_paused(store: Store) -> None:
    """Removing a feed of the configuration is refused with advice; pausing it holds over a restart."""
    declare(store, subscription(A))
    with pytest.raises(UsageError, match="take it out there"), store.write() as lane:
        subscriptions.remove(lane, A)
    with store.write() as lane:
        subscriptions.pause(lane, A, paused=True, now=NOW)
    declare(store, subscription(A))
    assert shown(store) == {A: False}
    assert lease(store) == []
    with store.write() as lane:
        subscriptions.pause(lane, A, paused=False, now=NOW)
    assert lease(store) == [A]


def test_what_a_person_adds_the_file_does_not_touch(store: Store) -> None:
    """A feed that was added by hand outlives every configuration, and its adder can remove it."""
    with store.write() as lane:
        assert subscriptions.add(lane, [subscription(A), subscription(B)], NOW) == [A, B]
        assert subscriptions.add(lane, [subscription(A)], NOW) == []
    declare(store, subscription(C))
    declare(store)
    assert shown(store) == {A: True, B: True, C: False}
    with store.write() as lane:
        subscriptions.remove(lane, A)
    assert shown(store) == {B: True, C: False}
    with store.write() as lane:
        assert subscriptions.add(lane, [subscription(A)], NOW) == [A]
    assert shown(store) == {A: True, B: True, C: False}


def test_one_feed_under_two_addresses_is_there_once(store: Store) -> None:
    """FAILURES 27: a feed added again by another scheme, www, slash or fragment adds nothing and is named."""
    other = "http://www.anchor.example/feed/#top"
    with store.write() as lane:
        assert subscriptions.add(lane, [subscription(A), subscription(other), subscription(B)], NOW) == [A, B]
        assert subscriptions.add(lane, [subscription(other), subscription(C)], NOW) == [C]
        assert subscriptions.subscribed_as(lane, [other, B, "https://dock.example/"]) == {other: A, B: B}
        subscriptions.pause(lane, other, paused=True, now=NOW)
    assert shown(store) == {A: False, B: True, C: True}


def test_the_file_takes_over_a_feed_that_is_there_under_another_address(store: Store) -> None:
    """A feed goes on with its history under the address that the file gives it, asked afresh there."""
    other = "http://www.anchor.example/feed/"
    with store.write() as lane:
        subscriptions.add(lane, [subscription(other)], NOW)
        (first,) = polls.lease_due(lane, NOW, 1)
        settling.settle(lane, [settling.Settled(first, settled(first))], NOW)
    declare(store, subscription(A))
    with store.write() as lane:
        (job,) = polls.lease_all(lane, NOW)
        (view,) = feeds.views(lane)
    assert (job.url, job.source_id, job.polls, job.validators) == (A, first.source_id, 1, Validators())
    assert (view.url, view.origin) == (A, "file")


def test_two_addresses_of_one_feed_from_older_days_both_stay(store: Store) -> None:
    """What was there twice before keys were is not lost, and each is still called by its own address."""
    other = A.replace("https", "http")
    declare(store, subscription(A), subscription(other))
    assert shown(store) == {A: True, other: True}
    declare(store, subscription(other))
    assert shown(store) == {A: False, other: True}
    with store.write() as lane:
        assert subscriptions.subscribed_as(lane, [A]) == {A: other}
        assert subscriptions.asked_for(lane, A).url == A


def test_the_file_may_say_whether_a_feed_is_polled(store: Store) -> None:
    """What the file says of pausing holds when it is taken in; where it says nothing, commands decide."""
    declare(store, Subscription(A, paused=True), subscription(B))
    assert shown(store) == {A: False, B: True}
    declare(store, subscription(A), Subscription(B, paused=True))
    assert shown(store) == {A: False, B: False}
    declare(store, Subscription(A, paused=False), Subscription(B, paused=False))
    assert shown(store) == {A: True, B: True}


def test_of_two_that_were_removed_the_one_that_is_asked_for_comes_back(store: Store) -> None:
    """Where an older version let one feed in twice and both were removed, adding one again takes that one."""
    other = A.replace("https", "http")
    declare(store, subscription(A), subscription(other))
    declare(store)
    for url in (A, other, A):
        with store.write() as lane:
            assert subscriptions.add(lane, [subscription(url)], NOW) == [url]
            assert subscriptions.subscribed_as(lane, [A, other]) == {A: url, other: url}
            subscriptions.remove(lane, url)


OPTIONS = FeedOptions(
    "desk", "hush", (("X-Key", "k1"), ("X-Key", "k2")), "ua/1", "http://proxy.example", True
)


def test_how_a_feed_is_asked_for_travels_with_its_job(store: Store) -> None:
    """Options of the file and of a person are kept whole, handed out, changed and taken away again."""
    declare(store, Subscription(A, options=OPTIONS))
    with store.write() as lane:
        subscriptions.add(
            lane, [Subscription(B, options=FeedOptions(user_agent="ua/2")), Subscription(C)], NOW
        )
        jobs = {job.url: job.options for job in polls.lease_all(lane, NOW)}
    assert jobs == {A: OPTIONS, B: FeedOptions(user_agent="ua/2"), C: FeedOptions()}
    declare(store, Subscription(A))
    with store.write() as lane:
        wanted = Subscription(B, "Beacon", timedelta(hours=1), "Ports", {"lang": "uk"}, OPTIONS)
        subscriptions.change(lane, wanted)
        assert subscriptions.asked_for(lane, B) == wanted
        assert {job.url: job.options for job in polls.lease_all(lane, NOW)} == {
            A: FeedOptions(),
            B: OPTIONS,
            C: FeedOptions(),
        }
        with pytest.raises(UsageError, match="change it there"):
            subscriptions.change(lane, Subscription(A, "Anchor"))


def test_ten_thousand_feeds_take_few_statements(store: Store) -> None:
    """A large list costs statements by the part, not by the feed."""
    many = [subscription(f"https://{number}.example/feed", f"Feed {number}") for number in range(1200)]
    with store.write() as lane:
        counted: list[str] = []
        sa.event.listen(lane, "before_cursor_execute", lambda *told: counted.append(told[2]))
        assert len(subscriptions.add(lane, many, NOW)) == 1200
    assert len(counted) < 12
    assert len(shown(store)) == 1200


ASKED: dict[str, Callable[[sa.Connection], object]] = {
    "remove": lambda lane: subscriptions.remove(lane, A),
    "pause": lambda lane: subscriptions.pause(lane, A, paused=True, now=NOW),
    "resume": lambda lane: subscriptions.pause(lane, A, paused=False, now=NOW),
    "poll": lambda lane: polls.lease_named(lane, [A], NOW),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_an_unknown_feed_is_named(store: Store, ask: Callable[[sa.Connection], object]) -> None:
    """What is asked of a feed that is not subscribed to is answered with its address."""
    with store.write() as lane, pytest.raises(UsageError, match=f"{A} is not subscribed"):
        ask(lane)


def test_two_takers_never_get_one_feed(store: Store) -> None:
    """Due feeds are handed out once, the longest overdue first, until their lease ends or is given back."""
    declare(store, *(subscription(url) for url in (A, B, C)))
    assert lease(store, 2) == [A, B]
    assert lease(store) == [C]
    assert lease(store) == []
    assert lease(store, late=polls.LEASE) == []
    assert lease(store, late=polls.LEASE + MINUTE) == [A, B, C]


def test_a_feed_given_back_is_free(store: Store) -> None:
    """What was handed out and not polled can be handed out at once."""
    declare(store, subscription(A), subscription(B))
    with store.write() as lane:
        jobs = polls.lease_due(lane, NOW, 10)
        polls.release(lane, jobs[:1])
    assert lease(store) == [A]


def test_all_and_named_feeds_need_not_be_due(store: Store) -> None:
    """A person may poll every feed, and by name a paused one too; what left the file is not among all."""
    declare(store, *(subscription(url) for url in (A, B, C)))
    declare(store, subscription(A), subscription(B))
    with store.write() as lane:
        subscriptions.pause(lane, B, paused=True, now=NOW)
        assert [job.url for job in polls.lease_all(lane, NOW)] == [A]
        assert [job.url for job in polls.lease_named(lane, [C, B], NOW)] == [B, C]


def test_a_settled_poll_is_what_the_next_one_starts_from(store: Store) -> None:
    """Validators, the document's hash and the counts come back with the next job; failures are counted."""
    declare(store, subscription(A, every=timedelta(hours=1)))
    parsed = ParsedFeed((entry("A"), entry("B")), title="Anchor News", site="https://anchor.example/")
    with store.write() as lane:
        (first,) = polls.lease_due(lane, NOW, 1)
        settling.settle(lane, [settling.Settled(first, settled(first), parsed)], NOW)
    assert lease(store, late=14 * MINUTE) == []
    with store.write() as lane:
        (second,) = polls.lease_due(lane, NOW + 15 * MINUTE, 1)
        failed = settling.Settled(second, settled(second, error="answered 500"))
        settling.settle(lane, [failed], NOW + 15 * MINUTE)
        (third,) = polls.lease_all(lane, NOW)
        (view,) = feeds.views(lane)
    assert (first.polls, first.validators, first.every) == (0, Validators(), timedelta(hours=1))
    assert (second.polls, second.entries, second.failures, second.body_hash) == (1, 2, 0, "b1")
    assert second.validators == Validators('"v1"', "Mon, 02 Mar 2026 09:00:00 GMT")
    assert (second.interval, third.polls, third.failures, third.entries) == (15 * MINUTE, 1, 1, 2)
    assert (view.title, view.site, view.reason, view.error) == (
        "Anchor News",
        "https://anchor.example/",
        "server-error",
        "answered 500",
    )
    assert (view.last_success_at, view.last_poll_at) == (NOW, NOW + 15 * MINUTE)


def test_a_name_given_by_a_person_stays(store: Store) -> None:
    """What a feed calls itself does not replace the title that somebody gave it."""
    declare(store, subscription(A, "Our anchor"))
    with store.write() as lane:
        (job,) = polls.lease_due(lane, NOW, 1)
        settling.settle(lane, [settling.Settled(job, settled(job), ParsedFeed((), title="Anchor News"))], NOW)
        (view,) = feeds.views(lane)
    assert view.title == "Our anchor"


def test_the_configuration_taken_in_is_remembered(store: Store) -> None:
    """The fingerprint of the last configuration is there, and the newest replaces it."""
    with store.write() as lane:
        assert corpus.taken_in(lane) is None
        corpus.take_in(lane, "one")
        corpus.take_in(lane, "two")
        assert corpus.taken_in(lane) == "two"
