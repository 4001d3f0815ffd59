"""Items that come back: under other names, from servers that disagree, after years, in other markup."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.dedupe import mark
from monitor.model.entries import Entry, ParsedFeed, Words
from monitor.model.stories import Batch
from monitor.parse import parse
from monitor.store import Store, corpus, sources
from monitor.tag import MATCHERS
from tests.builders import FEED, NOW, document, entry, topic
from tests.polls import everything, judge_batch, poll, undone, untagged

SITE = "https://harbour.example/news"
SAID = ", the harbour master said on Monday to whoever asked."
TITLES = ("Ferry resumes after storm", "Harvest begins early", "Snow closes the pass")
Document = Sequence[Entry]


def renamed(entries: Sequence[Entry], by: timedelta | None = timedelta(0)) -> Document:
    """Return a document's items with other guids and links; their dates moved by so much, or lost."""
    return tuple(
        replace(
            one,
            guid=f"moved-{n}",
            link=f"{SITE}/moved/{n}",
            published=one.published + by if one.published and by is not None else None,
        )
        for n, one in enumerate(entries)
    )


BARE = tuple(
    entry(f"{title} in the north", guid=f"{n}", link=f"{SITE}/{n}", published=NOW - timedelta(hours=n))
    for n, title in enumerate(TITLES)
)
UNDATED = tuple(replace(one, published=None) for one in BARE)
SHORT = tuple(
    replace(one, words=Words(title)) for one, title in zip(BARE, ("Aries", "Leo", "Virgo"), strict=True)
)
WHOLE = tuple(replace(one, words=replace(one.words, text=f"{one.words.title}{SAID}")) for one in BARE)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)

MOVED: dict[str, tuple[Document, Document, str]] = {
    "bare titles, the same dates": (BARE, renamed(BARE), "seen"),
    "bare titles, the time zone lost": (BARE, renamed(BARE, 2 * HOUR), "seen"),
    "bare titles, the dates lost": (BARE, renamed(BARE, None), "seen"),
    "bare titles that never had dates": (UNDATED, renamed(UNDATED), "seen"),
    "short titles, the same dates": (SHORT, renamed(SHORT), "seen"),
    "texts, the dates those of the move": (WHOLE, renamed(WHOLE, WEEK), "seen"),
    "a serial: the titles again a day later": (BARE, renamed(BARE, 24 * HOUR), "new"),
    "a serial of short titles, an hour later": (
        SHORT,
        renamed([replace(one, words=replace(one.words, text=SAID)) for one in SHORT], HOUR),
        "new",
    ),
}


@pytest.mark.parametrize(("before", "after", "kind"), MOVED.values(), ids=MOVED.keys())
def test_a_feed_whose_guids_and_links_all_change_makes_no_new_stories(
    sqlite_store: Store, before: Document, after: Document, kind: str
) -> None:
    """FAILURES 19: items that come back under new names are known; those of a serial are new each time."""
    with undone(sqlite_store) as lane:
        assert poll(lane, *before) == ["new"] * len(before)
        assert poll(lane, *after) == [kind] * len(before)
        assert poll(lane, *before) == poll(lane, *after) == ["seen"] * len(before)
        assert len(everything(lane)) == len(before) * (2 if kind == "new" else 1)


def test_new_names_for_every_answer_make_no_stories(sqlite_store: Store) -> None:
    """FAILURES 19: a feed that makes up guids and links anew each time has the stories that it has."""
    with undone(sqlite_store) as lane:
        poll(lane, *UNDATED)
        for n in range(5):
            anew = [replace(one, guid=f"{n}-{one.guid}", link=f"{one.link}/{n}") for one in UNDATED]
            assert poll(lane, *anew) == ["seen"] * len(UNDATED)
        assert len(everything(lane)) == len(UNDATED)


def test_what_is_new_among_the_renamed_is_new(sqlite_store: Store) -> None:
    """FAILURES 19: of a moved site's items those that were not there before are new, all others known."""
    late = entry("Snow falls on the coast at last", guid="moved-9", link=f"{SITE}/moved/9", published=NOW)
    with undone(sqlite_store) as lane:
        poll(lane, *BARE)
        assert poll(lane, *renamed(BARE), late) == ["seen"] * len(BARE) + ["new"]


