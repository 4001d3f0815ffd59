"""What feed and server ask for is honoured as far as no item is lost by it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.model.fetching import Document, Failed, History, Job, NotModified, Reason, Rhythm, Validators
from monitor.model.polls import Outcome
from monitor.schedule import JITTER, next_state
from tests.unit.schedule.feeds import DAY, DOCUMENT, HOUR, MINUTE, NOW, URL

CALM = History(read_at=NOW - HOUR, last_new_at=NOW - HOUR, mean_gap=2 * HOUR)
JOB = Job(7, URL, polls=9, entries=40, interval=HOUR, history=CALM)
SEEN = Outcome(0, 40)


def wait(job: Job, fetched: Document | NotModified = DOCUMENT, outcome: Outcome = SEEN) -> timedelta:
    """Return how long until the next poll, without its jitter."""
    waited = next_state(job, fetched, outcome, NOW).next_poll_at - NOW
    return timedelta(minutes=int(waited / (1 + JITTER) / MINUTE) + 1)


def about(expected: timedelta) -> object:
    """Return what equals a span that is the expected one but for its jitter."""
    return pytest.approx(expected, rel=JITTER * 1.5)


def said(**rhythm: timedelta | tuple[int, ...]) -> Job:
    """Return a calm feed that asks for this."""
    return replace(JOB, history=replace(CALM, rhythm=Rhythm(**rhythm)))  # type: ignore[arg-type]  # by name


def test_without_hints_the_pace_counts() -> None:
    """Half the mean gap."""
    assert wait(JOB) == about(HOUR)


@pytest.mark.parametrize("name", ["ttl", "update_every"])
def test_what_the_document_asks_for_at_most_doubles_the_wait(name: str) -> None:
    """Ttl and sy:update* are the least wait, up to twice the one that the feed's pace gives."""
    assert wait(said(**{name: 90 * MINUTE})) == about(90 * MINUTE)
    assert wait(said(**{name: 5 * DAY})) == about(2 * HOUR)
    assert wait(said(**{name: 5 * MINUTE})) == about(HOUR)


@pytest.mark.parametrize("kind", [Document, NotModified])
def test_freshness_is_the_least_wait(kind: type) -> None:
    """While the server calls its answer fresh it is not asked, be it a document or a 304."""
    parts = (URL, b"<rss/>") if kind is Document else (Validators(),)
    assert wait(JOB, kind(*parts, fresh_for=6 * HOUR)) == about(6 * HOUR)
    assert wait(JOB, kind(*parts, fresh_for=MINUTE)) == about(HOUR)


def test_freshness_is_capped_and_a_year_of_it_ignored() -> None:
    """A week is at most the longest interval; a year is a mistake, and nothing asked for is nothing."""
    rare = replace(JOB, entries=4000)
    assert wait(rare, replace(DOCUMENT, fresh_for=7 * DAY), Outcome(0, 4000)) == about(DAY)
    assert wait(rare, replace(DOCUMENT, fresh_for=365 * DAY), Outcome(0, 4000)) == about(HOUR)
    assert wait(rare, replace(DOCUMENT, fresh_for=timedelta())) == about(HOUR)


def test_no_hint_lets_a_document_turn_over() -> None:
    """Of a document of eight items with one every two hours a quarter is new after four: that is the most."""
    small = replace(JOB, entries=8)
    assert wait(small, replace(DOCUMENT, fresh_for=12 * HOUR), Outcome(0, 8)) == about(4 * HOUR)
    assert wait(small, NotModified(Validators(), fresh_for=12 * HOUR), Outcome()) == about(4 * HOUR)


def test_a_feed_polled_too_rarely_knows_no_hints() -> None:
    """After a poll that found no known item hints are not heard for a week, then again."""
    job = replace(JOB, history=replace(CALM, last_gap_at=NOW - 6 * DAY))
    patient = replace(DOCUMENT, fresh_for=6 * HOUR)
    assert wait(job, patient) == about(HOUR)
    assert wait(replace(JOB, history=replace(CALM, last_gap_at=NOW - 8 * DAY)), patient) == about(6 * HOUR)


def test_every_wins_over_all_hints() -> None:
    """A feed with an interval of its own is polled by it, whatever feed and server ask for."""
    job = replace(said(ttl=DAY, skip_hours=tuple(range(23))), every=30 * MINUTE)
    assert wait(job, replace(DOCUMENT, fresh_for=6 * HOUR)) == about(30 * MINUTE)


def test_retry_after_wins_over_every() -> None:
    """What a server asks for with a refusal is the least, also where a person asked for more."""
    refused = Failed(Reason.REFUSED, "The server answered 429 Too Many Requests.", 429, 3 * HOUR)
    state = next_state(replace(JOB, every=MINUTE), refused, Outcome(), NOW)
    assert state.next_poll_at - NOW >= 3 * HOUR


def due(*, hours: tuple[int, ...] = (), days: tuple[int, ...] = ()) -> datetime:
    """Return when a calm feed is polled that skips these."""
    return next_state(said(skip_hours=hours, skip_days=days), DOCUMENT, SEEN, NOW).next_poll_at


def test_skipped_hours_move_a_poll_to_the_first_that_is_not() -> None:
    """At noon, polls of 13 and 14 hours move to 15, with their minutes; an hour not met moves nothing."""
    assert due(hours=(13, 14)).hour == 15
    assert due(hours=(13, 14)).minute == due().minute
    assert due(hours=(20,)) == due()


def test_skipped_days_move_a_poll_by_a_day_at_most() -> None:
    """A skipped day, a Tuesday, is waited for; of three, one is."""
    assert (due(days=(1,)).weekday(), due(days=(1,)).hour) == (2, 0)
    assert due(days=(1, 2, 3)) == due() + DAY


def test_a_rhythm_is_remembered() -> None:
    """What a document said holds for the polls without one, until another document says otherwise."""
    rhythm = Rhythm(ttl=90 * MINUTE)
    read = next_state(JOB, DOCUMENT, replace(SEEN, rhythm=rhythm), NOW)
    assert read.history.rhythm == rhythm
    kept = next_state(replace(JOB, history=read.history), NotModified(Validators()), Outcome(), NOW)
    assert kept.history.rhythm == rhythm
    gone = next_state(replace(JOB, history=read.history), DOCUMENT, replace(SEEN, rhythm=Rhythm()), NOW)
    assert gone.history.rhythm == Rhythm()
