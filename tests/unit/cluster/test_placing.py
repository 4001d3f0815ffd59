"""Each new story finds its event, whatever the order; what a person pinned stays."""

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOW
from tests.unit.cluster.newsroom import BRIDGE, FLOOD_NORTH, FLOOD_SOUTH, Archive, member, members

NORTH = members(*FLOOD_NORTH)
SOUTH = members(*FLOOD_SOUTH, first=11)
OPENING = members(*BRIDGE, first=21)
ALL = [*NORTH, *SOUTH, *OPENING]
EVENTS = {frozenset(one.story_id for one in group) for group in (NORTH, SOUTH, OPENING)}


def test_what_is_told_of_one_happening_is_one_event() -> None:
    """Three happenings told ten times are three events; two floods are two."""
    archive = Archive()
    archive.take(*ALL)
    assert archive.groups() == EVENTS


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 10))
def test_neither_order_nor_turns_matter(seed: int, turn: int) -> None:
    """The same stories in any order, few or many at once, come to the same events."""
    order = list(ALL)
    random.Random(seed).shuffle(order)
    archive = Archive()
    for start in range(0, len(order), turn):
        archive.take(*order[start : start + turn])
    assert archive.groups() == EVENTS


def test_events_become_one_when_a_story_shows_that_they_are() -> None:
    """Two stories of one happening that share no word are put together by one that has the words of both."""
    archive = Archive()
    archive.take(member(1, "Karlsby under water"), member(2, "Orla dam bursts"))
    apart = dict(archive.event_of)
    placed = archive.take(member(3, "Karlsby under water as Orla dam bursts"))
    assert apart[1] != apart[2]
    assert archive.groups() == {frozenset({1, 2, 3})}
    assert dict(placed.moved) == {apart[2]: apart[1]} or dict(placed.moved) == {apart[1]: apart[2]}


def test_the_evidence_names_the_words_that_agree() -> None:
    """A story that joins says how alike it is to the others and by which terms."""
    archive = Archive()
    placed = archive.take(*NORTH)
    assert {one.story_id for one in placed.joined} == {1, 2, 3, 4}
    assert all(one.score > 0.7 for one in placed.joined)
    assert all({"karlsby", "orla"} <= set(one.terms) for one in placed.joined)


def test_a_story_of_nothing_known_is_an_event_of_its_own() -> None:
    """A lone story has an event of its own, and speaks for it."""
    archive = Archive()
    placed = archive.take(member(7, "Owl census finds record number of nests"))
    (one,) = placed.joined
    assert (one.score, one.terms) == (1.0, ())
    assert [(state.id, state.headline_id) for state in placed.events] == [(one.event_id, 7)]


def test_a_story_without_words_is_placed_all_the_same() -> None:
    """What has no word that could be compared is an event of its own."""
    archive = Archive()
    archive.take(member(1, "…"), member(2, "!!!"), *NORTH[2:])
    assert {frozenset({1}), frozenset({2})} <= archive.groups()


def test_the_same_a_month_later_is_another_event() -> None:
    """After a month of silence even the same words begin an event of their own."""
    archive = Archive()
    archive.take(*NORTH)
    archive.take(member(31, FLOOD_NORTH[1], NOW + timedelta(days=30)))
    assert archive.event_of[31] not in {archive.event_of[one.story_id] for one in NORTH}


def test_an_event_that_goes_on_stays_one() -> None:
    """Told every day for three weeks, it is one event to the end."""
    archive = Archive()
    for day in range(21):
        archive.take(member(100 + day, FLOOD_NORTH[day % 4], NOW + timedelta(days=day)))
    assert len(archive.groups()) == 1


def test_pinned_events_never_come_together() -> None:
    """Two events that a person holds apart stay apart, though a story would join them."""
    archive = Archive()
    archive.take(member(1, "Karlsby under water"), member(2, "Orla dam bursts"))
    for event in set(archive.event_of.values()):
        archive.pin(event)
    archive.take(member(3, "Karlsby under water as Orla dam bursts"), *NORTH[2:])
    assert archive.event_of[1] != archive.event_of[2]


def test_what_is_pinned_together_stays_together() -> None:
    """A person's event keeps stories that share nothing, and its id, as it grows."""
    archive = Archive()
    archive.take(*NORTH[:2], OPENING[0])
    event = archive.event_of[1]
    archive.event_of[OPENING[0].story_id] = event
    archive.pin(event)
    archive.take(*NORTH[2:], *OPENING[1:])
    assert {archive.event_of[1], archive.event_of[2], archive.event_of[21]} == {event}


def test_the_headline_is_the_story_most_like_the_others() -> None:
    """Of an event's stories the one that says what all say speaks for it."""
    archive = Archive()
    placed = archive.take(*NORTH, member(5, "Karlsby school closed"))
    state = next(state for state in placed.events if state.id == archive.event_of[1])
    assert state.headline_id in {2, 3, 4, 1}
