"""What becomes of a story, on every database: its copies, wordings, tags, and what lists say of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa

from monitor.dedupe import mark_archived
from monitor.model.entries import Entry, Words
from monitor.model.stories import Batch
from monitor.model.topics import Span, Tag
from monitor.model.views import StoryView
from monitor.store import Store, corpus, sources, stories
from monitor.store.stories import Wanted
from tests.builders import FEED, NOW, entry, seed, topic
from tests.polls import everything, judge_batch, poll, untagged

OTHER = "https://courier.example/feed"
HOUR = timedelta(hours=1)
TITLE = "Ferry resumes after three stormy days"


def tagger(words: Words) -> tuple[Tag, ...]:
    """Tag a wording with the ferries topic where its title has the word."""
    start = words.title.find("Ferry")
    return (Tag("ferries", 1.0, (Span("ferry", "Ferry", "title", start, start + 5),)),) if start >= 0 else ()


@pytest.fixture
def lane(store: Store) -> Iterator[sa.Connection]:
    """Open a lane, with the topics declared."""
    with store.write() as connection:
        corpus.declare_topics(connection, [topic("ferries"), topic("ports")])
        yield connection


def only(lane: sa.Connection) -> StoryView:
    """Return the one story there is."""
    (found,) = everything(lane)
    return found


def test_a_new_story_has_all_that_the_entry_said(lane: sa.Connection) -> None:
    """Every field of an entry comes back, times aware, characters of every script whole."""
    said = Words("Паром «Łódź» 🚢 — ще раз", "Summary ’\u2028’", "Text\nof 2 lines")
    at = datetime(2026, 3, 2, 8, 59, 59, 123456, tzinfo=NOW.tzinfo)
    given = Entry(said, "g‑1", "https://harbour.example/1?a=б", at, "Mon, 02 Mar", "uk")
    assert poll(lane, given, tagger=lambda _: (Tag("ports", 0.25),)) == ["new"]
    story = only(lane)
    assert (story.words, story.url, story.language, story.published) == (said, given.link, "uk", at)
    assert (story.source, story.first_seen, story.seed, story.news) == (FEED, NOW, False, True)
    assert story.tags == (Tag("ports", 0.25, (), said),)
    (first,) = story.copies
    assert (first.source, first.guid, first.url, first.title) == (FEED, "g‑1", given.link, said.title)
    assert (first.published, first.first_seen, first.rule, first.score) == (at, NOW, "first", 1.0)
    assert story.revisions == ()
    assert stories.one(lane, story.id) == story
    assert stories.one(lane, "s999999") is None


def test_a_copy_keeps_where_it_stood_and_why(lane: sa.Connection) -> None:
    """A copy is listed with its feed, guid, address, the rule and its evidence; the story stays as it was."""
    poll(lane, entry(TITLE, guid="1", link="https://a.example/1"))
    poll(lane, entry(f"{TITLE}!", guid="x", link="https://b.example/9"), feed=OTHER, at=NOW + HOUR)
    poll(lane, entry("Else", link="http://www.a.example/1?utm_source=y"), feed="c", at=NOW + HOUR)
    story = only(lane)
    assert (story.words.title, story.url, story.source) == (TITLE, "https://a.example/1", FEED)
    assert [(copy.source, copy.rule, copy.evidence) for copy in story.copies] == [
        (FEED, "first", ""),
        (OTHER, "wording", f"{TITLE}!"),
        ("c", "link", "http://www.a.example/1?utm_source=y"),
    ]
    assert story.copies[1].first_seen == NOW + HOUR


def test_a_story_shows_its_first_appearances_latest_words(lane: sa.Connection) -> None:
    """A revision of the first copy becomes the story's words; the earlier wording is kept whole."""
    first = entry(TITLE, guid="1", summary="S1", text="T1")
    poll(lane, first)
    assert poll(lane, entry(f"{TITLE} 2", guid="1", text="T2"), at=NOW + HOUR) == ["revision"]
    story = only(lane)
    assert story.words == Words(f"{TITLE} 2", "", "T2")
    assert [(old.words, old.source, old.guid, old.seen_at) for old in story.revisions] == [
        (first.words, FEED, "1", NOW)
    ]
    assert story.first_seen == NOW


def test_a_revision_of_another_copy_leaves_the_storys_words(lane: sa.Connection) -> None:
    """Only the first appearance speaks for the story; the others' earlier wordings are kept all the same."""
    poll(lane, entry(TITLE, guid="1"))
    poll(lane, entry(TITLE, guid="x"), feed=OTHER)
    poll(lane, entry("Ferry on strike again", guid="x"), feed=OTHER, tagger=tagger)
    story = only(lane)
    assert story.words.title == TITLE
    assert [copy.title for copy in story.copies] == [TITLE, "Ferry on strike again"]
    assert [(old.words.title, old.source) for old in story.revisions] == [(TITLE, OTHER)]
    assert [(tag.topic, tag.words) for tag in story.tags] == [("ferries", Words("Ferry on strike again"))]


