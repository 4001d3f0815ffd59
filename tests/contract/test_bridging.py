"""A copy that belongs to two stories makes them one, on every database, and nothing of either is lost."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations

import pytest
import sqlalchemy as sa

from monitor.dedupe import mark_archived
from monitor.model.entries import Entry
from monitor.model.stories import Batch
from monitor.model.topics import Tag
from monitor.model.views import StoryView
from monitor.pipeline.judging import judge_batches
from monitor.store import Store, corpus, ids, moves, sources, stories
from monitor.store.corrections import moved
from monitor.store.schema import story_key
from tests.builders import FEED, NOW, entry, topic
from tests.happenings import counted
from tests.polls import everything, judge_batch, poll, untagged

OTHER, THIRD, FOURTH = (
    "https://courier.example/feed",
    "https://gazette.example/feed",
    "https://d.example/feed",
)
HOUR = timedelta(hours=1)
TEXT = "The first ferry in three days left the harbour this morning with sixty passengers on board."
LINK = "https://harbour.example/news/1"

HERE = entry("Boats sail after the storm", guid="h", link=LINK, published=NOW)
THERE = entry("Ferry resumes after three stormy days", guid="t", text=TEXT, published=NOW)
BRIDGE = entry("Ferry resumes after three stormy days", guid="b", link=LINK, text=TEXT, published=NOW + HOUR)


@pytest.fixture
def lane(store: Store) -> Iterator[sa.Connection]:
    """Open a lane, with the topics declared."""
    with store.write() as connection:
        corpus.declare_topics(connection, [topic("ferries"), topic("ports")])
        yield connection
        assert counted(connection)


def bridged(lane: sa.Connection, *, here: Entry = HERE, there: Entry = THERE, bridge: Entry = BRIDGE) -> None:
    """Bring two stories, and a copy in a third feed."""
    assert poll(lane, here) == ["new"]
    assert poll(lane, there, feed=OTHER, at=NOW + HOUR) == ["new"]
    assert poll(lane, bridge, feed=THIRD, at=NOW + 2 * HOUR) == ["copy"]


def only(lane: sa.Connection) -> StoryView:
    """Return the one story there is, with its account."""
    (found,) = everything(lane)
    whole = stories.one(lane, found.id)
    assert whole
    return whole


def test_a_copy_of_two_stories_makes_them_one(lane: sa.Connection) -> None:
    """The same link as one and the same words as the other: one story, the older, with why it is one."""
    bridged(lane)
    story = only(lane)
    assert (story.words, story.url, story.source) == (HERE.words, LINK, FEED)
    assert [(copy.source, copy.rule) for copy in story.copies] == [
        (FEED, "first"),
        (OTHER, "bridge"),
        (THIRD, "link"),
    ]
    (change,) = story.changes
    assert (change.kind, change.kept, change.rule, change.bridge) == ("merge", story.id, "bridge", THIRD)
    assert LINK in change.evidence
    assert BRIDGE.words.title in change.evidence
    assert story.copies[1].evidence == change.evidence
    assert change.at == NOW + 2 * HOUR


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_makes_no_difference(lane: sa.Connection, order: tuple[int, ...]) -> None:
    """Whichever of the three comes first, second and last, they are one story."""
    brought = ((FEED, HERE), (OTHER, THERE), (THIRD, BRIDGE))
    for place in order:
        feed, item = brought[place]
        poll(lane, item, feed=feed)
    assert [copy.source for copy in only(lane).copies] == [brought[place][0] for place in order]


def test_the_id_that_is_gone_leads_to_the_story(lane: sa.Connection) -> None:
    """What was known by the younger story's id is found by it, over any number of merges."""
    poll(lane, HERE)
    poll(lane, THERE, feed=OTHER)
    kept, gone = [one.id for one in everything(lane)]
    poll(lane, BRIDGE, feed=THIRD)
    assert stories.one(lane, gone) == stories.one(lane, kept) == only(lane)
    assert moves.now(lane, ids.story_row(gone)) == ids.story_row(kept)


def test_chains_of_ids_are_one_step_long(lane: sa.Connection) -> None:
    """An id leads where what it led to has gone, whatever was merged first."""
    moves.move(lane, {9: None}, 7)
    moves.move(lane, {7: None}, 5)
    moves.move(lane, {5: None, 6: None}, 3)
    assert [moves.now(lane, row) for row in (3, 4, 5, 6, 7, 9)] == [3, 4, 3, 3, 3, 3]
    assert sorted(moves.former(lane, 3)) == [5, 6, 7, 9]


