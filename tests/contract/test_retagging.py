"""Topics applied to the archive, on either database: what holds stays, what is new is no news."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.errors import UsageError
from monitor.model.topics import Topic
from monitor.pipeline import marking
from monitor.pipeline.correcting import Word
from monitor.pipeline.trying import change, found, ranked, spread
from monitor.store import Store, ids, marks, retagging
from tests.builders import NOW, entry, topic
from tests.contract.test_late import FERRY, SEED, _bring
from tests.desk import Desk

COUNCIL = "Council votes on the school budget for next year"
ME = Word("me", NOW)


def _archive(desk: Desk) -> None:
    _bring(desk, FERRY, "a")
    _bring(desk, COUNCIL, "b")


def test_an_edited_topic_is_applied_and_is_no_news(store: Store) -> None:
    """What holds keeps its tag's id, what no longer holds goes, what is new is back-applied and not owed."""
    before = Desk(store, [topic("ferries", "ferry OR nonsense"), topic("other", "council")])
    _archive(before)
    known = before.ids()
    after = Desk(store, [topic("ferries", "ferry OR council"), topic("other", "school AND NOT budget")])
    with store.read() as connection:
        assert set(after.retagger.due(connection)) == {"ferries", "other"}
    after.retag("ferries")
    after.retag("other")
    given = after.on("ferries")
    assert {title: tag.back_applied for title, tag in given.items()} == {FERRY: False, COUNCIL: True}
    assert after.on("other") == {}
    assert set(after.ids().values()) & set(known.values()) == {
        row for (_, name), row in known.items() if name == "ferries"
    }
    assert after.untold() == {FERRY}
    with store.read() as connection:
        assert after.retagger.due(connection) == []


def test_a_topic_with_new_seeds_finds_what_is_like_them(store: Store) -> None:
    """Seeds that are named later tag what is stored already, by the profiles that are stored with it."""
    before = Desk(store, [topic("ferries", "nonsense")], [SEED])
    _archive(before)
    after = Desk(store, [Topic("ferries", "Ferries", seeds=("ferry.md",))], [SEED])
    after.retag("ferries")
    (given,) = after.on("ferries").values()
    assert given.back_applied
    assert given.likeness


def test_applying_goes_on_where_it_stopped(store: Store) -> None:
    """A page that was applied stays so whatever dies; the topic is done when all have been."""
    before = Desk(store, [topic("ferries", "nonsense")])
    for number in range(5):
        _bring(before, f"Ferry number {number} to island {number * 7} sails", "a", str(number))
    definition = [topic("ferries", "ferry")]
    desk = Desk(store, definition)
    desk.retagger.page_sizes["ferries"] = 2
    assert desk.retagger.step("ferries", desk.clock).share < 1
    assert len(desk.on("ferries")) == 2
    again = Desk(store, definition)
    again.retagger.page_sizes["ferries"] = 2
    again.retagger.step("ferries", again.clock)
    assert len(again.on("ferries")) == 4
    while again.retagger.step("ferries", again.clock).share < 1:
        pass
    assert len(again.on("ferries")) == 5
    with store.read() as connection:
        assert retagging.states(connection)["ferries"].applying is None


def test_order_and_title_are_no_part_of_a_definition(store: Store) -> None:
    """The same topics in another order, under other titles, leave nothing to apply."""
    topics = [topic("ferries", "ferry"), topic("other", "council")]
    _archive(Desk(store, topics))
    turned = [replace(one, title="Something else") for one in reversed(topics)]
    with store.read() as connection:
        assert Desk(store, turned).retagger.due(connection) == []


def test_what_waits_for_outlets_is_found_in_the_archive(store: Store) -> None:
    """A new topic that asks for outlets waits with stories that match, and tags them with the next one."""
    _archive(Desk(store, [topic("ferries", "nonsense")]))
    desk = Desk(store, [topic("ferries", "ferry AND sources:>=2")])
    desk.retag("ferries")
    assert desk.on("ferries") == {}
    _bring(desk, FERRY, "c")
    assert desk.on("ferries").keys() == {FERRY}


def test_the_words_of_another_copy_keep_a_tag(store: Store) -> None:
    """A story that matched by the text of its second copy keeps the tag when the topic is applied anew."""
    desk = Desk(store, [topic("ferries", "captain")])
    _bring(desk, FERRY, "a")
    said = entry(FERRY, guid="9", link="https://b.example/9", published=NOW, text="The captain is glad.")
    desk.bring(said, feed="https://b.example/feed")
    (one,) = desk.stories()
    assert len(one.copies) == 2
    assert desk.on("ferries").keys() == {FERRY}
    desk.retag("ferries")
    assert desk.on("ferries").keys() == {FERRY}
    Desk(store, [topic("ferries", "mermaid")]).retag("ferries")
    assert desk.on("ferries") == {}


