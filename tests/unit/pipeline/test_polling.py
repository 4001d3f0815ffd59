"""Polls end to end but for the network: what each kind of answer leaves in the store, and in the account."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from monitor.model.entries import Words
from monitor.model.fetching import Document, Failed, Fetched, Job, NotModified, Reason, Validators
from monitor.model.polls import Polled
from monitor.model.topics import Facts, Tag
from monitor.pipeline.polling import Poller, Rules
from monitor.store import Store, corpus, feeds, health, polls, subscriptions
from monitor.tag import NO_FACTS
from monitor.words import FoldedWords
from tests.builders import NOW, StoppedClock, document, entry, subscription, topic
from tests.polls import everything, untagged
from tests.reading import in_thread

A, B, C = (f"https://{name}.example/feed" for name in ("anchor", "beacon", "crane"))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def tagger(words: Words, _folded: FoldedWords | None = None, _facts: Facts = NO_FACTS) -> tuple[Tag, ...]:
    """Tag what says ferry; fail on what says boom."""
    if "boom" in words.title:
        raise KeyError(words.title)
    return (Tag("ferries", 1.0),) if "Ferry" in words.title else ()


@dataclass
class Newsroom:
    """Feeds whose answers a test sets, and the poller on them."""

    store: Store
    clock: StoppedClock
    answers: dict[str, Fetched | Exception] = field(default_factory=dict)
    asked: list[Job] = field(default_factory=list)

    async def fetch(self, job: Job) -> Fetched:
        """Answer as the test said."""
        self.asked.append(job)
        answer = self.answers[job.url]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def lease(self) -> Sequence[Job]:
        """Take every feed for polling."""
        with self.store.write() as lane:
            return polls.lease_all(lane, self.clock())

    @property
    def poller(self) -> Poller:
        """Return a poller of these feeds."""
        return Poller(self.store, self.fetch, in_thread(tagger), self.clock, Rules())

    async def poll(self, *answers: Fetched | Exception) -> Mapping[str, Polled]:
        """Poll every feed once, the first ones with these answers from now on; return the account by feed."""
        self.answers |= dict(zip((A, B, C), answers, strict=False))
        account: list[Polled] = []
        await self.poller.poll(self.lease(), account.append)
        return {polled.feed: polled for polled in account}

    def titles(self) -> list[str]:
        """Return the titles of all stories."""
        with self.store.read() as connection:
            return [story.words.title for story in everything(connection)]


@pytest.fixture
def newsroom(sqlite_store: Store, clock: StoppedClock) -> Newsroom:
    """Open a newsroom with one feed, which has no items yet."""
    with sqlite_store.write() as lane:
        corpus.declare_topics(lane, [topic("ferries")])
        subscriptions.declare(lane, [subscription(A)], NOW)
    return Newsroom(sqlite_store, clock, {A: document(url=A), B: document(url=B), C: document(url=C)})


def two_more(newsroom: Newsroom) -> None:
    """Subscribe to two more feeds."""
    with newsroom.store.write() as lane:
        subscriptions.declare(lane, [subscription(url) for url in (A, B, C)], NOW)


async def test_a_poll_counts_what_it_brought(newsroom: Newsroom) -> None:
    """Items of the document, stories, copies, revisions and bytes are counted as DESIGN says."""
    one, two = entry("Ferry sails again", guid="1"), entry("Harvest begins early", guid="2")
    twin = entry("Harvest begins early", guid="3")
    first = document(one, two, two, twin, url=A)
    polled = (await newsroom.poll(first))[A]
    assert (polled.status, polled.http, polled.error) == ("new", 200, None)
    assert (polled.entries, polled.new, polled.copies, polled.revisions) == (4, 3, 0, 0)
    assert polled.bytes == len(first.body)
    second = document(entry("Ferry sails once more", guid="1"), two, url=A)
    polled = (await newsroom.poll(second))[A]
    assert (polled.status, polled.entries, polled.new, polled.copies, polled.revisions) == ("new", 2, 0, 0, 1)


async def test_a_copy_of_another_feeds_story_is_counted_as_one(newsroom: Newsroom) -> None:
    """Of feeds that bring one story together one has it new and the others copies of it."""
    two_more(newsroom)
    same = entry("Ferry sails again after the storm")
    account = await newsroom.poll(*(document(same, url=url) for url in (A, B, C)))
    assert sorted((polled.new, polled.copies) for polled in account.values()) == [(0, 1), (0, 1), (1, 0)]
    assert {polled.status for polled in account.values()} == {"new"}
    assert newsroom.titles() == ["Ferry sails again after the storm"]


async def test_nothing_new_is_unchanged(newsroom: Newsroom) -> None:
    """The same bytes, the same items in other bytes, and no items at all bring nothing."""
    one = entry("Ferry sails", guid="1")
    await newsroom.poll(document(one, url=A))
    for again in (document(one, url=A), document(one, url=A, title="Renamed"), document(url=A)):
        polled = (await newsroom.poll(again))[A]
        assert (polled.status, polled.new, polled.copies, polled.revisions) == ("unchanged", 0, 0, 0)
        assert polled.entries == (0 if again.body == document(url=A).body else 1)


async def test_what_the_server_gave_is_asked_with(newsroom: Newsroom) -> None:
    """Validators of an answer come back with the next request, and a 304 is not modified."""
    fresh = document(entry(guid="1"), url=A)
    given = Validators('"v1"', "Mon, 02 Mar 2026 09:00:00 GMT")
    await newsroom.poll(Document(A, fresh.body, validators=given))
    polled = (await newsroom.poll(NotModified(given)))[A]
    assert (polled.status, polled.http, polled.bytes, polled.entries) == ("not-modified", 304, 0, 0)
    assert newsroom.asked[1].validators == given
    assert newsroom.asked[1].body_hash == fresh.body_hash


async def test_the_same_etag_on_other_bytes_is_read(newsroom: Newsroom) -> None:
    """FAILURES 28: bytes are compared, not validators, so that a server's careless ETag hides no story."""
    careless = Validators('"v1"', "Mon, 02 Mar 2026 09:00:00 GMT")
    for title, new in (("Ferry sails", 1), ("Snow falls", 1)):
        body = document(entry(title, guid=title), url=A).body
        polled = (await newsroom.poll(Document(A, body, validators=careless)))[A]
        assert (polled.status, polled.new) == ("new", new)


