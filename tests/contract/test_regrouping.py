"""A person's word on events, on every database: done, pinned, kept by polls, taken back by its opposite."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.pipeline import correcting, regrouping
from monitor.pipeline.correcting import Word
from monitor.pipeline.placing import place_waiting
from monitor.store import Store, events, rulings
from tests.builders import NOW, entry
from tests.happenings import (
    AGROUND,
    ANGER,
    HOUR,
    RATES,
    RESCUED,
    TUGS,
    as_before_events,
    bring,
    counted,
    event_of,
    known,
    of,
    outlet,
    stories,
    told,
)
from tests.polls import everything, poll, untagged

WORD = Word("Anna", NOW + 9 * HOUR, "two ships")
LATER = told("d", "Owners of ferry Aurora, aground off Odesa, face questions about ninety passengers")


@pytest.fixture
def lane(store: Store) -> Iterator[sa.Connection]:
    """Open a lane with two events of two stories."""
    with store.write() as connection:
        bring(connection, AGROUND, RATES, RESCUED, ANGER)
        yield connection
        assert counted(connection)


def test_events_merge_into_the_oldest(lane: sa.Connection) -> None:
    """All stories stand in the oldest event, which is pinned; the other's id leads to it, and it says why."""
    ferry, rates = event_of(lane, AGROUND), event_of(lane, RATES)
    made = regrouping.merge(lane, [rates, ferry], WORD)
    assert made == known(lane, rates) == known(lane, ferry)
    assert (made.id, made.stories, made.changed_at) == (ferry, 4, WORD.at)
    assert {one.event for one in everything(lane)} == {ferry}
    (change,) = made.changes
    assert (change.kind, change.kept, change.other, change.who) == ("merge", ferry, rates, "Anna")
    assert made.pinned
    assert (made.pinned.who, made.pinned.note, made.pinned.at) == ("Anna", "two ships", WORD.at)


def test_a_split_survives_polls(lane: sa.Connection) -> None:
    """Stories that a person parted stay parted when they are polled again and when others join them."""
    ferry = event_of(lane, AGROUND)
    stays, leaves = regrouping.split(lane, ferry, [of(lane, RESCUED).id], WORD)
    assert (stays.id, stories(lane, ferry)) == (ferry, [of(lane, AGROUND).id])
    assert (leaves.headline.id, stories(lane, leaves.id)) == (of(lane, RESCUED).id, [of(lane, RESCUED).id])
    assert [change.kind for change in leaves.changes] == ["split"]
    bring(lane, AGROUND, RESCUED, TUGS, LATER, hour=5)
    assert (event_of(lane, AGROUND), event_of(lane, RESCUED)) == (ferry, leaves.id)
    assert {event_of(lane, TUGS), event_of(lane, LATER)} <= {ferry, leaves.id}


def test_a_merge_survives_polls(lane: sa.Connection) -> None:
    """What a person put together stays together while the event grows and is compared anew."""
    ferry = regrouping.merge(lane, [event_of(lane, AGROUND), event_of(lane, RATES)], WORD).id
    more = [told(f"o{number}", AGROUND[1].words.title + f" on day {number}") for number in range(8)]
    bring(lane, TUGS, *more, hour=4)
    assert {event_of(lane, one) for one in (AGROUND, RESCUED, RATES, ANGER)} == {ferry}


def test_each_takes_the_other_back(lane: sa.Connection) -> None:
    """Split and merged, an event is what it was; merged and split, the younger part has a new id."""
    ferry, rates = event_of(lane, AGROUND), event_of(lane, RATES)
    before = stories(lane, ferry)
    _, leaves = regrouping.split(lane, ferry, [before[0]], WORD)
    assert regrouping.merge(lane, [leaves.id, ferry], WORD).id == ferry
    assert stories(lane, ferry) == before
    assert known(lane, leaves.id).id == ferry
    was = stories(lane, rates)
    regrouping.merge(lane, [ferry, rates], WORD)
    _, again = regrouping.split(lane, ferry, was, WORD)
    assert (stories(lane, again.id), stories(lane, ferry)) == (was, before)
    assert list(rulings.pins(lane)) == [int(one[1:]) for one in (ferry, again.id)]


