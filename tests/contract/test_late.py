"""Tags that hang on events, on either database: they come once it is known, as news, and stay."""

from datetime import timedelta

from monitor.model.topics import Topic
from monitor.pipeline import correcting
from monitor.pipeline.correcting import Word
from monitor.store import Store
from tests.builders import NOW, entry, seed, topic
from tests.desk import Desk

FERRY = "Ferry to the northern islands resumes after the winter storm"
SEED = seed(
    "ferry.md",
    "Northern islands ferry halted by winter storm",
    "The ferry to the northern islands will not sail until the winter storm has passed, the harbour said.",
)


def _feed(letter: str) -> str:
    return f"https://{letter}.example/feed"


def _bring(desk: Desk, title: str, letter: str, guid: str = "1") -> None:
    desk.bring(
        entry(title, guid=guid, link=f"https://{letter}.example/{guid}", published=NOW), feed=_feed(letter)
    )


def test_a_topic_that_asks_for_outlets_tags_once_enough_carry_the_event(store: Store) -> None:
    """One outlet is not enough; with the second the tag comes, with the words that matched, and is news."""
    desk = Desk(store, [topic("ferries", "ferry AND sources:>=2")])
    _bring(desk, FERRY, "a")
    assert desk.on("ferries") == {}
    assert desk.untold() == set()
    _bring(desk, FERRY, "b")
    given = desk.on("ferries")[FERRY]
    assert [span.matched for span in given.evidence] == ["Ferry"]
    assert not given.rest
    assert desk.untold() == {FERRY}


def test_a_story_that_joins_an_event_brings_it_an_outlet_too(store: Store) -> None:
    """The first story of an event gets its tag when another one, in other words, joins the event."""
    desk = Desk(store, [topic("ferries", "ferry AND sources:>=2")])
    _bring(desk, FERRY, "a")
    other = "Northern islands ferry resumes after winter storm, harbour says"
    _bring(desk, other, "b")
    events = {story.event for story in desk.stories()}
    assert len(events) == 1
    assert desk.on("ferries").keys() == {FERRY, other}


def test_a_topic_of_seeds_tags_what_is_like_them(store: Store) -> None:
    """A topic without a query tags the story that is like its seed, with the seed and terms, and no other."""
    desk = Desk(store, [Topic("ferries", "Ferries", seeds=("ferry.md",))], [SEED])
    _bring(desk, FERRY, "a")
    _bring(desk, "Council votes on the school budget for next year", "b")
    (given,) = desk.on("ferries").values()
    assert given.likeness is not None
    assert given.likeness.seed == "ferry.md"
    assert {"ferry", "island"} & set(given.likeness.terms)
    assert given.score >= 0.5
    assert desk.untold() == {FERRY}


def test_query_and_likeness_make_one_score(store: Store) -> None:
    """A story that matches keeps its words as evidence, gets the likeness beside them, and scores by both."""
    both = Topic("ferries", "Ferries", "ferry OR council", ("ferry.md",))
    desk = Desk(store, [both], [SEED])
    _bring(desk, FERRY, "a")
    _bring(desk, "Council votes on the school budget for next year", "b")
    given = desk.on("ferries")
    near, far = given[FERRY], given["Council votes on the school budget for next year"]
    assert near.evidence
    assert near.likeness
    assert far.likeness
    assert near.score > far.score >= 0.5


def test_a_query_may_ask_for_likeness_to_a_seed(store: Store) -> None:
    """like: decides with the event: what is like the seed gets its tag, what is not waits for nothing."""
    desk = Desk(store, [topic("ferries", '(ferry OR council) AND like:"ferry.md"')], [SEED])
    _bring(desk, FERRY, "a")
    _bring(desk, "Council votes on the school budget for next year", "b")
    assert desk.on("ferries").keys() == {FERRY}


def test_a_topic_may_ask_for_the_tag_of_a_late_one(store: Store) -> None:
    """tag: of a topic that waits for outlets is decided when that one is, in the same turn."""
    desk = Desk(store, [topic("widely", "ferry AND sources:>=2"), topic("stormy", "storm AND tag:widely")])
    _bring(desk, FERRY, "a")
    assert desk.on("stormy") == {}
    _bring(desk, FERRY, "b")
    assert desk.on("widely").keys() == desk.on("stormy").keys() == {FERRY}


def test_a_story_whose_words_change_is_scored_again(store: Store) -> None:
    """A headline that becomes like the seed gets the tag then, in the event where it was."""
    desk = Desk(store, [Topic("ferries", "Ferries", seeds=("ferry.md",))], [SEED])
    item = entry("Developing story", guid="1", link="https://a.example/1", published=NOW)
    desk.bring(item)
    assert desk.on("ferries") == {}
    (before,) = desk.stories()
    later = NOW + timedelta(hours=1)
    said = entry(FERRY, guid="1", link="https://a.example/1", published=NOW)
    assert desk.bring(said, at=later) == ["revision"]
    (after,) = desk.stories()
    assert desk.on("ferries").keys() == {FERRY}
    assert after.event == before.event


def test_what_waits_goes_with_a_story_that_is_merged(store: Store) -> None:
    """Two stories of which each waits become one, whose tag comes with the next outlet."""
    desk = Desk(store, [topic("ferries", "ferry AND sources:>=3")])
    _bring(desk, FERRY, "a")
    _bring(desk, "Harbour opens: ferry sails", "b")
    assert len(desk.stories()) == 2
    with store.write() as lane:
        correcting.merge(lane, [story.id for story in desk.stories()], Word("me", NOW))
    assert desk.on("ferries") == {}
    _bring(desk, FERRY, "c")
    assert desk.on("ferries").keys() == {FERRY}
