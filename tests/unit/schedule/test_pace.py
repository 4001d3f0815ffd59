"""The interval follows the feed: half its mean gap, and so short that no item is missed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.fetching import History, Job, NotModified, Validators
from monitor.model.polls import Outcome, PollState
from monitor.schedule import after_push, next_state, pace
from tests.unit.schedule.feeds import DAY, FAILED, HOUR, MINUTE, NOW, Feed


def lived(gap: timedelta, polls: int, size: int = 30) -> tuple[Feed, list[PollState]]:
    """Poll a feed that brings an item every so often; return it and what the polls left."""
    feed, told, states = Feed(), NOW, []
    states = [feed.poll(outcome=Outcome(size))]
    for _ in range(polls):
        new = (feed.at - told) // gap
        told += new * gap
        shown = min(new, size)
        states.append(feed.poll(outcome=Outcome(shown, size - shown)))
    return feed, states


@pytest.mark.parametrize("gap", [HOUR, 3 * HOUR, 12 * HOUR])
def test_settles_at_half_the_mean_gap(gap: timedelta) -> None:
    """A feed with something every few hours is polled about twice as often, not ever more or less."""
    _, states = lived(gap, 200)
    waits = [state.interval for state in states[100:]]
    assert gap / 3 < sum(waits, timedelta()) / len(waits) < gap / 1.5


def test_no_item_is_missed_when_a_feed_speeds_up() -> None:
    """A feed that brings sixteen times as much from one hour to the next is never found wholly new."""
    feed, _ = lived(4 * HOUR, 100)
    told = feed.at
    for _ in range(100):
        new = (feed.at - told) // (15 * MINUTE)
        told += new * 15 * MINUTE
        feed.poll(outcome=Outcome(min(new, 30), 30 - min(new, 30)))
    assert feed.job.history.gaps == 0
    assert feed.job.interval == pytest.approx(10 * MINUTE, abs=2 * MINUTE)


def test_zero_overlap_is_counted_told_and_answered_by_polling_sooner() -> None:
    """FAILURES 24: none of several items known is a quarter of the wait, an incident and a gap."""
    feed, states = lived(8 * HOUR, 50)
    before = states[-1].interval
    state = feed.poll(outcome=Outcome(30))
    assert state.interval < before / 3
    assert state.history.gaps == 1
    assert [one.kind for one in state.incidents] == ["gap"]
    assert "30 items" in state.incidents[0].detail
    assert state.rare_until
    assert pace.is_rare(state.history, state.next_poll_at)
    assert not pace.is_rare(state.history, state.rare_until)


def test_zero_overlap_is_told_once_until_a_day_without() -> None:
    """A feed whose every poll is wholly new is polled as often as may be, counted each time, told once."""
    feed, _ = lived(HOUR, 5)
    for _ in range(300):
        state = feed.poll(outcome=Outcome(30))
    assert state.interval == 10 * MINUTE
    assert state.history.gaps == 300
    assert feed.kinds == ["gap"]
    feed.at += DAY
    feed.poll(outcome=Outcome(30))
    assert feed.kinds == ["gap", "gap"]


@pytest.mark.parametrize(
    "outcome",
    [Outcome(1), Outcome(0), Outcome(0, 30), Outcome(29, 1)],
    ids=["one", "empty", "known", "overlap"],
)
def test_what_is_no_gap(outcome: Outcome) -> None:
    """One item alone, none at all, and any item that was known show nothing of having missed some."""
    feed, _ = lived(HOUR, 3)
    assert feed.poll(outcome=outcome).history.gaps == 0


def test_the_first_poll_is_no_gap() -> None:
    """Of the first document nothing can be known."""
    assert Feed().poll(outcome=Outcome(30)).history.gaps == 0


def test_the_first_document_tells_the_pace_by_its_dates() -> None:
    """A feed that has slept for months is not polled every half hour at first, a busy one at once often."""
    asleep = Feed().poll(outcome=Outcome(3, dates=tuple(NOW - 90 * DAY - n * DAY for n in range(3))))
    busy = Feed().poll(outcome=Outcome(30, dates=tuple(NOW - n * 10 * MINUTE for n in range(30))))
    undated = Feed().poll(outcome=Outcome(30))
    assert (asleep.interval, busy.interval, undated.interval) == (DAY, 10 * MINUTE, pace.START)
    assert busy.history.mean_gap == 10 * MINUTE


@pytest.mark.parametrize(
    "dates",
    [(NOW,) * 30, (NOW + DAY,) * 3, (NOW - 20 * 365 * DAY, NOW), (NOW - 20 * 365 * DAY,), ()],
    ids=["one moment", "ahead", "an age apart", "one old", "none"],
)
def test_strange_dates_do_no_harm(dates: tuple[object, ...]) -> None:
    """Items of one moment, of tomorrow, or decades apart give an interval in bounds, which polls mend."""
    feed = Feed()
    state = feed.poll(outcome=Outcome(30, dates=dates))  # type: ignore[arg-type]  # times all of them
    assert 10 * MINUTE <= state.interval <= DAY
    for hour in range(200):
        state = feed.poll(outcome=Outcome(hour % 2, 30))
    assert 10 * MINUTE <= state.interval <= DAY
    assert state.history.last_new_at
    assert state.history.last_new_at <= feed.at


def test_what_is_pushed_teaches_the_pace_and_is_no_poll() -> None:
    """An item from the hub is the feed's last news; when the feed was last polled well stays what it was."""
    before = History(read_at=NOW - DAY, last_new_at=NOW - 4 * HOUR)
    after, silent_at = after_push(before, new=2, now=NOW)
    assert after == replace(before, last_new_at=NOW, mean_gap=2 * HOUR)
    assert silent_at == NOW + 7 * DAY
    assert after_push(before, new=0, now=NOW)[0] == before