async def test_a_failure_is_a_result(newsroom: Newsroom) -> None:
    """A failed poll says why, and the next one asks as the last good one left it."""
    fresh = document(entry(guid="1"), url=A)
    await newsroom.poll(fresh)
    polled = (await newsroom.poll(Failed(Reason.TIMEOUT, "No answer within 30 s.", size=7)))[A]
    assert (polled.status, polled.http, polled.bytes) == ("failed", None, 7)
    assert polled.error == "timeout: No answer within 30 s."
    polled = (await newsroom.poll(Document(A, b"<html>", "text/html")))[A]
    assert polled.status == "failed"
    assert str(polled.error).startswith("not-a-feed: ")
    await newsroom.poll()
    assert newsroom.asked[-1].body_hash == fresh.body_hash
    assert newsroom.asked[-1].failures == 2


async def test_a_bug_with_one_feed_costs_only_that_feed(newsroom: Newsroom) -> None:
    """What fails to be fetched or judged by our own fault is reported, and read again the next time."""
    two_more(newsroom)
    bad = document(entry("Before the boom", guid="0"), entry("boom", guid="1"), url=B)
    account = await newsroom.poll(document(entry("Ferry sails"), url=A), bad, OSError("broken pipe"))
    assert account[A].status == "new"
    assert [account[url].status for url in (B, C)] == ["failed", "failed"]
    assert "KeyError" in str(account[B].error)
    assert "broken pipe" in str(account[C].error)
    assert newsroom.titles() == ["Ferry sails"]
    mended = Poller(newsroom.store, newsroom.fetch, in_thread(untagged), newsroom.clock, Rules())
    newsroom.answers[C] = document(url=C)
    again: list[Polled] = []
    await mended.poll(newsroom.lease(), again.append)
    assert sorted((polled.feed, polled.new) for polled in again) == [(A, 0), (B, 2), (C, 0)]


