"""A feed becomes broken, recovers, ends and moves, and each is told once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model.fetching import Document, Failed, NotModified, Reason, Validators
from monitor.model.polls import Outcome
from tests.unit.schedule.feeds import DAY, DOCUMENT, FAILED, HOUR, URL, Feed

GONE = Failed(Reason.GONE, "The server answered 410 Gone.", 410)
NEW = "https://new.example/feed"
REFUSED = Failed(Reason.REFUSED, "The server answered 404 Not Found.", 404)


def test_broken_after_three_failures_in_a_row() -> None:
    """Two failures are told nobody; the third is, with its reason, and no other after it."""
    feed = Feed()
    feed.poll()
    assert feed.polls(FAILED, 2) == ()
    (told,) = feed.polls(FAILED, 1)
    assert (told.kind, told.detail) == ("broken", f"server-error: {FAILED.detail}")
    feed.polls(FAILED, 20)
    assert feed.kinds == ["broken"]


def test_broken_after_a_day() -> None:
    """A feed that is asked once a day is told of as broken at its second failure."""
    feed = Feed()
    feed.job = replace(feed.job, every=DAY)
    assert feed.polls(FAILED, 1) == ()
    assert [one.kind for one in feed.polls(FAILED, 1)] == ["broken"]


def test_two_failures_and_a_success_tell_nothing() -> None:
    """What was never told of as broken does not recover."""
    feed = Feed()
    for _ in range(5):
        feed.polls(FAILED, 2)
        state = feed.poll()
    assert feed.kinds == []
    assert (state.history.failing_since, state.history.reason, state.failures) == (None, None, 0)


def test_a_404_that_heals_is_told_as_recovered() -> None:
    """A feed that was not there for days comes back to its interval at the first success, told once."""
    feed = Feed()
    interval = feed.poll().interval
    feed.polls(REFUSED, 8)
    since = feed.job.history.failing_since
    assert since
    state = feed.poll()
    (told,) = state.incidents
    assert told.kind == "recovered"
    assert told.detail == f"After 8 failures since {since:%Y-%m-%d %H:%M} UTC."
    assert state.interval < interval + DAY
    assert feed.polls(DOCUMENT, 3) == ()
    assert feed.kinds == ["broken", "recovered"]


def test_a_feed_that_is_gone_is_told_at_once_asked_weekly_and_can_return() -> None:
    """410 is told at the first answer, once, and the feed is asked once a week, for ever."""
    feed = Feed()
    feed.poll()
    for _ in range(5):
        at = feed.at
        feed.poll(GONE)
        assert 7 * DAY <= feed.at - at < 7.5 * DAY
    assert feed.kinds == ["gone"]
    feed.poll(outcome=Outcome(3, 7))
    assert feed.kinds == ["gone", "recovered"]


def test_a_broken_feed_that_ends_is_told_of_again() -> None:
    """First broken, then gone: a person learns both."""
    feed = Feed()
    feed.polls(FAILED, 5)
    feed.polls(GONE, 2)
    assert feed.kinds == ["broken", "gone"]


def test_a_bad_certificate_is_like_any_failure() -> None:
    """It backs off, is told after three, keeps its reason, and is never given up."""
    feed = Feed()
    bad = Failed(Reason.CERTIFICATE, "The certificate is not to be trusted: certificate has expired.")
    (told,) = feed.polls(bad, 3)
    assert told.detail.startswith("certificate: ")
    feed.polls(bad, 50)
    assert feed.job.history.reason is Reason.CERTIFICATE
    before = feed.at
    feed.poll(bad)
    assert feed.at - before < 1.1 * DAY


@pytest.mark.parametrize("answer", [replace(DOCUMENT, moved_to=NEW), NotModified(Validators(), moved_to=NEW)])
def test_a_feed_moves_after_three_polls_over_a_day(answer: Document | NotModified) -> None:
    """A permanent redirect that several polls over a day have seen becomes the address that is asked."""
    feed = Feed()
    start = feed.at
    while feed.job.address is None:
        assert feed.at - start < 2 * DAY
        feed.poll(answer)
    assert feed.job.asked == NEW
    assert feed.job.url == URL
    assert feed.at - start >= DAY
    assert feed.poll().address == NEW
    assert feed.job.history.moved is None


def test_three_quick_redirects_do_not_move_a_feed() -> None:
    """A redirect of an hour, by a portal or a mistake, moves nothing; one answer without it starts anew."""
    feed = Feed()
    feed.job = replace(feed.job, every=timedelta(minutes=10))
    feed.polls(replace(DOCUMENT, moved_to=NEW), 100)
    assert feed.job.address is None
    feed.poll()
    feed.polls(replace(DOCUMENT, moved_to=NEW), 100)
    assert feed.job.address is None


def test_a_redirect_that_changes_its_aim_does_not_move_a_feed() -> None:
    """Every poll that names another address starts the count anew."""
    feed = Feed()
    feed.job = replace(feed.job, every=12 * HOUR)
    for number in range(20):
        feed.poll(replace(DOCUMENT, moved_to=f"{NEW}/{number % 2}"))
    assert feed.job.address is None


def test_failures_between_do_not_undo_a_move() -> None:
    """A server that fails now and then while it redirects still moves the feed."""
    feed = Feed()
    feed.job = replace(feed.job, every=10 * HOUR)
    for _ in range(4):
        feed.poll(replace(DOCUMENT, moved_to=NEW))
        feed.poll(FAILED)
    assert feed.job.address == NEW


def test_a_moved_feed_that_breaks_is_asked_at_its_own_address_again() -> None:
    """The address of a move is not for ever: where it breaks, the subscription's own counts."""
    feed = Feed()
    feed.job = replace(feed.job, address=NEW)
    feed.polls(REFUSED, 2)
    assert feed.job.asked == NEW
    feed.polls(REFUSED, 1)
    assert feed.job.asked == URL


def test_a_feed_that_moves_back_is_asked_at_its_own_address() -> None:
    """A move to the address that was subscribed to is no move."""
    feed = Feed()
    feed.job = replace(feed.job, address=NEW, every=13 * HOUR)
    feed.polls(replace(DOCUMENT, moved_to=URL), 3)
    assert feed.job.address is None
    assert feed.poll(outcome=Outcome(0, 3)).address is None
