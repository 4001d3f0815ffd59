"""A person's word on stories, on every database: done at once, pinned, and taken back by its opposite."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.dedupe import mark_archived
from monitor.errors import UsageError
from monitor.model.entries import Article, ArticleJob, Entry, Words
from monitor.model.stories import Batch
from monitor.model.topics import Mark, Query, Span, Tag, Term
from monitor.model.views import StoryView
from monitor.pipeline import correcting
from monitor.pipeline.correcting import Word
from monitor.store import Store, articles, corpus, ids, marks, rulings, sources, stories
from monitor.store.schema import story_key
from tests.builders import FEED, NOW, entry, seed, topic
from tests.happenings import counted
from tests.polls import everything, judge_batch, poll, untagged

OTHER, THIRD, FOURTH = (
    "https://courier.example/feed",
    "https://gazette.example/feed",
    "https://d.example/feed",
)
HOUR = timedelta(hours=1)
LINK = "https://harbour.example/news/1"
TEXT = "The first ferry in three days left the harbour this morning with sixty passengers on board."
WORD = Word("Anna", NOW + 5 * HOUR, "two ships")

FERRY = entry("Ferry resumes after three stormy days", guid="f", link=LINK)
PORT = entry("All ports open after the long storm", guid="p", link="https://courier.example/2", text=TEXT)
WRONG = entry(
    "Strike closes the northern ports", guid="w", link=LINK, text="Nobody sails from the north today."
)


@pytest.fixture
def lane(store: Store) -> Iterator[sa.Connection]:
    """Open a lane, with the topics declared."""
    with store.write() as connection:
        corpus.declare_topics(connection, [topic("ferries"), topic("ports")])
        yield connection
        assert counted(connection)


def tagger(words: Words) -> Sequence[Tag]:
    """Tag a title with the topics that it names, as evidence the word."""
    named = {"ferries": "Ferry", "ports": "ports"}
    starts = {name: words.title.find(word) for name, word in named.items()}
    return [
        Tag(name, 1.0, (Span(named[name], named[name], "title", start, start + len(named[name])),))
        for name, start in starts.items()
        if start >= 0
    ]


def brought(lane: sa.Connection, *items: tuple[str, Entry]) -> list[StoryView]:
    """Poll each item in its feed, an hour apart; return the stories."""
    for hour, (feed, item) in enumerate(items):
        poll(lane, item, feed=feed, at=NOW + hour * HOUR, tagger=tagger)
    return everything(lane)


def split(lane: sa.Connection, story_id: str, *which: str) -> tuple[str, str]:
    """Split as a person would."""
    return correcting.split(lane, story_id, which, WORD, tagger)


def shape(lane: sa.Connection) -> list[list[str | None]]:
    """Return the guids of the copies of every story, in order."""
    return sorted([[copy.guid for copy in story.copies] for story in everything(lane)], key=str)


def one(lane: sa.Connection, story_id: str) -> StoryView:
    """Return a story that is there, with its account."""
    found = stories.one(lane, story_id)
    assert found
    return found


def keys(lane: sa.Connection, story_id: str) -> set[str]:
    """Return the keys of a story."""
    found = sa.select(story_key.c.key).where(story_key.c.story_id == ids.story_row(story_id))
    return set(lane.scalars(found))


def test_stories_merge_into_the_oldest(lane: sa.Connection) -> None:
    """All copies, wordings and tags stand in the oldest story; who merged them, when and why stands there."""
    first, second = brought(lane, (FEED, FERRY), (OTHER, PORT))
    made = correcting.merge(lane, [second.id, first.id], WORD)
    assert made == one(lane, second.id) == one(lane, first.id)
    assert (made.id, made.words, made.first_seen) == (first.id, FERRY.words, first.first_seen)
    assert [(copy.guid, copy.rule, copy.evidence) for copy in made.copies] == [
        ("f", "first", ""),
        ("p", "person", "Anna: two ships"),
    ]
    assert {(tag.topic, tag.words) for tag in made.tags} == {("ferries", FERRY.words), ("ports", PORT.words)}
    (change,) = made.changes
    assert (change.kind, change.kept, change.other) == ("merge", first.id, second.id)
    assert (change.rule, change.who, change.at, change.evidence) == ("person", "Anna", WORD.at, "two ships")


def test_copies_leave_with_what_is_theirs(lane: sa.Connection) -> None:
    """Words, times, tags and search follow the copies that leave; the story keeps its id and the rest."""
    (whole,) = brought(lane, (FEED, FERRY), (OTHER, WRONG))
    stays, leaves = (one(lane, half) for half in split(lane, whole.id, "2"))
    assert (stays.id, stays.words, shape(lane)) == (whole.id, FERRY.words, [["f"], ["w"]])
    assert (leaves.words, leaves.source, leaves.url) == (WRONG.words, OTHER, LINK)
    assert (leaves.first_seen, leaves.news) == (NOW + HOUR, True)
    assert [[tag.topic for tag in half.tags] for half in (stays, leaves)] == [["ferries"], ["ports"]]
    assert [copy.rule for copy in leaves.copies] == ["first"]
    for half in (stays, leaves):
        (change,) = half.changes
        assert (change.kind, change.kept, change.other) == ("split", stays.id, leaves.id)
        assert [(said.who, said.note) for said in half.apart] == [("Anna", "two ships")]


def test_the_first_copy_may_leave(lane: sa.Connection) -> None:
    """What stays shows the next copy, and what left shows the first; both are found by their words."""
    (whole,) = brought(lane, (FEED, FERRY), (OTHER, WRONG))
    stays, leaves = (one(lane, half) for half in split(lane, whole.id, "1"))
    assert (stays.words, leaves.words) == (WRONG.words, FERRY.words)
    assert (stays.id, stays.source, stays.copies[0].rule) == (whole.id, OTHER, "first")
    assert one(lane, correcting.merge(lane, [stays.id, leaves.id], WORD).id).words == FERRY.words


def test_search_finds_what_left(store: Store) -> None:
    """A story that was split off is found by its words, which nobody could find while it was a copy."""
    with store.write() as lane:
        corpus.declare_topics(lane, [topic("ferries"), topic("ports")])
        (whole,) = brought(lane, (FEED, FERRY), (OTHER, WRONG))
        _, leaves = correcting.split(lane, whole.id, ["2"], WORD, untagged)
        words: Query = Term("strike", (("strike",),))
        wanted = stories.Wanted(matching=store.containing(words))
        assert [found.id for found in stories.newest(lane, wanted, 9)] == [leaves]
        assert poll(lane, entry("Strike ends", guid="w", link=LINK), feed=OTHER) == ["revision"]
        assert [found.words.title for found in stories.newest(lane, wanted, 9)] == ["Strike ends"]


def test_a_merge_takes_a_split_back(lane: sa.Connection) -> None:
    """Split and merged again, a story is what it was: copies, words, tags, keys."""
    (whole,) = brought(lane, (FEED, FERRY), (OTHER, WRONG), (THIRD, FERRY))
    before = keys(lane, whole.id)
    made = correcting.merge(lane, split(lane, whole.id, "2"), WORD)
    assert (made.id, made.words, made.first_seen) == (whole.id, whole.words, whole.first_seen)
    assert [copy.guid for copy in made.copies] == ["f", "w", "f"]
    assert {tag.topic for tag in made.tags} == {"ferries", "ports"}
    assert (keys(lane, whole.id), made.apart) == (before, ())


def test_a_split_takes_a_merge_back(lane: sa.Connection) -> None:
    """Merged and split again, two stories are what they were, the younger under a new id."""
    first, second = brought(lane, (FEED, FERRY), (OTHER, PORT))
    before = keys(lane, first.id), keys(lane, second.id)
    made = correcting.merge(lane, [first.id, second.id], WORD)
    stays, leaves = split(lane, made.id, "https://courier.example/2")
    assert (keys(lane, stays), keys(lane, leaves)) == before
    again = one(lane, leaves)
    assert (one(lane, second.id), one(lane, first.id)) == (again, one(lane, stays))
    assert (again.words, again.url, again.tags) == (second.words, second.url, second.tags)
    assert (again.published, again.first_seen, again.news) == (second.published, second.first_seen, True)
    assert [said.kind for said in rulings.standing(lane)] == ["apart"]


def test_a_later_copy_follows_the_key(lane: sa.Connection) -> None:
    """After a split a new appearance joins the story whose copy has its key."""
    first, second = brought(lane, (FEED, FERRY), (OTHER, PORT))
    made = correcting.merge(lane, [first.id, second.id], WORD)
    split(lane, made.id, "2")
    poll(lane, entry("Else", guid="x", link=PORT.link), feed=FOURTH)
    poll(lane, entry(FERRY.words.title, guid="y", link=LINK), feed=FOURTH)
    assert shape(lane) == [["f", "y"], ["p", "x"]]


def test_nothing_undoes_a_split(lane: sa.Connection) -> None:
    """Polled again, retitled, imported again or bridged, what a person parted stays apart."""
    (whole,) = brought(lane, (FEED, FERRY), (OTHER, WRONG))
    archive = Batch(sources.source_row(lane, "press", "archive"), (mark_archived(FERRY),), NOW, imported=True)
    judge_batch(lane, archive, untagged)
    split(lane, whole.id, "2")
    assert shape(lane) == [["f", "f"], ["w"]]
    for feed, item in ((FEED, FERRY), (OTHER, WRONG)):
        assert poll(lane, item, feed=feed) == ["seen"]
    assert [verdict.kind for verdict in judge_batch(lane, archive, untagged)] == ["seen"]
    assert poll(lane, entry(FERRY.words.title, guid="w", link=LINK), feed=OTHER) == ["revision"]
    assert shape(lane) == [["f", "f"], ["w"]]


@pytest.mark.parametrize("together", [True, False])
def test_what_is_kept_apart_is_not_bridged(lane: sa.Connection, *, together: bool) -> None:
    """A copy with the link of one and the words of the other joins one; both stay, also after more splits."""
    parts = (FEED, FERRY), (OTHER, entry("Else", guid="e", link=LINK)), (THIRD, WRONG)
    (whole,) = brought(lane, *parts)
    stays, leaves = split(lane, whole.id, "3")
    if not together:
        split(lane, stays, "1")
    bridge = entry(WRONG.words.title, guid="b", link=LINK, text=WRONG.words.text)
    poll(lane, bridge, feed=FOURTH)
    poll(lane, entry(WRONG.words.title, guid="c", text=WRONG.words.text), feed="e")
    found = {copy.guid for copy in one(lane, leaves).copies}
    assert "w" in found
    assert found.isdisjoint({"f", "e"})
    pairs = rulings.apart(lane)
    rest = {ids.story_row(told.id) for told in everything(lane)} - {ids.story_row(leaves)}
    assert all(frozenset({row, ids.story_row(leaves)}) in pairs for row in rest)


def test_a_merge_takes_what_was_kept_apart_with_it(lane: sa.Connection) -> None:
    """What a person parted from one story is parted from all that it becomes part of."""
    (whole,) = brought(lane, (FEED, FERRY), (OTHER, WRONG))
    stays, leaves = split(lane, whole.id, "2")
    poll(lane, PORT, feed=THIRD)
    third = everything(lane)[-1]
    made = correcting.merge(lane, [leaves, third.id], WORD)
    assert rulings.apart(lane) == {frozenset(map(ids.story_row, (stays, made.id)))}
    assert [said.kind for said in rulings.standing(lane)] == ["apart", "same"]


def test_what_cannot_be_done_is_a_sentence(lane: sa.Connection) -> None:
    """Unknown ids, seeds, one story named twice, copies that are not there, and all of them."""
    corpus.put_seed(lane, seed(), untagged, NOW)
    seeded = everything(lane)[0].id
    whole, single = brought(lane, (FEED, FERRY), (OTHER, WRONG), (OTHER, PORT))[1:]
    correcting.merge(lane, [whole.id, single.id], WORD)
    merges = {
        ("s999", whole.id): "there is no story s999",
        (whole.id, seeded): "is a seed",
        (whole.id, single.id): f"is {whole.id} already",
        (whole.id,): "two stories or more",
        (whole.id, "x1"): "ids look like",
    }
    for named, sentence in merges.items():
        with pytest.raises(UsageError, match=sentence):
            correcting.merge(lane, named, WORD)
    split(lane, whole.id, "3")
    alone = everything(lane)[-1].id
    splits = {
        (seeded, "1"): "is a seed",
        (whole.id, "3"): "has no copy 3",
        (whole.id, "0"): "has no copy 0",
        (whole.id, "https://nowhere.example/"): "has no copy at https://nowhere",
        (whole.id, LINK): "all copies",
        (alone, "1"): "only one copy",
        (whole.id,): "which of the 2 copies",
    }
    for (story_id, *which), sentence in splits.items():
        with pytest.raises(UsageError, match=sentence):
            split(lane, story_id, *which)
    assert shape(lane) == [["f", "w"], ["p"], []]


def test_the_page_that_was_fetched_goes_with_its_address(lane: sa.Connection) -> None:
    """Of two stories' pages the one that was read is kept; a split gives it to the copy it is the page of."""
    first, second = brought(lane, (FEED, FERRY), (OTHER, PORT))
    failed = Article(LINK, "failed", NOW, detail="The server answered 500.")
    read = Article("https://courier.example/2", "read", NOW, "The whole page.")
    articles.put(lane, ArticleJob(ids.story_row(first.id), LINK), failed)
    articles.put(lane, ArticleJob(ids.story_row(second.id), read.url), read)
    made = correcting.merge(lane, [first.id, second.id], WORD)
    assert made.article == read
    articles.put(lane, ArticleJob(ids.story_row(second.id), read.url), failed)
    assert one(lane, made.id).article == read
    stays, leaves = split(lane, made.id, "2")
    assert (one(lane, stays).article, one(lane, leaves).article) == (None, read)


