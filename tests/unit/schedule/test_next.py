"""The next poll: always ahead, in bounds, later after failures, and never given up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

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
from monitor.schedule import GONE, JITTER, LONGEST_BACKOFF, next_state
from monitor.schedule.pace import START

NOW = datetime(2025, 11, 4, 12, tzinfo=UTC)
MINIMUM, MAXIMUM = timedelta(minutes=10), timedelta(hours=24)
HELD = Validators('"old"', "Tue, 04 Nov 2025 11:00:00 GMT")
JOB = Job(
    feed_id=7, url="https://example.org/feed", validators=HELD, body_hash="old", polls=9, interval=START
)
DOCUMENT = Document(JOB.url, b"<rss/>", validators=Validators('"new"'))
ELSEWHERE = "https://elsewhere.example/feed"
NONE, ONE = Outcome(), Outcome(1, 29)
FAILED = Failed(Reason.SERVER_ERROR, "The server answered 503 Service Unavailable.", 503)

durations = st.timedeltas(timedelta(seconds=1), timedelta(days=30))
moments = st.datetimes(datetime(1995, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- the zone is beside it
hours = st.lists(st.integers(0, 23), unique=True, max_size=23).map(tuple)
days = st.lists(st.integers(0, 6), unique=True, max_size=6).map(tuple)
rhythms = st.builds(Rhythm, st.none() | durations, st.none() | durations, hours, days)
histories = st.builds(
    History,
    read_at=st.none() | moments,
    last_new_at=st.none() | moments,
    mean_gap=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=10_000)),
    gaps=st.integers(0, 10**6),
    last_gap_at=st.none() | moments,
    rhythm=rhythms,
    failing_since=st.none() | moments,
    reason=st.none() | st.sampled_from(Reason),
    broken=st.booleans(),
    moved=st.none() | st.builds(Moved, st.just(ELSEWHERE), moments, st.integers(1, 9)),
)
outcomes = st.builds(
    Outcome,
    new=st.integers(0, 10**4),
    known=st.integers(0, 10**4),
    rhythm=st.none() | rhythms,
    dates=st.lists(moments, max_size=5).map(tuple),
)
jobs = st.builds(
    Job,
    feed_id=st.integers(0, 2**40),
    url=st.just(JOB.url),
    polls=st.integers(0, 10**6),
    entries=st.integers(0, 10**4),
    failures=st.integers(0, 10**6),
    every=st.none() | durations,
    interval=st.none() | durations,
    address=st.none() | st.just(ELSEWHERE),
    history=histories,
)
failures = st.builds(
    Failed,
    reason=st.sampled_from(Reason),
    detail=st.just("It failed."),
    http=st.none() | st.integers(100, 599),
    retry_after=st.none() | st.timedeltas(timedelta(), MAXIMUM),
)
answers = (
    failures
    | st.just(DOCUMENT)
    | st.builds(
        NotModified, st.just(HELD), fresh_for=st.none() | durations, moved_to=st.none() | st.just(ELSEWHERE)
    )
)


def wait(state: PollState) -> timedelta:
    """Return how long until the next poll."""
    return state.next_poll_at - NOW


def jittered(state: PollState, expected: timedelta) -> bool:
    """Whether the wait is the expected one, or later by no more than the jitter."""
    return expected <= wait(state) <= expected * (1 + JITTER)


def test_starts_at_half_an_hour() -> None:
    """The first poll brings a backlog, whose number says nothing about the rhythm."""
    state = next_state(Job(7, JOB.url), DOCUMENT, Outcome(new=40), NOW)
    assert state.interval == START
    assert jittered(state, START)


def test_every_wins() -> None:
    """A feed with a wish of its own is polled so, whatever it brings and whatever the bounds."""
    job = replace(JOB, every=timedelta(minutes=2))
    for fetched, outcome in ((DOCUMENT, Outcome(5, 5)), (DOCUMENT, NONE), (NotModified(HELD), NONE)):
        assert next_state(job, fetched, outcome, NOW).interval == timedelta(minutes=2)


def test_a_feed_is_polled_once_in_its_interval_whatever_the_tick() -> None:
    """FAILURES 36: what is due a moment after a tick waits for the next tick, not for another interval."""
    due, polled = NOW, []
    for now in (NOW + tick * timedelta(seconds=50) for tick in range(24 * 72)):
        if due <= now:
            job = replace(JOB, every=timedelta(hours=2))
            due = next_state(job, NotModified(HELD), NONE, now).next_poll_at
            polled.append(now)
    assert len(polled) in {11, 12}


def test_success_keeps_what_the_server_gave() -> None:
    """A document leaves its own validators and hash, a 304 its validators and the old hash; failures end."""
    job = replace(JOB, failures=3)
    after = next_state(job, DOCUMENT, ONE, NOW)
    assert (after.validators, after.body_hash, after.failures) == (Validators('"new"'), DOCUMENT.body_hash, 0)
    assert (after.http, after.error, after.reason) == (200, None, None)
    unchanged = next_state(job, NotModified(Validators('"newer"')), NONE, NOW)
    assert (unchanged.validators, unchanged.body_hash) == (Validators('"newer"'), "old")
    assert (unchanged.http, unchanged.failures) == (304, 0)


def test_failure_keeps_what_the_job_had() -> None:
    """A failure leaves validators, hash and interval, counts itself and says why."""
    state = next_state(replace(JOB, failures=3), FAILED, NONE, NOW)
    assert (state.validators, state.body_hash, state.interval, state.failures) == (HELD, "old", START, 4)
    assert (state.http, state.error, state.reason) == (503, FAILED.detail, Reason.SERVER_ERROR)


def test_failures_back_off() -> None:
    """The wait doubles with every failure in a row, from the interval to a day, and stays there."""
    waits = [next_state(replace(JOB, failures=number), FAILED, NONE, NOW) for number in range(8)]
    minutes = [30, 60, 120, 240, 480, 960, 1440, 1440]
    assert all(jittered(state, timedelta(minutes=each)) for state, each in zip(waits, minutes, strict=True))


def test_a_rare_feed_is_not_asked_more_often_for_failing() -> None:
    """A feed that is polled once a week is also retried once a week."""
    assert jittered(next_state(replace(JOB, every=timedelta(days=7)), FAILED, NONE, NOW), timedelta(days=7))


def test_retry_after_is_the_least() -> None:
    """A server that asks for more time gets it, one that asks for less gets the usual wait."""
    patient = replace(FAILED, retry_after=timedelta(hours=5))
    hasty = replace(FAILED, retry_after=timedelta(seconds=5))
    assert jittered(next_state(JOB, patient, NONE, NOW), timedelta(hours=5))
    assert jittered(next_state(JOB, hasty, NONE, NOW), START)


def test_one_retry_after_for_many_feeds_does_not_bring_them_back_together() -> None:
    """Feeds of a host that refused them all for an hour come back one after the other, none too early."""
    refused = Failed(Reason.REFUSED, "The server answered 429 Too Many Requests.", 429, timedelta(hours=1))
    waits = {wait(next_state(replace(JOB, feed_id=number), refused, NONE, NOW)) for number in range(100)}
    assert len(waits) == 100
    assert min(waits) >= timedelta(hours=1)


def test_an_interval_of_nothing_is_not_nothing() -> None:
    """However short a wish, a mean or a bound is, the next poll is not at the same tick."""
    wish = replace(JOB, every=timedelta(microseconds=1))
    rapid = replace(JOB, history=History(NOW, NOW, timedelta(seconds=1)))
    for job in (wish, rapid):
        assert next_state(job, DOCUMENT, Outcome(30), NOW, minimum=timedelta(seconds=1)).next_poll_at > NOW


def test_gone_is_asked_once_a_week() -> None:
    """A feed that is gone is not given up, but asked rarely."""
    assert jittered(next_state(JOB, Failed(Reason.GONE, "Gone.", 410), NONE, NOW), GONE)


def test_feeds_do_not_stay_in_step() -> None:
    """Feeds polled at the same moment come due at moments of their own, spread over the jitter."""
    waits = {wait(next_state(replace(JOB, feed_id=number), FAILED, NONE, NOW)) for number in range(100)}
    assert len(waits) == 100
    assert max(waits) - min(waits) > START * JITTER * 0.8


@given(jobs, answers, outcomes)
def test_always_later_and_bounded(job: Job, fetched: Fetched, outcome: Outcome) -> None:
    """For every feed and answer the next poll lies after the tick, within the longest wait and the jitter."""
    state = next_state(job, fetched, outcome, NOW)
    longest = max(LONGEST_BACKOFF, state.interval)
    if isinstance(fetched, Failed) and fetched.reason is Reason.GONE:
        longest = max(longest, GONE)
    assert timedelta() < wait(state) <= longest * (1 + JITTER) + timedelta(days=1)
    assert state == next_state(job, fetched, outcome, NOW)


@given(jobs, answers, outcomes)
def test_adaptive_intervals_stay_in_bounds(job: Job, fetched: Fetched, outcome: Outcome) -> None:
    """An interval is the feed's own wish, or between minimum and maximum."""
    interval = next_state(job, fetched, outcome, NOW, minimum=MINIMUM, maximum=MAXIMUM).interval
    assert interval == job.every or MINIMUM <= interval <= MAXIMUM


@given(jobs, failures)
def test_more_failures_never_wait_less(job: Job, failed: Failed) -> None:
    """One more failure in a row makes the wait no shorter."""
    later = replace(job, failures=job.failures + 1)
    assert wait(next_state(later, failed, NONE, NOW)) >= wait(next_state(job, failed, NONE, NOW))


@given(jobs, failures)
def test_retry_after_is_honoured(job: Job, failed: Failed) -> None:
    """No poll comes before the time a server asked for."""
    assert wait(next_state(job, failed, NONE, NOW)) >= (failed.retry_after or timedelta())