def test_words_that_go_to_and_fro_are_kept_once(lane: sa.Connection) -> None:
    """A publisher that alternates between two wordings revises once and leaves one extra wording."""
    one, two = entry(TITLE, guid="1"), entry(f"{TITLE}, at last", guid="1")
    assert [poll(lane, item) for item in (one, two, one, two, one)] == [
        ["new"],
        ["revision"],
        *[["back"]] * 3,
    ]
    story = only(lane)
    assert story.words == one.words
    assert [old.words for old in story.revisions] == [two.words]


def test_a_moved_item_is_found_at_its_new_address(lane: sa.Connection) -> None:
    """When an item's link changes the story shows the new one, and both find it in other feeds."""
    poll(lane, entry(TITLE, guid="1", link="https://a.example/1"))
    assert poll(lane, entry(TITLE, guid="1", link="https://a.example/2")) == ["seen"]
    assert (only(lane).url, only(lane).copies[0].url) == ("https://a.example/2",) * 2
    assert poll(lane, entry("B", link="https://a.example/1"), feed="b") == ["copy"]


def test_tags_are_written_once_and_follow_the_words(lane: sa.Connection) -> None:
    """One tag a topic: later copies leave it, a revision of the first copy renews its evidence."""
    poll(lane, entry(TITLE, guid="1"), tagger=tagger)
    poll(lane, entry(TITLE.upper(), guid="x"), feed=OTHER, tagger=lambda _: (Tag("ferries", 0.5),))
    (tag,) = only(lane).tags
    assert (tag.score, tag.words, tag.evidence[0].start) == (1.0, Words(TITLE), 0)
    poll(lane, entry(f"New: {TITLE}", guid="1"), tagger=tagger)
    (tag,) = only(lane).tags
    assert (tag.words, tag.evidence[0].start) == (Words(f"New: {TITLE}"), 5)
    poll(lane, entry("Boat resumes after three stormy days", guid="1"), tagger=tagger)
    (tag,) = only(lane).tags
    assert tag.words == Words(f"New: {TITLE}"), "the evidence points into the words that earned it"


def test_nothing_is_too_long(lane: sa.Connection) -> None:
    """Guids, links and titles of any length are stored whole and known again."""
    wild = "".join(sha256(bytes([n])).hexdigest() for n in range(200))
    for item in (entry(wild, guid="g"), entry("B", guid=wild), entry("C", link=f"https://a.example/{wild}")):
        assert [poll(lane, item), poll(lane, item)] == [["new"], ["seen"]]
    assert {len(story.words.title) for story in everything(lane)} == {1, len(wild)}


@pytest.mark.parametrize(
    ("published", "polls", "is_news"),
    [
        (NOW - 48 * HOUR, 0, True),
        (NOW - 48 * HOUR - timedelta(seconds=1), 5, False),
        (NOW + HOUR, 0, True),
        (None, 0, False),
        (None, 1, True),
    ],
)
def test_what_is_news(lane: sa.Connection, published: datetime | None, polls: int, is_news: bool) -> None:
    """News is not older than the limit; undated items count from a feed's second poll on."""
    poll(lane, entry(published=published, guid="1"), polls=polls)
    assert only(lane).news is is_news


def archived(lane: sa.Connection, one: Entry, source: str = "archive") -> list[str]:
    """Import one entry; return what it was."""
    row = sources.source_row(lane, "press", source)
    batch = Batch(row, (mark_archived(one),), NOW, imported=True)
    return [verdict.kind for verdict in judge_batch(lane, batch, untagged)]


def test_what_is_imported_is_no_news(lane: sa.Connection) -> None:
    """An imported story is never news, however young, and a polled copy does not make it so."""
    assert archived(lane, entry(TITLE, guid="1", published=NOW)) == ["new"]
    assert poll(lane, entry(TITLE, guid="1", published=NOW)) == ["copy"]
    assert not only(lane).news


def test_an_imports_identity_is_its_id(lane: sa.Connection) -> None:
    """Of one source two ids are two records whatever their links, and one id is one whatever its title."""
    link = "https://a.example/1"
    assert archived(lane, entry("Ferry sails", guid="1", link=link)) == ["new"]
    assert archived(lane, entry("Harvest begins", guid="1", link=f"{link}2", published=NOW)) == ["revision"]
    assert archived(lane, entry("Snow falls", guid="2", link=f"{link}3")) == ["new"]
    assert archived(lane, entry("Ferry sails", guid="1"), "elsewhere") == ["new"]