def test_a_person_takes_a_story_off_a_topic_and_it_stays_off(store: Store) -> None:
    """The tag goes; neither a new wording nor applying the topic brings it back; taking it back does."""
    desk = Desk(store, [topic("ferries", "ferry")])
    _archive(desk)
    (one,) = (story for story in desk.stories() if story.words.title == FERRY)
    with store.write() as lane:
        marking.mark(lane, "ferries", one.id, ME, on=False)
    assert desk.on("ferries") == {}
    said = entry(f"{FERRY} at last", guid="1", link="https://a.example/1", published=NOW)
    assert desk.bring(said, at=NOW + timedelta(hours=1)) == ["revision"]
    desk.retag("ferries")
    assert desk.on("ferries") == {}
    with store.write() as lane:
        marking.undo(lane, "ferries", one.id, desk.retagger.again(NOW))
    assert desk.on("ferries").keys() == {f"{FERRY} at last"}
    with store.write() as lane, pytest.raises(UsageError, match="nobody has said"):
        marking.undo(lane, "ferries", one.id, desk.retagger.again(NOW))


def test_a_person_puts_a_story_on_a_topic_and_it_stays_on(store: Store) -> None:
    """The tag says who gave it, scores 1, and outlives applying the topic; taken back, it goes."""
    desk = Desk(store, [topic("ferries", "ferry")])
    _archive(desk)
    (one,) = (story for story in desk.stories() if story.words.title == COUNCIL)
    with store.write() as lane:
        marking.mark(lane, "ferries", one.id, ME, on=True)
    desk.retag("ferries")
    given = desk.on("ferries")[COUNCIL]
    assert (given.by, given.score) == ("me", 1.0)
    assert COUNCIL in desk.untold()
    with store.read() as connection:
        assert [mark.on for mark in marks.of_story(connection, ids.story_row(one.id))] == [True]
    with store.write() as lane:
        marking.undo(lane, "ferries", one.id, desk.retagger.again(NOW))
    assert desk.on("ferries").keys() == {FERRY}


def test_marks_teach_likeness_without_a_restart(store: Store) -> None:
    """After a story is marked as on topic, one like it scores higher in the same process."""
    desk = Desk(store, [Topic("ferries", "Ferries", seeds=("ferry.md",))], [SEED])
    _archive(desk)
    _bring(desk, "Council adopts the school budget after a long vote", "c")
    rows = {story.words.title: ids.story_row(story.id) for story in desk.stories()}
    taught, other = COUNCIL, "Council adopts the school budget after a long vote"
    with store.read() as connection:
        before = desk.retagger.scores(connection, "ferries")[rows[other]]
    with store.write() as lane:
        marking.mark(lane, "ferries", ids.story_id(rows[taught]), ME, on=True)
    with store.read() as connection:
        scores = desk.retagger.scores(connection, "ferries")
    assert scores[rows[taught]] == 1.0
    assert scores[rows[other]] > before


def test_every_story_is_ranked_by_its_score(store: Store) -> None:
    """Ranking gives all stories but seeds, the best first; what matches nothing has none."""
    desk = Desk(store, [topic("ferries", "ferry")], [SEED])
    _archive(desk)
    with store.read() as connection:
        scored = [(score, story.words.title) for score, story in ranked(connection, desk.retagger, "ferries")]
    assert scored == [(1.0, FERRY), (0.0, COUNCIL)]


def test_a_query_is_tried_against_a_topic(store: Store) -> None:
    """What it finds, when and where, what it would add to the topic's tags and what it would drop."""
    desk = Desk(store, [topic("ferries", "ferry")], [SEED])
    _archive(desk)
    query = desk.definitions.search(replace(topic("ferries"), query="council"), NOW, ())
    asked = store.containing(query)
    with store.read() as connection:
        tried = found(connection, asked)
        changed = change(connection, desk.topics[0], asked)
        where = spread(connection, asked, NOW + timedelta(hours=1))
    assert tried.total == 1
    assert [(story.words.title, [span.matched for span in spans]) for story, spans in tried.newest] == [
        (COUNCIL, ["Council"])
    ]
    assert [one.words.title for one, _ in changed.added.newest] == [COUNCIL]
    assert [one.words.title for one, _ in changed.dropped.newest] == [FERRY]
    assert where.sources == (("https://b.example/feed", 1),)
    assert [one.stories for one in where.days if one.stories] == [1]
