"""The schedule follows the feed, backs off from trouble and never gives up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Document, Failed, Fetched, Job, NotModified, PollState, Reason, Validators
from monitor.schedule import GONE, JITTER, LONGEST_BACKOFF, START, next_state

NOW = datetime(2025, 11, 4, 12, tzinfo=UTC)
MINIMUM, MAXIMUM = timedelta(minutes=10), timedelta(hours=24)
HELD = Validators('"old"', "Tue, 04 Nov 2025 11:00:00 GMT")
JOB = Job(
    feed_id=7, url="https://example.org/feed", validators=HELD, body_hash="old", polls=9, interval=START
)
DOCUMENT = Document(JOB.url, b"<rss/>", validators=Validators('"new"'))
FAILED = Failed(Reason.SERVER_ERROR, "The server answered 503 Service Unavailable.", 503)

durations = st.timedeltas(timedelta(seconds=1), timedelta(days=30))
jobs = st.builds(
    Job,
    feed_id=st.integers(0, 2**40),
    url=st.just(JOB.url),
    polls=st.integers(0, 10**6),
    failures=st.integers(0, 10**6),
    every=st.none() | durations,
    interval=st.none() | durations,
)
failures = st.builds(
    Failed,
    reason=st.sampled_from(Reason),
    detail=st.just("It failed."),
    http=st.none() | st.integers(100, 599),
    retry_after=st.none() | st.timedeltas(timedelta(), MAXIMUM),
)
answers = failures | st.just(DOCUMENT) | st.just(NotModified(HELD))


def wait(state: PollState) -> timedelta:
    """Return how long until the next poll."""
    return state.next_poll_at - NOW


def jittered(state: PollState, expected: timedelta) -> bool:
    """Whether the wait is the expected one, or later by no more than the jitter."""
    return expected <= wait(state) <= expected * (1 + JITTER)


def test_starts_at_half_an_hour() -> None:
    """The first poll brings a backlog, which says nothing about the rhythm."""
    state = next_state(Job(7, JOB.url), DOCUMENT, 40, NOW)
    assert state.interval == START
    assert jittered(state, START)


def test_news_shortens_and_silence_lengthens() -> None:
    """Something new halves the interval; nothing new, by 304 or by an equal document, adds a quarter."""
    assert next_state(JOB, DOCUMENT, 1, NOW).interval == START / 2
    assert next_state(JOB, DOCUMENT, 0, NOW).interval == START * 1.25
    assert next_state(JOB, NotModified(HELD), 0, NOW).interval == START * 1.25


def test_every_wins() -> None:
    """A feed with a wish of its own is polled so, whatever it brings and whatever the bounds."""
    job = replace(JOB, every=timedelta(minutes=2))
    for fetched, new in ((DOCUMENT, 5), (DOCUMENT, 0), (NotModified(HELD), 0)):
        assert next_state(job, fetched, new, NOW).interval == timedelta(minutes=2)


def test_success_keeps_what_the_server_gave() -> None:
    """A document leaves its own validators and hash, a 304 its validators and the old hash; failures end."""
    job = replace(JOB, failures=3)
    after = next_state(job, DOCUMENT, 1, NOW)
    assert (after.validators, after.body_hash, after.failures) == (Validators('"new"'), DOCUMENT.body_hash, 0)
    assert (after.http, after.error, after.reason) == (200, None, None)
    unchanged = next_state(job, NotModified(Validators('"newer"')), 0, NOW)
    assert (unchanged.validators, unchanged.body_hash) == (Validators('"newer"'), "old")
    assert (unchanged.http, unchanged.failures) == (304, 0)


def test_failure_keeps_what_the_job_had() -> None:
    """A failure leaves validators, hash and interval, counts itself and says why."""
    state = next_state(replace(JOB, failures=3), FAILED, 0, NOW)
    assert (state.validators, state.body_hash, state.interval, state.failures) == (HELD, "old", START, 4)
    assert (state.http, state.error, state.reason) == (503, FAILED.detail, Reason.SERVER_ERROR)


def test_failures_back_off() -> None:
    """The wait doubles with every failure in a row, from the interval to a day, and stays there."""
    waits = [next_state(replace(JOB, failures=number), FAILED, 0, NOW) for number in range(8)]
    minutes = [30, 60, 120, 240, 480, 960, 1440, 1440]
    assert all(jittered(state, timedelta(minutes=each)) for state, each in zip(waits, minutes, strict=True))


def test_a_rare_feed_is_not_asked_more_often_for_failing() -> None:
    """A feed that is polled once a week is also retried once a week."""
    assert jittered(next_state(replace(JOB, every=timedelta(days=7)), FAILED, 0, NOW), timedelta(days=7))


def test_retry_after_is_the_least() -> None:
    """A server that asks for more time gets it, one that asks for less gets the usual wait."""
    patient = replace(FAILED, retry_after=timedelta(hours=5))
    hasty = replace(FAILED, retry_after=timedelta(seconds=5))
    assert jittered(next_state(JOB, patient, 0, NOW), timedelta(hours=5))
    assert jittered(next_state(JOB, hasty, 0, NOW), START)


def test_gone_is_asked_once_a_week() -> None:
    """A feed that is gone is not given up, but asked rarely."""
    assert jittered(next_state(JOB, Failed(Reason.GONE, "Gone.", 410), 0, NOW), GONE)


def test_feeds_do_not_stay_in_step() -> None:
    """Feeds polled at the same moment come due at moments of their own, spread over the jitter."""
    waits = {wait(next_state(replace(JOB, feed_id=number), FAILED, 0, NOW)) for number in range(100)}
    assert len(waits) == 100
    assert max(waits) - min(waits) > START * JITTER * 0.8


@given(jobs, answers, st.integers(0, 100))
def test_always_later_and_bounded(job: Job, fetched: Fetched, new: int) -> None:
    """For every feed and answer the next poll lies ahead, within the longest wait and the jitter."""
    state = next_state(job, fetched, new, NOW)
    longest = max(LONGEST_BACKOFF, state.interval)
    if isinstance(fetched, Failed) and fetched.reason is Reason.GONE:
        longest = max(longest, GONE)
    assert timedelta() < wait(state) <= longest * (1 + JITTER)
    assert state == next_state(job, fetched, new, NOW)


@given(jobs, answers, st.integers(0, 100))
def test_adaptive_intervals_stay_in_bounds(job: Job, fetched: Fetched, new: int) -> None:
    """An interval is the feed's own wish, or between minimum and maximum."""
    interval = next_state(job, fetched, new, NOW, minimum=MINIMUM, maximum=MAXIMUM).interval
    assert interval == job.every or MINIMUM <= interval <= MAXIMUM


@given(jobs, failures)
def test_more_failures_never_wait_less(job: Job, failed: Failed) -> None:
    """One more failure in a row makes the wait no shorter."""
    later = replace(job, failures=job.failures + 1)
    assert wait(next_state(later, failed, 0, NOW)) >= wait(next_state(job, failed, 0, NOW))


@given(jobs, failures)
def test_retry_after_is_honoured(job: Job, failed: Failed) -> None:
    """No poll comes before the time a server asked for."""
    assert wait(next_state(job, failed, 0, NOW)) >= (failed.retry_after or timedelta())


@pytest.mark.parametrize("news", [3, 4, 5])
def test_settles_where_one_poll_in_four_brings_news(news: int) -> None:
    """A feed with something every few hours is polled about four times as often, not ever more or less."""
    job, at, intervals, told = JOB, NOW, [], NOW
    period = timedelta(hours=news)
    for _ in range(400):
        state = next_state(job, DOCUMENT, int(at - told >= period), at)
        told = told + (at - told) // period * period
        job, at = replace(job, interval=state.interval), state.next_poll_at
        intervals.append(state.interval)
    average = sum(intervals[100:], timedelta()) / len(intervals[100:])
    assert period / 8 < average < period / 2