def test_seeds_are_copies_of_nothing(lane: sa.Connection) -> None:
    """A polled article with a seed's words is a story of its own, and so is a seed with a story's."""
    text = "The ferry sails again after three days in the harbour, the owner says."
    assert corpus.put_seed(lane, seed("one.md", TITLE, text), untagged, NOW) == "new"
    assert poll(lane, entry(TITLE, text=text)) == ["new"]
    assert corpus.put_seed(lane, seed("two.md", TITLE, text), untagged, NOW) == "new"
    assert [(story.seed, len(story.copies)) for story in everything(lane)] == [
        (True, 0),
        (False, 1),
        (True, 0),
    ]


def test_a_seed_has_its_files_date(lane: sa.Connection) -> None:
    """A seed whose date is put right is listed by the right one; one without is listed by its first load."""
    for n, published in enumerate((None, NOW - HOUR, NOW - 2 * HOUR)):
        made = seed("one.md")
        changed = type(made)(made.name, made.words, published=published)
        corpus.put_seed(lane, changed, untagged, NOW + n * HOUR)
    poll(lane, entry(TITLE, published=NOW - HOUR))
    assert [story.seed for story in stories.newest(lane, Wanted(), 9)] == [False, True]
    corpus.put_seed(lane, seed("one.md"), untagged, NOW + 9 * HOUR)
    assert [story.seed for story in stories.newest(lane, Wanted(), 9)] == [True, False]
    assert everything(lane)[0].first_seen == NOW


# ---------------------------------------------------------------- lists


@pytest.fixture
def week(lane: sa.Connection) -> sa.Connection:
    """Fill the store: story n was published n hours ago and first seen in the opposite order."""
    for n in range(6):
        published = None if n == 0 else NOW - n * HOUR
        item = entry(f"Ferry number {n}" if n % 2 else f"Boat number {n}", guid=f"{n}", published=published)
        poll(lane, item, at=NOW + n * HOUR, tagger=tagger)
    corpus.put_seed(lane, seed(), untagged, NOW - 9 * HOUR)
    return lane


def titles(found: tuple[StoryView, ...]) -> list[str]:
    """Return the last character of each title, which is its number."""
    return [story.words.title[-1] for story in found]


def test_lists_are_newest_first(week: sa.Connection) -> None:
    """Stories are listed by when they were published, else first seen, a page at a time."""
    assert titles(stories.newest(week, Wanted(), 4)) == ["0", "1", "2", "3"]
    assert titles(stories.newest(week, Wanted(seeds=False), 9, 4)) == ["4", "5"]
    assert stories.count(week, Wanted()) == 7
    assert stories.count(week, Wanted(seeds=False)) == 6


def test_since_and_until_bound_first_seen(week: sa.Connection) -> None:
    """A list reaches from a moment, itself included, to a moment, itself not."""
    between = Wanted(since=NOW + 2 * HOUR, until=NOW + 4 * HOUR)
    assert titles(stories.newest(week, between, 9)) == ["2", "3"]
    assert stories.count(week, between) == 2


def test_a_list_of_one_topic(week: sa.Connection) -> None:
    """A topic's list has the stories with its tag; an unknown one is empty."""
    assert titles(stories.newest(week, Wanted(topic="ferries"), 9)) == ["1", "3", "5"]
    assert stories.newest(week, Wanted(topic="ports"), 9) == ()
    assert corpus.topic_counts(week) == {"ferries": 3}


def test_a_walk_over_everything_is_in_order_of_arrival(week: sa.Connection) -> None:
    """Every story comes once, more of them than a page holds, oldest id first."""
    entries = (entry(f"Item of series {n}", guid=f"n{n}") for n in range(700))
    poll(week, *entries, feed=OTHER)
    numbers = [int(story.id[1:]) for story in everything(week)]
    assert len(numbers) == 707
    assert numbers == sorted(set(numbers))


def test_many_stories_by_number(lane: sa.Connection) -> None:
    """However many stories are asked for at once, they come, newest first."""
    assert stories.by_rows(lane, range(1, 40_000)) == ()
    poll(lane, entry("Old", guid="1", published=NOW - HOUR), entry("New", guid="2", published=NOW))
    rows = [int(story.id[1:]) for story in everything(lane)]
    assert [story.words.title for story in stories.by_rows(lane, rows)] == ["New", "Old"]


def test_nothing_to_record_writes_nothing(lane: sa.Connection) -> None:
    """A batch without appearances leaves the store as it was."""
    assert judge_batch(lane, Batch(sources.source_row(lane, "press", FEED), (), NOW), untagged) == ()
    assert everything(lane) == []
