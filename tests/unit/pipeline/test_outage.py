"""An outage of our own network is recognised, blames no feed, and its end is noticed."""

import logging
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.fetching import Document, Failed, Fetched, Job, NotModified, Reason, Validators
from monitor.pipeline.outage import SITES, WINDOW, Outage, Outages, has_connected
from tests.builders import NOW

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
DOWN = Failed(Reason.UNREACHABLE, "The host's name has no address.")
UP = Document("https://up.example/feed", b"<rss/>")

names = st.sampled_from([f"site{number}.example" for number in range(12)])
tries = st.lists(st.tuples(st.integers(0, 120), names, st.booleans()), max_size=40)


def job(number: int, *, failures: int = 0, host: str | None = None) -> Job:
    """Return a feed of a site of its own."""
    return Job(number, f"https://{host or f'site{number}.example'}/feed", failures=failures)


@given(tries)
def test_down_means_many_sites_and_no_connection(steps: list[tuple[int, str, bool]]) -> None:
    """Whatever comes in, it is down only when enough sites failed since the last success."""
    outage, at, silent = Outage(), NOW, set[str]()
    for seconds, site, connected in steps:
        at += seconds * SECOND
        silent = set() if connected else silent | {site}
        down = outage.saw(at, site, connected=connected)
        assert not (down and len(silent) < SITES)
        assert not (down and connected)
        assert (outage.since is not None) == down


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["one.example", "two.example"])), max_size=60))
def test_a_fleet_of_two_sites_is_never_an_outage(steps: list[tuple[int, str]]) -> None:
    """However often one or two sites fail, that is their trouble."""
    outage, at = Outage(), NOW
    for seconds, site in steps:
        at += seconds * SECOND
        assert not outage.saw(at, site, connected=False)


@given(st.permutations(range(12)), st.integers(0, int(WINDOW.total_seconds()) // 12))
def test_many_sites_at_once_are_an_outage(order: list[int], apart: int) -> None:
    """Whatever the order, once enough sites failed within the window it is down, since the first of them."""
    outage = Outage()
    told = [
        outage.saw(NOW + place * apart * SECOND, f"site{number}.example", connected=False)
        for place, number in enumerate(order)
    ]
    assert told == [False] * (SITES - 1) + [True] * (12 - SITES + 1)
    assert outage.since == NOW


def test_failures_far_apart_are_no_outage() -> None:
    """Sites that fail one after the other, each a window apart, have nothing to do with each other."""
    outage = Outage()
    for number in range(50):
        assert not outage.saw(NOW + number * WINDOW, f"site{number}.example", connected=False)


def test_sites_that_stay_silent_after_an_outage_make_no_other() -> None:
    """Ten sites that die together are excused until another answers, and blamed from then on."""
    outage = Outage()
    down = [outage.saw(NOW, f"site{number}.example", connected=False) for number in range(10)]
    assert any(down)
    for minute in range(1, 50):
        outage.saw(NOW + minute * MINUTE, "alive.example", connected=True)
        for number in range(10):
            assert not outage.saw(NOW + minute * MINUTE, f"site{number}.example", connected=False)
    later = NOW + 60 * MINUTE
    for number in range(10):
        outage.saw(later, f"site{number}.example", connected=True)
    assert any(outage.saw(later, f"site{number}.example", connected=False) for number in range(10))


def test_hosts_of_one_site_are_one() -> None:
    """Ten hosts of one publisher that is down are no outage of ours."""
    outages = Outages()
    for number in range(10):
        assert not outages.heard(job(number, host=f"feeds{number}.publisher.example"), DOWN, NOW)
    assert outages.sentence() is None


def test_the_failures_of_the_window_are_taken_back(caplog: pytest.LogCaptureFixture) -> None:
    """The feed that makes it clear frees all before it, each later one itself, and it is logged once."""
    outages = Outages()
    told = [outages.heard(job(number), DOWN, NOW + number * SECOND) for number in range(SITES + 3)]
    assert [[one.feed_id for one in excused] for excused in told] == [
        *[[]] * (SITES - 1),
        list(range(SITES)),
        *[[SITES + more] for more in range(3)],
    ]
    assert outages.sentence() == "no site can be reached since 09:00 UTC: our own network seems to be down"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_its_end_is_noticed(caplog: pytest.LogCaptureFixture) -> None:
    """The first site that answers ends it, is logged once, and from then on failures count again."""
    outages = Outages()
    for number in range(SITES):
        outages.heard(job(number), DOWN, NOW)
    caplog.clear()
    assert outages.heard(job(90), UP, NOW + SECOND) == ()
    assert outages.heard(job(91), UP, NOW + SECOND) == ()
    assert outages.sentence() is None
    assert [record.message for record in caplog.records] == ["our own network is back"]
    assert outages.heard(job(1), DOWN, NOW + 2 * SECOND) == ()


def test_what_has_been_failing_says_nothing() -> None:
    """Ten feeds that failed the last time too and fail again, one after the other, are dead and no outage."""
    outages = Outages()
    assert not any(outages.heard(job(number, failures=3), DOWN, NOW) for number in range(10))
    assert outages.sentence() is None


def test_in_an_outage_nothing_counts_against_a_dead_feed_either() -> None:
    """While we are down a feed that was failing before is excused like the others."""
    outages = Outages()
    for number in range(SITES):
        outages.heard(job(number), DOWN, NOW)
    dead = job(50, failures=7)
    assert outages.heard(dead, DOWN, NOW + SECOND) == [dead]


def test_a_feed_that_was_not_asked_says_nothing() -> None:
    """A blocked address is neither a sign of life nor of an outage."""
    outages = Outages()
    for number in range(SITES):
        outages.heard(job(number), DOWN, NOW)
    blocked = Failed(Reason.BLOCKED, "This is not a whole http or https address.")
    assert outages.heard(job(70), blocked, NOW) == ()
    assert outages.sentence()


@pytest.mark.parametrize(
    ("fetched", "connected"),
    [
        (UP, True),
        (NotModified(Validators()), True),
        (Failed(Reason.SERVER_ERROR, "503", 503), True),
        (Failed(Reason.TOO_BIG, "too big"), True),
        (Failed(Reason.CERTIFICATE, "expired"), True),
        (Failed(Reason.TIMEOUT, "late", 200), True),
        (Failed(Reason.TIMEOUT, "late"), False),
        (DOWN, False),
        (Failed(Reason.BLOCKED, "private"), None),
        (Failed(Reason.REFUSED, "pause", postponed=MINUTE), None),
    ],
)
def test_what_tells_that_a_server_was_reached(fetched: Fetched, connected: bool | None) -> None:
    """Any answer does, even a refusal or a bad certificate; silence does not; who is not asked is no try."""
    assert has_connected(fetched) is connected
