"""What holds for every feed, however its publisher treats guids, links, titles and order."""

from collections import Counter
from datetime import timedelta
from random import Random

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.dedupe import mark
from monitor.model.entries import Entry
from monitor.store import Store
from monitor.store.corrections import moved
from tests.builders import NOW, entry
from tests.polls import everything, poll, undone

HOST = "https://harbour.example"
TITLES = (
    "Ferry resumes after storm",
    "Ferry resumes after long storm",
    "Harvest begins early this year",
    "Council votes on the new bridge budget",
    "Council votes",
    "",
)
TEXTS = ("", "Ten words of text that two items of this feed may share, or none.", "Short.")

ENTRIES = st.builds(
    entry,
    st.sampled_from(TITLES),
    guid=st.sampled_from((None, "1", "2", "3")),
    link=st.sampled_from((None, f"{HOST}/", f"{HOST}/1", f"{HOST}/2", f"{HOST}/3?utm_source=rss")),
    text=st.sampled_from(TEXTS),
    published=st.sampled_from((None, NOW, NOW - timedelta(days=1), NOW - timedelta(days=30))),
)
DOCUMENTS = st.lists(ENTRIES, max_size=6)
FEEDS = st.lists(DOCUMENTS, min_size=1, max_size=5)
TIDY = st.lists(
    st.builds(
        lambda number, title, text: entry(
            TITLES[title], guid=f"{number}", link=f"{HOST}/{number}", text=TEXTS[text], published=NOW
        ),
        st.integers(0, 9),
        st.integers(0, len(TITLES) - 1),
        st.integers(0, len(TEXTS) - 1),
    ),
    max_size=8,
    unique_by=lambda one: one.guid,
)

many = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@many
@given(FEEDS)
def test_the_same_document_again_brings_nothing(sqlite_store: Store, documents: list[list[Entry]]) -> None:
    """Whatever a feed showed before, a second poll of any document finds everything known."""
    with undone(sqlite_store) as lane:
        for entries in documents:
            poll(lane, *entries)
            assert set(poll(lane, *entries)) <= {"seen"}


@many
@given(FEEDS)
def test_nothing_of_a_document_is_lost(sqlite_store: Store, documents: list[list[Entry]]) -> None:
    """The words of every item of every document stand in the store, as a copy's words or a revision's."""
    with undone(sqlite_store) as lane:
        for entries in documents:
            poll(lane, *entries)
        found = everything(lane)
    said = {one.words for one in found} | {old.words for story in found for old in story.revisions}
    titles = {words.title for words in said} | {copy.title for story in found for copy in story.copies}
    for entries in documents:
        assert {item.entry.words.title for item in mark(entries)} <= titles


@many
@given(FEEDS)
def test_every_verdict_is_one_of_the_counts(sqlite_store: Store, documents: list[list[Entry]]) -> None:
    """There are as many stories as were new, less those that an item showed to be another; and all copies."""
    kinds: Counter[str] = Counter()
    with undone(sqlite_store) as lane:
        for entries in documents:
            kinds.update(poll(lane, *entries))
        found = everything(lane)
        merged = lane.scalar(sa.select(sa.func.count()).where(moved.c.copy_id.is_not(None))) or 0
    assert len(found) + merged == kinds["new"]
    assert sum(len(story.copies) for story in found) == kinds["new"] + kinds["copy"]
    assert sum(len(story.revisions) for story in found) <= kinds["revision"]


@many
@given(TIDY, TIDY, st.randoms(use_true_random=False))
def test_order_does_not_count(
    sqlite_store: Store, first: list[Entry], second: list[Entry], random: Random
) -> None:
    """A document whose items come in another order brings as many new, copies and revisions."""
    counts = []
    for shuffle in (False, True):
        with undone(sqlite_store) as lane:
            for entries in (first, second):
                shown = random.sample(entries, len(entries)) if shuffle else entries
                counts.append(Counter(poll(lane, *shown)))
    assert counts[:2] == counts[2:]


@many
@given(st.lists(TIDY, min_size=2, max_size=4))
def test_several_feeds_in_turn_or_again(sqlite_store: Store, feeds: list[list[Entry]]) -> None:
    """Feeds that share items find them again in any number of rounds; rounds after the first are idle."""
    with undone(sqlite_store) as lane:
        for entries, name in zip(feeds, "abcd", strict=False):
            poll(lane, *entries, feed=name)
        for entries, name in zip(feeds, "abcd", strict=False):
            assert set(poll(lane, *entries, feed=name)) <= {"seen"}