async def test_a_report_comes_when_all_is_stored(newsroom: Newsroom) -> None:
    """Who is told of a poll finds its stories, with their tags, in the store."""
    seen: list[list[str]] = []
    newsroom.answers[A] = document(entry("Ferry sails"), entry("Snow falls"), url=A)

    def look(_: Polled) -> None:
        with newsroom.store.read() as connection:
            seen.append([tag.topic for story in everything(connection) for tag in story.tags])

    await newsroom.poller.poll(newsroom.lease(), look)
    assert seen == [["ferries"]]


async def test_an_undated_item_is_news_from_the_second_poll_on(newsroom: Newsroom) -> None:
    """What a new feed shows undated is its backlog; what it adds later is news."""
    one, two = entry("Ferry sails", guid="1"), entry("Snow falls", guid="2")
    await newsroom.poll(document(one, url=A))
    await newsroom.poll(document(one, two, url=A))
    with newsroom.store.read() as connection:
        assert [story.news for story in everything(connection)] == [False, True]


async def test_a_cancelled_poll_gives_its_feeds_back(newsroom: Newsroom) -> None:
    """When a poll is cancelled the feeds that were not judged can be handed out at once."""
    asked, never = asyncio.Event(), asyncio.Event()

    async def hang(job: Job) -> Fetched:
        asked.set()
        await never.wait()
        raise AssertionError

    poller = Poller(newsroom.store, hang, in_thread(tagger), newsroom.clock, Rules())
    with newsroom.store.write() as lane:
        jobs = polls.lease_due(lane, NOW, 9)
        assert polls.lease_due(lane, NOW, 9) == ()
    account: list[Polled] = []
    task = asyncio.create_task(poller.poll(jobs, account.append))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with newsroom.store.write() as lane:
        assert polls.lease_due(lane, NOW, 9) == jobs
    assert account == []


async def test_more_feeds_than_may_wait(newsroom: Newsroom) -> None:
    """A hundred feeds are polled in one pass, each reported once."""
    urls = [f"https://host{n}.example/feed" for n in range(100)]
    with newsroom.store.write() as lane:
        subscriptions.declare(lane, [subscription(url) for url in urls], NOW)
    newsroom.answers |= {url: document(entry(f"Item of {url}"), url=url) for url in urls}
    account = await newsroom.poll()
    assert sorted(account) == sorted(urls)
    assert len(newsroom.titles()) == 100


async def test_feeds_are_taken_up_as_there_is_room(newsroom: Newsroom) -> None:
    """However many feeds there are, only so many are under way at a time, and all are polled."""
    urls = [f"https://host{n}.example/feed" for n in range(30)]
    with newsroom.store.write() as lane:
        subscriptions.declare(lane, [subscription(url) for url in urls], NOW)
        waiting = list(feeds.every(lane))
    newsroom.answers |= {url: document(entry(f"Item of {url}"), url=url) for url in urls}
    taken: list[int] = []
    account: list[Polled] = []

    def lease(room: int) -> Sequence[Job]:
        rows, waiting[:room] = waiting[:room], []
        taken.append(len(rows))
        with newsroom.store.write() as lane:
            return polls.lease(lane, rows, NOW)

    await newsroom.poller.poll_all(lease, 8, account.append)
    assert sorted(polled.feed for polled in account) == sorted(urls)
    assert max(taken) == 8
    assert sum(taken) == 30


async def test_an_outage_of_ours_counts_against_no_feed(newsroom: Newsroom) -> None:
    """When no site can be reached at once, no failure stays on any feed, and all are due again soon."""
    urls = [f"https://site{number}.example/feed" for number in range(8)]
    with newsroom.store.write() as lane:
        subscriptions.declare(lane, [subscription(url) for url in urls], NOW)
    newsroom.answers |= {url: document(entry(url), url=url) for url in urls}
    poller, account = newsroom.poller, list[Polled]()
    await poller.poll(_shown(newsroom, urls), account.append)
    down = Failed(Reason.UNREACHABLE, "The host's name has no address.")
    newsroom.answers |= dict.fromkeys(urls, down)
    now = newsroom.clock.advance(HOUR)
    await poller.poll(_shown(newsroom, urls), account.append)
    assert [polled.status for polled in account[8:]] == ["failed"] * 8
    with newsroom.store.read() as connection:
        views = [view for view in feeds.views(connection) if view.url in urls]
        told = health.incidents(connection)
    assert {(view.failures, view.error, view.reason) for view in views} == {(0, None, None)}
    assert all(view.next_poll_at and now < view.next_poll_at < now + 5 * MINUTE for view in views)
    assert told == ()
    assert poller.outages.sentence()
    newsroom.answers |= {url: document(entry(url), url=url) for url in urls}
    newsroom.clock.advance(5 * MINUTE)
    await poller.poll(_shown(newsroom, urls), account.append)
    assert poller.outages.sentence() is None