def test_a_pin_is_taken_back(lane: sa.Connection) -> None:
    """A pin says who and why, a later word replaces it, and unpinned nothing of it is left."""
    ferry = event_of(lane, AGROUND)
    regrouping.pin(lane, ferry, WORD)
    made = regrouping.pin(lane, ferry, Word("Oleh", NOW + 10 * HOUR))
    assert made.pinned
    assert (made.pinned.who, made.pinned.titles[0]) == ("Oleh", made.headline.words.title)
    assert regrouping.unpin(lane, ferry).pinned is None
    assert rulings.pins(lane) == {}
    with pytest.raises(UsageError, match="is not pinned"):
        regrouping.unpin(lane, ferry)


def test_what_cannot_be_done(lane: sa.Connection) -> None:
    """What makes no sense is refused with a sentence and changes nothing."""
    ferry, rates = event_of(lane, AGROUND), event_of(lane, RATES)
    members, strange = stories(lane, ferry), of(lane, RATES).id
    refusals: dict[str, Callable[[], object]] = {
        "two events or more": lambda: regrouping.merge(lane, [ferry], WORD),
        "there is no event e99999": lambda: regrouping.merge(lane, [ferry, "e99999"], WORD),
        "which you have named": lambda: regrouping.merge(lane, [ferry, ferry], WORD),
        "'s1' is not an event's id": lambda: regrouping.pin(lane, "s1", WORD),
        "at least one has to stay": lambda: regrouping.split(lane, ferry, members, WORD),
        f"{strange} is not in {ferry}": lambda: regrouping.split(lane, ferry, [strange], WORD),
        "are another event": lambda: regrouping.split(lane, ferry, [], WORD),
    }
    for sentence, refused in refusals.items():
        with pytest.raises(UsageError, match=sentence):
            refused()
    assert rulings.pins(lane) == {}
    assert {one.event for one in everything(lane)} == {ferry, rates}


# ---------------------------------------------------------------- events, where stories are merged and split


def test_merged_stories_leave_no_empty_event(lane: sa.Connection) -> None:
    """Where a story is merged into another event's, its own counts one less, and without any leads there."""
    ferry, rates = event_of(lane, AGROUND), event_of(lane, RATES)
    correcting.merge(lane, [of(lane, AGROUND).id, of(lane, RATES).id], WORD)
    assert (known(lane, ferry).stories, known(lane, rates).stories) == (2, 1)
    assert known(lane, rates).headline.id == of(lane, ANGER).id
    correcting.merge(lane, [of(lane, AGROUND).id, of(lane, ANGER).id], WORD)
    assert known(lane, rates).id == ferry
    assert stories(lane, ferry) == [of(lane, AGROUND).id, of(lane, RESCUED).id]


def test_a_merged_story_goes_to_the_pinned_event(lane: sa.Connection) -> None:
    """A pinned event keeps its story also where that one is merged into an older story of another event."""
    rates = event_of(lane, RATES)
    regrouping.pin(lane, rates, WORD)
    made = correcting.merge(lane, [of(lane, AGROUND).id, of(lane, RATES).id], WORD)
    assert made.event == rates
    assert stories(lane, rates) == [made.id, of(lane, ANGER).id]


@pytest.mark.parametrize("pinned", [True, False])
def test_a_story_that_is_split_off_has_an_event(lane: sa.Connection, pinned: bool) -> None:
    """What is split off a story is placed anew, or stays in the event where a person pinned it."""
    whole = of(lane, AGROUND)
    wrong = entry("Museum of glass opens in Lviv", guid="w", link=AGROUND[1].link)
    poll(lane, wrong, feed=outlet("mirror"), at=NOW + 6 * HOUR)
    ferry = event_of(lane, AGROUND)
    if pinned:
        regrouping.pin(lane, ferry, WORD)
    _, fresh = correcting.split(lane, whole.id, ["2"], WORD, untagged)
    found = events.of_story(lane, fresh)
    assert found
    assert (found[0].id == ferry) is pinned
    assert known(lane, ferry).stories == 2 + pinned


def test_stories_from_before_there_were_events_are_placed(lane: sa.Connection) -> None:
    """Stories that wait are placed when their turn comes; then nothing waits, and nothing is moved."""
    as_before_events(lane)
    assert place_waiting(lane, NOW + 9 * HOUR) == 4
    assert (
        event_of(lane, AGROUND) == event_of(lane, RESCUED) != event_of(lane, RATES) == event_of(lane, ANGER)
    )
    assert place_waiting(lane, NOW + 9 * HOUR) == 0