def test_a_correction_that_fails_changes_nothing(store: Store) -> None:
    """A merge and a split are one transaction each: what dies in the middle has not begun."""
    with store.write() as lane:
        corpus.declare_topics(lane, [topic("ferries"), topic("ports")])
        before = brought(lane, (FEED, FERRY), (OTHER, WRONG), (OTHER, PORT))

    def failing(_: Words) -> Sequence[Tag]:
        raise RuntimeError("the machine stops")

    def correct() -> None:
        with store.write() as lane:
            correcting.merge(lane, [told.id for told in before], WORD)
            correcting.split(lane, before[0].id, ["2"], WORD, failing)

    with pytest.raises(RuntimeError):
        correct()
    with store.read() as connection:
        assert everything(connection) == before
        assert rulings.standing(connection) == ()


def test_a_merge_brings_no_tag_back_that_a_person_took_off(lane: sa.Connection) -> None:
    """Whatever the other story bears, the word on the one that stays stands."""
    (whole,) = brought(lane, (FEED, FERRY), (OTHER, WRONG))
    stays, leaves = (one(lane, half) for half in split(lane, whole.id, "2"))
    off = Mark("ports", ids.story_row(stays.id), on=False, at=NOW, who="Anna")
    marks.put(lane, off)
    merged = one(lane, correcting.merge(lane, [stays.id, leaves.id], WORD).id)
    assert [tag.topic for tag in merged.tags] == ["ferries"]