def test_a_silence_lengthens_the_wait_by_an_eighth() -> None:
    """In a night a feed is polled ever more rarely, and never so rarely that the morning is missed."""
    feed, _ = lived(HOUR, 100)
    start = feed.at
    while feed.at - start < 16 * HOUR:
        state = feed.poll(NotModified(Validators()))
    assert HOUR < state.interval <= 2.5 * HOUR
    assert feed.poll(outcome=Outcome(3, 27)).interval < 1.5 * HOUR


def test_a_clock_set_back_does_no_harm() -> None:
    """A feed that was read and had news in the future, by the clock, is polled in bounds."""
    ahead = History(read_at=NOW + 400 * DAY, last_new_at=NOW + 400 * DAY, mean_gap=HOUR)
    assert pace.usual(ahead, NOW) == HOUR / 2
    learned = pace.learned(ahead, Outcome(1, 9), NOW)
    assert learned.last_new_at == NOW
    assert learned.mean_gap
    assert pace.sooner(HOUR, Outcome(9, 1), timedelta(days=-400)) == HOUR


def test_a_silence_far_longer_than_usual_is_told_once() -> None:
    """A daily feed that brings nothing for ten days is told of as silent, once, and not by a failure."""
    feed, _ = lived(DAY, 100)
    quiet = feed.at
    feed.poll(FAILED)
    while feed.at - quiet < 20 * DAY:
        feed.poll(NotModified(Validators()))
    assert feed.kinds == ["stale"]
    (at,) = (at for _, at in feed.incidents)
    assert 9 * DAY < at - quiet < 13 * DAY
    state = feed.poll(outcome=Outcome(1, 9))
    assert state.stale_at
    assert state.stale_at > feed.at


def test_a_silence_that_dates_tell_of_names_their_day() -> None:
    """A feed that was read empty, and then brings what is a week old, is told of by the day of its dates."""
    job = Job(1, "https://a.example/feed", history=History(read_at=NOW - 2 * DAY))
    old = Outcome(dates=(NOW - 8 * DAY,))
    (told,) = next_state(job, NotModified(Validators()), old, NOW).incidents
    assert (told.kind, f"since {NOW - 8 * DAY:%Y-%m-%d}" in told.detail) == ("stale", True)


@given(
    st.integers(0, 30),
    st.integers(0, 30),
    st.timedeltas(timedelta(0), 30 * DAY),
    st.timedeltas(timedelta(seconds=1), 30 * DAY),
)
def test_sooner_never_means_later(new: int, known: int, elapsed: timedelta, wait: timedelta) -> None:
    """What came with a poll shortens the wait or leaves it, and more of it never lengthens it."""
    once = pace.sooner(wait, Outcome(new, known), elapsed)
    assert once <= wait
    assert pace.sooner(wait, Outcome(new + known, 0), elapsed) <= once