def test_all_keys_lead_to_the_one_story(lane: sa.Connection) -> None:
    """Later copies by either story's traits join the one."""
    bridged(lane)
    assert poll(lane, entry("Else", link=LINK), feed=FOURTH) == ["copy"]
    assert poll(lane, entry(THERE.words.title, guid="5", text=TEXT), feed=FOURTH) == ["copy"]
    assert len(only(lane).copies) == 5
    assert set(lane.scalars(sa.select(story_key.c.story_id))) == {ids.story_row(only(lane).id)}


def test_what_is_known_is_recognised_after_a_merge(lane: sa.Connection) -> None:
    """Every feed's item is seen again; a revision of the first copy speaks for the story, others do not."""
    bridged(lane)
    for feed, item in ((FEED, HERE), (OTHER, THERE), (THIRD, BRIDGE)):
        assert poll(lane, item, feed=feed) == ["seen"]
    assert poll(lane, entry("Ferry on strike", guid="t"), feed=OTHER) == ["revision"]
    assert only(lane).words == HERE.words
    assert poll(lane, entry("Boats sail again", guid="h", link=LINK)) == ["revision"]
    assert only(lane).words.title == "Boats sail again"
    assert len(only(lane).revisions) == 2


def test_the_better_tag_of_a_topic_stays(lane: sa.Connection) -> None:
    """Of two tags for one topic the one with the better score is kept, with its evidence."""
    poll(lane, HERE, tagger=lambda _: (Tag("ferries", 0.25),))
    poll(lane, THERE, feed=OTHER, tagger=lambda _: (Tag("ferries", 0.75), Tag("ports", 0.5)))
    poll(lane, BRIDGE, feed=THIRD)
    found = {tag.topic: (tag.score, tag.words) for tag in only(lane).tags}
    assert found == {"ferries": (0.75, THERE.words), "ports": (0.5, THERE.words)}


def test_the_older_story_stays_whichever_key_found_it(lane: sa.Connection) -> None:
    """The id does not depend on which of the two the surer key led to."""
    poll(lane, THERE, feed=OTHER)
    (older,) = everything(lane)
    poll(lane, HERE)
    poll(lane, BRIDGE, feed=THIRD)
    assert (only(lane).id, only(lane).words) == (older.id, THERE.words)


def test_nothing_is_bridged_beyond_a_window(lane: sa.Connection) -> None:
    """Equal words make one of stories of the same days only: it is as if they had come one after another."""
    bridged(lane, here=entry("Boats sail", guid="h", link=LINK, published=NOW - 100 * HOUR))
    assert [len(story.copies) for story in everything(lane)] == [2, 1]
    assert list(lane.execute(sa.select(moved))) == []


def test_a_bare_title_bridges_nothing(lane: sa.Connection) -> None:
    """A title without text joins one copy to a story; it is not enough to make two stories one."""
    bare = entry(THERE.words.title, guid="t", published=NOW)
    bridged(lane, there=bare, bridge=entry(THERE.words.title, guid="b", link=LINK, published=NOW))
    assert [len(story.copies) for story in everything(lane)] == [2, 1]


def test_news_that_an_archive_has_too_stays_news(lane: sa.Connection) -> None:
    """An archived story that turns out to be one with news is news, so that nobody misses it."""
    source = sources.source_row(lane, "press", "archive")
    judge_batch(lane, Batch(source, (mark_archived(HERE),), NOW, imported=True), untagged)
    assert not only(lane).news
    poll(lane, THERE, feed=OTHER)
    poll(lane, BRIDGE, feed=THIRD)
    assert only(lane).news


def test_the_items_of_one_document_bridge_too(lane: sa.Connection) -> None:
    """An archive that holds all three in one part makes what it makes in pieces."""
    outcomes = []
    for together in (True, False):
        begun = lane.begin_nested()
        source = sources.source_row(lane, "press", "archive")
        late = entry("Boats at last", guid="l", text=TEXT, published=NOW + 80 * HOUR)
        again = entry("Boats at last", guid="m", link=LINK, text=TEXT, published=NOW + 80 * HOUR)
        marked = list(map(mark_archived, (HERE, THERE, BRIDGE, late, again)))
        parts = [tuple(marked)] if together else [(one,) for one in marked]
        judge_batches(lane, [Batch(source, part, NOW, imported=True) for part in parts], lambda _: ())
        outcomes.append([[copy.guid for copy in story.copies] for story in everything(lane)])
        begun.rollback()
    assert outcomes == [[["h", "t", "b", "m"], ["l"]]] * 2