@pytest.mark.parametrize("unchanged", [0, 10])
def test_a_few_equal_titles_are_no_move(sqlite_store: Store, unchanged: int) -> None:
    """Where most of a document is known or has other titles, what has new names is another appearance."""
    others = [entry(f"Item {n} of the long list", guid=f"i{n}", published=NOW) for n in range(4)]
    with undone(sqlite_store) as lane:
        poll(lane, *BARE, *others)
        known = others if not unchanged else []
        source = sources.source_row(lane, "press", FEED)
        appearances = mark((*known, *renamed(BARE)))
        batch = Batch(source, appearances, NOW, NOW, undated_is_news=True, unchanged=unchanged)
        kinds = [verdict.kind for verdict in judge_batch(lane, batch, untagged)]
        assert kinds == ["seen"] * len(known) + ["copy"] * len(BARE)


def test_a_moved_site_brings_one_digest_line_at_most(sqlite_store: Store) -> None:
    """FAILURES 19: after a move to https and to other guids, what is news is what was news before."""
    topics = [topic("north", "north")]
    with undone(sqlite_store) as lane:
        corpus.declare_topics(lane, topics)
        tagger = MATCHERS["query"](topics, {})
        poll(lane, *BARE, tagger=tagger)
        before = corpus.topic_counts(lane)
        poll(lane, *renamed(BARE), at=NOW + HOUR, tagger=tagger)
        assert corpus.topic_counts(lane) == before == {"north": len(BARE)}


def test_a_rewritten_live_page_is_a_revision(sqlite_store: Store) -> None:
    """FAILURES 20: a live page whose headline and address are rewritten is what it was."""
    live = entry("Storm updates: ferries stay in port", guid="p54wpw", link=f"{SITE}/storm-live-p54wpw.html")
    cases = {
        f"{SITE}/as-it-happened-harbour-reopens-p54wpw.html": "revision",
        f"{SITE}/storm-live.html": "revision",
        f"{SITE}/p54wpw/harbour-reopens": "revision",
        f"{SITE}/as-it-happened-harbour-reopens-q77abc.html": "new",
        f"{SITE}/harvest.html": "new",
    }
    for link, kind in cases.items():
        with undone(sqlite_store) as lane:
            poll(lane, replace(live, published=NOW))
            ended = entry("As it happened: harbour reopens", guid="p54wpw", link=link, published=NOW + HOUR)
            assert poll(lane, ended) == [kind]


def test_servers_that_disagree_make_one_revision(sqlite_store: Store) -> None:
    """FAILURES 23: flipping between an old and a new copy shows one change, and keeps each wording once."""
    old = entry("Ferry strike: 3 boats stay in port", guid="1")
    new = entry("Ferry strike: 30 boats stay in port", guid="1")
    with undone(sqlite_store) as lane:
        assert poll(lane, old) == ["new"]
        kinds = [poll(lane, one)[0] for one in (new, old, new, old, new)]
        assert kinds == ["revision", "back", "back", "back", "back"]
        (story,) = everything(lane)
        assert story.words == new.words
        assert [revision.words for revision in story.revisions] == [old.words]


def test_items_that_were_away_are_known(sqlite_store: Store) -> None:
    """FAILURES 23, 25: what an answer left out, for a day or for years, is not found again as new."""
    with undone(sqlite_store) as lane:
        poll(lane, *BARE)
        assert poll(lane, BARE[0], at=NOW + HOUR) == ["seen"]
        assert poll(lane, *BARE, at=NOW + timedelta(days=900)) == ["seen"] * len(BARE)


def test_markup_in_another_order_is_no_revision(sqlite_store: Store) -> None:
    """FAILURES 22: an item is its words; attributes that come in another order change nothing."""
    kinds = []
    with undone(sqlite_store) as lane:
        for attributes in ('href="/a" title="b"', 'title="b" href="/a"'):
            item = entry("Ferry resumes", guid="1", summary=f"<p>The <a {attributes}>ferry</a> sails.</p>")
            parsed = parse(document(item), NOW)
            assert isinstance(parsed, ParsedFeed)
            kinds += poll(lane, *parsed.entries)
    assert kinds == ["new", "seen"]


def test_the_same_headline_months_later_is_a_new_story(sqlite_store: Store) -> None:
    """The same headline and text of another season is another story, in its own feed and in another."""
    told = entry(
        f"{TITLES[0]} in the north", guid="1", link=f"{SITE}/1", text=SAID * 3, published=NOW - 20 * WEEK
    )
    again = replace(told, guid="2", link=f"{SITE}/2", published=NOW)
    with undone(sqlite_store) as lane:
        assert poll(lane, told, at=NOW - 20 * WEEK) == ["new"]
        assert poll(lane, again) == ["new"]
        assert poll(lane, replace(again, link=f"{SITE}/3"), feed="https://coast.example/") == ["copy"]
