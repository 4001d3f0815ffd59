"""Likeness to seeds: what is about the same thing stands out, in any archive and script."""

import pickle
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.entries import Words
from monitor.model.events import Background, Profile
from monitor.model.topics import Likeness, Topic
from monitor.profiles import learned, profile
from monitor.tag.gathering import Gathering, gather
from monitor.tag.likeness import Gatherings
from monitor.tag.sample import Sample
from monitor.tag.score import joined
from tests.unit.cluster.newsroom import BRIDGE, FLOOD_NORTH

_WHO = (
    "The council of Norhavn",
    "A Vestrian court",
    "The harbour workers",
    "Minister Lind",
    "Karlsby United",
)
_DID = ("postpones", "welcomes", "questions", "rejects", "wins", "loses", "announces", "delays")
_WHAT = (
    "the budget",
    "a new tram line",
    "the cup match",
    "a film festival",
    "higher wages",
    "a school reform",
)
ARCHIVE = [profile(Words(" ".join(words))) for words in product(_WHO, _DID, _WHAT)]
FLOOD = {f"flood-{number}": profile(Words(title)) for number, title in enumerate(FLOOD_NORTH[:3])}
STORY = profile(Words(FLOOD_NORTH[3]))
OTHER = profile(Words(BRIDGE[0]))
KYIV = (
    "Сили оборони відбили атаку дронів над Карлсбі, пошкоджено підстанцію",
    "Атака дронів на Карлсбі: пошкоджено підстанцію, місто без світла",
)

EMPTY = Sample(Background(), [])
FULL = Sample(learned([*ARCHIVE, OTHER]), [*ARCHIVE, OTHER])


def score(gathering: Gathering, story: Profile, sample: Sample = FULL) -> float:
    """Return how like one story is to what one topic gathers."""
    return float(Gatherings(sample, [gathering]).scores([story])[0, 0])


@pytest.mark.parametrize("sample", [EMPTY, FULL], ids=["empty archive", "archive"])
def test_a_story_of_the_seeds_is_on_topic_and_other_news_is_not(sample: Sample) -> None:
    """Another report of what the seeds tell is above the border, all other news below, archive or not."""
    topics = Gatherings(sample, [gather("flood", FLOOD, sample)])
    assert topics.scores([STORY])[0, 0] > 0.5
    assert topics.scores([OTHER, *ARCHIVE]).max() < 0.5


def test_many_stories_score_as_each_does_alone() -> None:
    """Scores do not hang on what else is in a batch or which other topics there are."""
    bridge = gather("bridge", {"one": profile(Words(BRIDGE[1]))}, FULL)
    topics = Gatherings(FULL, [gather("flood", FLOOD, FULL), bridge])
    stories = [STORY, Profile((), bytes(256)), OTHER]
    alone = [[score(gather("flood", FLOOD, FULL), one), score(bridge, one)] for one in stories]
    assert topics.names == ("flood", "bridge")
    assert np.allclose(topics.scores(stories), alone, atol=1e-6)
    assert topics.scores([]).shape == (0, 2)
    assert Gatherings(FULL, []).scores(stories).shape == (3, 0)


def test_a_story_without_words_is_on_no_topic() -> None:
    """What says nothing is like nothing."""
    assert score(gather("flood", FLOOD, FULL), Profile((), bytes(256))) < 0.5


def test_where_there_is_no_direction_the_terms_decide() -> None:
    """In a script of which the lexicon knows no words, a seed finds its stories by their terms alone."""
    seed, story = (profile(Words(title)) for title in KYIV)
    assert not any(seed.vector)
    topic = gather("drones", {"seed": seed}, FULL)
    assert score(topic, story) > 0.5
    assert score(topic, OTHER) < 0.5


def test_that_a_story_has_no_direction_is_not_held_against_it() -> None:
    """The same terms without a direction are still on topic."""
    assert score(gather("flood", FLOOD, FULL), Profile(STORY.terms, bytes(256))) > 0.5


