"""Article pages on every database: which are wanted, how often, and where their text is seen."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.corpus.exporting import record
from monitor.model.entries import Article, ArticleJob, Words
from monitor.model.feeds import FeedOptions, Subscription
from monitor.model.topics import Tag
from monitor.store import Store, articles, corpus, subscriptions
from tests.builders import FEED, NOW, entry, topic
from tests.polls import everything, poll

OTHER = "https://meridian.example/feed"
OPTIONS = FeedOptions("desk", "hush", full_text=True)
LINK = "https://harbour.example/1"
SINCE = NOW - timedelta(hours=48)


def tagger(words: Words) -> tuple[Tag, ...]:
    """Tag what says ferry."""
    return (Tag("ferries", 1.0),) if "Ferry" in words.title else ()


def filled(store: Store) -> ArticleJob:
    """Bring stories of a feed with full text and of one without; return the one whose page is wanted."""
    with store.write() as lane:
        corpus.declare_topics(lane, [topic()])
        subscriptions.add(lane, [Subscription(FEED, options=OPTIONS), Subscription(OTHER)], NOW)
        poll(lane, entry("Ferry resumes", guid="1", link=LINK), tagger=tagger)
        poll(lane, entry("Bakery opens", guid="2", link="https://harbour.example/2"), tagger=tagger)
        poll(lane, entry("Ferry without a page", guid="3"), tagger=tagger)
        poll(lane, entry("Ferry sold", guid="4", link="https://m.example/4"), feed=OTHER, tagger=tagger)
        poll(
            lane,
            entry("Ferry of old", guid="5", link="https://harbour.example/5"),
            at=SINCE - timedelta(hours=1),
            tagger=tagger,
        )
        (job,) = articles.wanted(lane, NOW, SINCE, 10)
    return job


def wanted(store: Store, at: datetime = NOW) -> list[str]:
    """Return the addresses of the pages that are wanted at a time."""
    with store.read() as connection:
        return [job.url for job in articles.wanted(connection, at, SINCE, 10)]


def put(store: Store, job: ArticleJob, came: Article) -> None:
    """Keep what came of asking."""
    with store.write() as lane:
        articles.put(lane, job, came)


def test_only_new_stories_on_a_topic_of_feeds_with_full_text_are_wanted(store: Store) -> None:
    """Neither what no topic matched nor another feed's, nor what has no page or is old, is asked for."""
    job = filled(store)
    assert (job.url, job.options) == (LINK, OPTIONS)


def test_a_page_is_tried_three_times_at_most(store: Store) -> None:
    """What failed is asked for again after a pause, and left alone after the third time."""
    job, at = filled(store), NOW
    for number in range(1, 4):
        assert wanted(store, at) == [LINK]
        put(store, job, Article(LINK, "failed", at, detail="It rained."))
        assert wanted(store, at + articles.PAUSE - timedelta(seconds=1)) == []
        at += articles.PAUSE
        with store.read() as connection:
            assert [view.article.tries for view in everything(connection) if view.article] == [number]
    assert wanted(store, at + timedelta(days=1)) == []


def test_a_page_that_may_not_be_read_is_not_asked_for_again(store: Store) -> None:
    """What robots.txt forbids, and what was read, are over."""
    job = filled(store)
    put(store, job, Article(LINK, "disallowed", NOW, detail="Not allowed."))
    assert wanted(store, NOW + timedelta(days=1)) == []
    put(store, job, Article(LINK, "read", NOW, "The ferry sails."))
    assert wanted(store, NOW + timedelta(days=1)) == []


def test_the_text_of_a_page_is_exported_where_the_feed_gave_none(store: Store) -> None:
    """A story has its page's text, in the export only where its own wording has none."""
    job = filled(store)
    put(store, job, Article(LINK, "failed", NOW, detail="It rained."))
    put(store, job, Article(LINK, "read", NOW, "The ferry sails."))
    with store.read() as connection:
        (found,) = (view for view in everything(connection) if view.url == LINK)
    assert found.article == Article(LINK, "read", NOW, "The ferry sails.", tries=2)
    assert record(found)["text"] == "The ferry sails."
    assert record(replace(found, words=Words("T", text="Its own.")))["text"] == "Its own."
