"""What a story's event is known by: its terms, their weights and its direction of meaning."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cluster import Masses
from monitor.cluster.likeness import Mass, between, membership, score, together
from monitor.cluster.regrouping import regroup
from monitor.model.entries import Words
from monitor.model.events import ONE_EVENT, Background
from monitor.profiles import learned, profile
from monitor.profiles.lexicon import DIMENSIONS, meaning, weight
from monitor.profiles.making import packed, stem, unpacked
from tests.unit.cluster.newsroom import BRIDGE, FLOOD_NORTH, member, members


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("Floods", "flood"),
        ("cities", "city"),
        ("pass", "pass"),
        ("Łodzi", "lodzi"),
        ("Зеленського", "зеленс"),
        ("bus", "bus"),
    ],
)
def test_words_are_counted_as_terms(word: str, term: str) -> None:
    """Plurals and endings of other scripts do not count; accents and case neither."""
    assert stem(word) == term


def test_only_the_beginning_of_a_text_counts() -> None:
    """What stands after the first forty words is not read."""
    words = " ".join(f"word{number}" for number in range(100))
    assert dict(profile(Words("Headline", "", words)).terms).keys() == {
        "headline",
        *(f"word{number}" for number in range(39)),
    }


def test_a_telling_word_weighs_more_than_a_function_word() -> None:
    """The model of words itself tells them apart, before any story is counted."""
    assert weight("of") < weight("said") < weight("earthquake")
    assert meaning("earthquake").shape == (256,)


def test_a_word_that_every_story_has_tells_nothing() -> None:
    """Terms that stand in many stories of the archive weigh less than those that stand in few."""
    stories = [profile(Words(f"Karlsby council meets again {number}")) for number in range(300)]
    background = learned(stories)
    masses = Masses(background)
    weights = masses.scale.weighed(profile(Words("Karlsby council votes on ferry")))
    assert background.stories == 300
    assert "0" not in background.counts
    assert weights["karlsby"] < weights["ferry"]
    assert sum(value * value for value in weights.values()) == pytest.approx(1)


def test_what_all_stories_mean_tells_nothing() -> None:
    """In an archive about one war its stories are no more alike than those of any other are in theirs."""
    told = [f"Army says its {what} struck {where}" for what in _ARMS for where in _PLACES]
    archive = learned([profile(Words(title)) for title in told] * 20)
    one, other = member(1, told[0]), member(2, told[-1])
    apart, alike = (Masses(known) for known in (archive, Background(archive.stories, archive.counts)))
    assert between(apart(one), apart(other)) < between(alike(one), alike(other)) / 2
    assert apart(one).square == pytest.approx(1)
    assert between(apart(one), apart(one)) == pytest.approx(1)


_ARMS = ("drones", "rockets", "ships", "guns", "jets", "tanks")
_PLACES = ("a bridge", "the harbour", "an airfield", "two depots", "a refinery", "the railway")


def test_stories_without_a_meaning_have_no_centre() -> None:
    """An archive in a script that the model of words does not read is compared by terms alone."""
    archive = learned([profile(Words(f"Потоп у місті Карлсбю {number}")) for number in range(5)])
    assert not np.frombuffer(archive.centres, np.float32).any()
    mass = Masses(archive)(member(1, "Потоп у місті Карлсбю"))
    assert not mass.meaning.any()
    assert mass.share == 1
    assert not learned([]).centres


@given(st.lists(st.floats(-5, 5, width=32), min_size=256, max_size=256))
def test_a_direction_survives_being_packed(values: list[float]) -> None:
    """Packed into bytes and back, a direction is the same to a hundredth; zero stays zero."""
    vector = np.array(values, np.float32)
    length = float(np.linalg.norm(vector))
    back = unpacked(packed([vector]))[0]
    if length > 1e-3:
        assert float(back @ vector) / length > 0.99
    if not vector.any():
        assert not back.any()


def test_sums_stand_for_the_stories_themselves() -> None:
    """Likeness of groups by their sums is that of all pairs of their stories."""
    masses = Masses(Background())
    north, bridge = ([masses(one) for one in members(*titles)] for titles in (FLOOD_NORTH, BRIDGE))
    pairs = sum(between(one, other) for one in north for other in bridge)
    assert between(together(north), together(bridge)) == pytest.approx(pairs, rel=1e-4)
    within = sum(between(one, other) for place, one in enumerate(north) for other in north[:place])
    assert together(north).within == pytest.approx(within, rel=1e-4)


def test_one_event_scores_above_the_mark_and_two_below() -> None:
    """Stories of one happening score as one event, those of two do not."""
    masses = Masses(Background())
    north, bridge = ([masses(one) for one in members(*titles)] for titles in (FLOOD_NORTH, BRIDGE))
    assert score(together(north[:2]), together(north[2:])) >= ONE_EVENT
    assert score(together(north), together(bridge)) < ONE_EVENT
    value, terms = membership(north[0], together(north))
    assert value >= ONE_EVENT
    assert max(terms, key=lambda term: terms[term]) in {"karlsby", "orla", "dam"}


def test_a_hundred_stories_draw_nothing_that_is_unlike_them() -> None:
    """However large an event, a story that is not like it stays outside."""
    masses = Masses(Background())
    crowd = together([masses(member(number, FLOOD_NORTH[number % 4])) for number in range(100)])
    assert score(crowd, masses(member(200, "Minister praises school reform"))) < ONE_EVENT


def _as_alike(likeness: float, stories: int) -> list[Mass]:
    """Return stories any two of which are so much alike: by what all share."""
    silent = np.zeros(DIMENSIONS, np.float32)
    return [
        Mass(1, {"war": likeness**0.5, f"own{one}": (1 - likeness) ** 0.5}, silent, 1.0, 0.0, 0.0)
        for one in range(stories)
    ]


@pytest.mark.parametrize(("likeness", "fits"), [(0.1, False), (0.15, False), (0.2, True), (0.4, True)])
def test_a_loose_event_takes_nothing_in(likeness: float, fits: bool) -> None:
    """What is as like it as its own stories joins a tight event only: not the next report on a whole war."""
    *crowd, other = _as_alike(likeness, 21)
    assert (score(together(crowd), other) >= ONE_EVENT) is fits
    assert (len(regroup([together(crowd), other], [False] * 2)) == 1) is fits


def test_stories_of_a_loose_event_part_when_they_are_compared_anew() -> None:
    """Twenty reports that share a war's name and no more are no event."""
    assert max(map(len, regroup(_as_alike(0.15, 20), [False] * 20))) < 10
    assert len(regroup(_as_alike(0.4, 20), [False] * 20)) == 1


def test_two_fixed_blocks_are_never_grouped() -> None:
    """What a person holds apart is not put together by comparing anew."""
    masses = Masses(Background())
    blocks = [masses(one) for one in members(*FLOOD_NORTH)]
    assert [len(group) for group in regroup(blocks, [False] * 4)] == [4]
    groups = regroup(blocks, [True, True, False, False])
    assert not any({0, 1} <= set(group) for group in groups)