def test_the_archive_helps_to_find_what_the_seeds_do_not_say() -> None:
    """Where the archive's stories that are like the seeds share a word, that word tells as well."""
    told = [profile(Words(f"{title}, says hydrologist Brandt")) for title in FLOOD_NORTH for _ in range(5)]
    archive = [*ARCHIVE, *told]
    fed = Sample(learned(archive), archive)
    assert "hydrologist" in gather("flood", FLOOD, fed).terms
    assert "hydrologist" not in gather("flood", FLOOD, FULL).terms


def test_many_seeds_draw_their_topic_as_few_do() -> None:
    """Of more seeds than are left out one by one: what they tell is on topic, other news is not."""
    told = (
        "reach the old mill",
        "fill cellars",
        "recede",
        "cut off the road",
        "spare the school",
        "rise again",
    )
    seeds = {title: profile(Words(f"Flood waters in Karlsby {title}")) for title in told}
    topics = Gatherings(FULL, [gather("flood", seeds, FULL)])
    assert topics.scores([STORY])[0, 0] > 0.5
    assert topics.scores([OTHER, *ARCHIVE]).max() < 0.5


def test_marks_on_topic_draw_their_like() -> None:
    """A story of a kind that a person marked as on topic scores higher than before."""
    marked, like = (
        profile(Words("Norhavn sends pumps upstream")),
        profile(Words("More pumps sent from Norhavn")),
    )
    before, after = gather("flood", FLOOD, FULL), gather("flood", FLOOD, FULL, on=[marked])
    assert score(after, like) > score(before, like)


def test_marks_off_topic_push_their_like_away() -> None:
    """A story of a kind that a person marked as off topic scores lower than before."""
    marked = profile(Words("Karlsby dam: a concert on the Orla"))
    like = profile(Words("Concert at the Karlsby dam draws thousands"))
    before, after = gather("flood", FLOOD, FULL), gather("flood", FLOOD, FULL, off=[marked])
    assert score(after, like) < score(before, like)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([*FLOOD.values(), STORY, OTHER, *ARCHIVE[:5]]), max_size=30))
def test_no_marks_erase_a_topic(off: list[Profile]) -> None:
    """Whatever is marked as off topic, were it the seeds themselves, what the seeds tell stays on topic."""
    topic = gather("flood", FLOOD, FULL, off=off)
    scores = Gatherings(FULL, [topic]).scores([*FLOOD.values(), STORY])
    assert scores.min() > 0.5


def test_a_score_is_told_by_the_nearest_seed_and_the_terms() -> None:
    """The evidence names the seed that the story is most like, and the words that they share first."""
    seeds = FLOOD | {"bridge": profile(Words(BRIDGE[0]))}
    topics = Gatherings(FULL, [gather("both", seeds, FULL)])
    told = topics.explain(profile(Words(BRIDGE[1])), 0, 0.75)
    assert told == Likeness(0.75, "bridge", told.terms)
    assert {"suspension", "norhavn", "bridge"} <= set(told.terms)


def test_what_topics_gather_can_be_sent_to_another_process() -> None:
    """A gathering survives pickling and scores the same."""
    topic = gather("flood", FLOOD, FULL)
    assert score(pickle.loads(pickle.dumps(topic)), STORY) == score(topic, STORY)  # noqa: S301  # our own


@pytest.mark.parametrize(
    ("query", "matched", "likeness", "one"),
    [
        ("dam", True, None, 1.0),
        ("dam", False, None, None),
        ("dam", True, 0.0, 0.5),
        ("dam", True, 1.0, 1.0),
        ("dam", False, 0.94, None),
        ("dam", False, 0.96, 0.48),
        (None, False, 0.49, None),
        (None, False, 0.51, 0.51),
    ],
)
def test_query_and_likeness_are_joined_in_one_score(
    query: str | None, matched: bool, likeness: float | None, one: float | None
) -> None:
    """A match is worth a half and likeness the other; where a query fails likeness must be high."""
    assert joined(Topic("flood", "Flood", query), matched, likeness) == one