async def test_a_pause_of_its_host_counts_against_no_feed(newsroom: Newsroom) -> None:
    """A feed that was not asked is as it was, broken or well, and due when the pause is over."""
    two_more(newsroom)
    down = Failed(Reason.SERVER_ERROR, "The server answered 503.", 503)
    for _ in range(2):
        await newsroom.poll(document(entry("Ferry sails"), url=A), down)
        newsroom.clock.advance(HOUR)
    before = {job.url: job for job in newsroom.lease()}
    held = Failed(Reason.REFUSED, "The host asked for a pause.", postponed=7 * MINUTE)
    account = await newsroom.poll(held, held, document(url=C))
    assert [account[url].status for url in (A, B)] == ["failed", "failed"]
    newsroom.clock.advance(6 * MINUTE)
    assert not {A, B} & {job.url for job in _due(newsroom)}
    newsroom.clock.advance(MINUTE)
    after = {job.url: job for job in _due(newsroom)}
    for url in (A, B):
        assert (after[url].failures, after[url].history) == (before[url].failures, before[url].history)
    with newsroom.store.read() as connection:
        assert health.incidents(connection) == ()


def _due(newsroom: Newsroom) -> Sequence[Job]:
    with newsroom.store.write() as lane:
        return polls.lease_due(lane, newsroom.clock())


def _shown(newsroom: Newsroom, urls: Sequence[str]) -> Sequence[Job]:
    with newsroom.store.write() as lane:
        return polls.lease_named(lane, urls, newsroom.clock())


async def test_the_schedule_learns_from_what_was_known(newsroom: Newsroom) -> None:
    """Items known before, in other words too, make an overlap; a document without any is a gap."""
    old = [entry(f"Ferry {number} sails again today", guid=str(number)) for number in range(6)]
    await newsroom.poll(document(*old, url=A))
    newsroom.clock.advance(HOUR)
    await newsroom.poll(document(entry("Ferry 0 sails later than planned", guid="0"), *old[1:3], url=A))
    assert _gaps(newsroom) == 0
    newsroom.clock.advance(HOUR)
    fresh = [entry(f"Harvest {number} begins early", guid=f"h{number}") for number in range(3)]
    await newsroom.poll(document(*fresh, url=A))
    assert _gaps(newsroom) == 1
    with newsroom.store.read() as connection:
        (told,) = health.incidents(connection)
    assert (told.feed, told.kind) == (A, "gap")


def _gaps(newsroom: Newsroom) -> int:
    with newsroom.store.read() as connection:
        return health.gaps(connection)


async def test_a_moved_feed_is_asked_at_its_new_address_and_reported_by_its_own(newsroom: Newsroom) -> None:
    """After a day of permanent redirects the new address is asked; the account names the subscription's."""
    moved = replace(document(entry("Ferry sails", guid="1"), url=A), moved_to=B)
    for _ in range(3):
        await newsroom.poll(moved)
        newsroom.clock.advance(13 * HOUR)
    account = await newsroom.poll(document(entry("Ferry sails", guid="1"), url=A))
    assert newsroom.asked[-1].asked == B
    assert list(account) == [A]


async def test_a_redirect_to_a_page_moves_no_feed(newsroom: Newsroom) -> None:
    """A permanent redirect counts only where it ends at a feed."""
    page = Document(B, b"<!DOCTYPE html><title>We have moved</title>", "text/html", moved_to=B)
    for _ in range(5):
        await newsroom.poll(page)
        newsroom.clock.advance(13 * HOUR)
    assert {job.asked for job in newsroom.asked} == {A}
