"""A query means the same to the store, on either database, as the definitions of the model say."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from monitor.errors import UsageError
from monitor.model.entries import Words
from monitor.model.topics import And, Dated, Fact, Facts, Field, Like, Near, Not, Or, Outlets, Query, Term
from monitor.store import Lane, Store, outlets, stories
from monitor.store.carriers import byline, of_link
from monitor.store.facts import facts_of
from monitor.store.grouping import event
from monitor.store.schema import author, copy, source, story, tag, topic, wording
from monitor.store.seeking import Sought
from monitor.store.stories import Wanted
from monitor.words import folded
from tests.bruteforce import holds, settled
from tests.builders import NOW
from tests.polls import undone

SAID = (
    "ferry",
    "Ferries",
    "ferr",
    "harbour",
    "of",
    "Порт",
    "порту",
    "港",
    "東京",
    "新東京港",
    "서울에서",
    "Łódź",
)
FIELDS: tuple[Field, ...] = ("title", "summary", "text")
DAYS = st.integers(0, 3).map(lambda days: NOW + timedelta(days=days))
PUBLISHERS = ("Harbour Post", "The Daily Ferry", "東京新聞", "")
HOSTS = ("harbour.example", "www.harbour.example", "news.daily.co.uk", "daily.co.uk", "notdaily.co.uk")
AUTHORS = ("Ann Port", "Ann  Łódź", "李 東京", None)
LANGUAGES = ("en", "en-GB", "UK", "eng", None)
TOPICS = ("ferries", "ports")
EVENTS = (901, 902)


@dataclass(frozen=True)
class Carrier:
    """One copy of a story: its source, the host of its link, its author."""

    source: int
    host: str | None
    author: str | None


@dataclass(frozen=True)
class Told:
    """A story to be stored."""

    words: Words
    carriers: tuple[Carrier, ...]
    language: str | None
    at: datetime
    first_seen: datetime
    event: int | None
    tags: tuple[str, ...]


TEXTS = st.lists(st.sampled_from(SAID), max_size=6).map(" ".join)
CARRIERS = st.builds(
    Carrier,
    st.integers(0, len(PUBLISHERS) - 1),
    st.sampled_from((*HOSTS, None)),
    st.sampled_from(AUTHORS),
)
STORIES = st.builds(
    Told,
    st.builds(Words, TEXTS, TEXTS, TEXTS),
    st.lists(CARRIERS, min_size=1, max_size=3).map(tuple),
    st.sampled_from(LANGUAGES),
    DAYS,
    DAYS,
    st.sampled_from((None, *EVENTS)),
    st.lists(st.sampled_from(TOPICS), unique=True).map(tuple),
)

SPELLINGS = st.lists(st.sampled_from(SAID), min_size=1, max_size=2).map(lambda said: folded(" ".join(said)))
TERMS = st.builds(
    Term,
    st.just("as written"),
    st.lists(SPELLINGS, min_size=1, max_size=3, unique=True).map(tuple),
    fields=st.lists(st.sampled_from(FIELDS), max_size=2, unique=True).map(tuple),
    prefix=st.booleans(),
)
NAMES = ("Harbour", "the daily", "ferry", "京新", "https source1", "ann", "Port", "lodz", "李", "東京")
FACTS = st.one_of(
    st.builds(Fact, st.sampled_from(("source", "author")), st.sampled_from(NAMES).map(folded), st.just("")),
    st.builds(
        Fact,
        st.just("site"),
        st.sampled_from(("example", "daily.co.uk", "co.uk", *HOSTS)).map(lambda one: (one,)),
        st.just(""),
    ),
    st.builds(
        Fact, st.just("lang"), st.sampled_from(("en", "uk", "de")).map(lambda one: (one,)), st.just("")
    ),
    st.builds(Fact, st.just("tag"), st.sampled_from((*TOPICS, "none")).map(lambda one: (one,)), st.just("")),
    st.builds(Dated, st.sampled_from(("at", "first_seen")), st.none() | DAYS, st.none() | DAYS),
    st.builds(Outlets, st.integers(0, 4)),
    st.just(Like("seed.md")),
)
NEARS = st.builds(Near, st.lists(TERMS, min_size=2, max_size=3).map(tuple), st.integers(0, 3))
QUERIES: st.SearchStrategy[Query] = st.recursive(
    TERMS | TERMS | NEARS | FACTS,
    lambda parts: (
        parts.map(Not)
        | st.lists(parts, min_size=1, max_size=3).map(lambda many: And(tuple(many)))
        | st.lists(parts, min_size=1, max_size=3).map(lambda many: Or(tuple(many)))
    ),
    max_leaves=6,
)


some = settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # trees and archives shrink for minutes
    suppress_health_check=list(HealthCheck),
)


def _store(lane: Lane, told: list[Told]) -> dict[int, Told]:
    """Store stories as they are, with no judge between; return them by their rows."""
    lane.execute(
        sa.insert(source),
        [
            {
                "id": 500 + n,
                "kind": "press",
                "name": f"https://source{n}.example/feed",
                "title": title or None,
            }
            for n, title in enumerate(PUBLISHERS)
        ],
    )
    lane.execute(sa.insert(topic), [{"name": name, "title": name, "active": True} for name in TOPICS])
    lane.execute(sa.insert(author), [byline(name) for name in filter(None, AUTHORS)])
    rows = dict(enumerate(told, 1000))
    for row, one in rows.items():
        _tell(lane, row, one)
    lane.info["index"](lane, [(row, one.words.folded) for row, one in rows.items()])
    happened = {"headline_id": 1000, "stories": 1, "checked": 1, "pinned": False, "changed_at": NOW}
    lane.execute(sa.insert(event), [{"id": row, **happened} for row in EVENTS])
    outlets.count(lane, EVENTS)
    return rows


def _tell(lane: Lane, row: int, told: Told) -> None:
    words = told.words
    said = {"title": words.title, "summary": words.summary, "text": words.text, "hash": words.hash}
    lane.execute(sa.insert(wording).values(id=row, copy_id=row * 10, seen_at=NOW, **said))
    shown = {"at": told.at, "first_seen": told.first_seen, "language": told.language, "event_id": told.event}
    first = 500 + told.carriers[0].source
    lane.execute(
        sa.insert(story).values(id=row, source_id=first, wording_id=row, news=True, seed=False, **shown)
    )
    for number, carrier in enumerate(told.carriers):
        link = of_link(f"https://{carrier.host}/{row}" if carrier.host else None)
        at = {"id": row * 10 + number, "story_id": row, "source_id": 500 + carrier.source, "wording_id": row}
        judged = {"first_seen": NOW, "rule": "new", "score": 1.0, "evidence": ""}
        lane.execute(sa.insert(copy).values(**at, **judged, **link, author=carrier.author))
    for number, name in enumerate(told.tags):
        given = {"story_id": row, "topic": name, "wording_id": row, "score": 1.0, "evidence": []}
        lane.execute(sa.insert(tag).values(id=row * 10 + number, tagged_at=NOW, **given))


def _facts(told: Told, archive: list[Told]) -> Facts:
    """Return what is known of a story, by the definitions."""
    return Facts(
        sources=tuple(
            " ".join(folded(name))
            for carrier in told.carriers
            for name in (PUBLISHERS[carrier.source], f"https://source{carrier.source}.example/feed")
        ),
        hosts=tuple(carrier.host for carrier in told.carriers if carrier.host),
        language=told.language,
        authors=tuple(" ".join(folded(carrier.author)) for carrier in told.carriers if carrier.author),
        at=told.at,
        first_seen=told.first_seen,
        tags=frozenset(told.tags),
        outlets=told.event
        and len({name for one in archive if one.event == told.event for name in _outlets(one)}),
    )


def _outlets(told: Told) -> set[str]:
    sites = {host: "harbour.example" if "harbour" in host else host.removeprefix("news.") for host in HOSTS}
    return {
        sites.get(one.host or "") or PUBLISHERS[one.source] or f"https://source{one.source}.example/feed"
        for one in told.carriers
    }


@some
@given(st.lists(STORIES, min_size=4, max_size=8), st.lists(QUERIES, min_size=12, max_size=12))
def test_the_store_finds_what_a_query_means(store: Store, told: list[Told], queries: list[Query]) -> None:
    """Of a tree of any shape the store finds exactly the stories of which it holds."""
    with undone(store) as lane:
        archive = _store(lane, told)
        alike = sorted(archive)[::2]
        known = {
            row: settled(replace(_facts(one, told), likes={"seed.md": float(row in alike)}))
            for row, one in archive.items()
        }
        for query in queries:
            wanted = Wanted(matching=store.containing(query, lambda _: alike))
            found = {int(view.id[1:]) for view in stories.every(lane, wanted)}
            assert found == {row for row, one in archive.items() if holds(query, one.words, known[row])}, (
                query
            )
            assert {int(view.id[1:]) for view in stories.newest(lane, wanted, 50)} == found
            assert stories.count(lane, wanted) == stories.count(lane, wanted, 50) == len(found)


@some
@given(
    st.lists(STORIES, min_size=4, max_size=8),
    st.lists(QUERIES, min_size=8, max_size=8),
    st.sampled_from((0, 2, 9)),
)
def test_what_is_sought_in_parts_is_found_whole(
    sqlite_store: Store, told: list[Told], queries: list[Query], rare: int
) -> None:
    """Through windows of two stories, and through what is rare, the same stories come, newest first."""
    with undone(sqlite_store) as lane:
        archive = _store(lane, told)
        newest = sorted(archive, key=lambda row: (archive[row].at, row), reverse=True)
        for query in queries:
            asked = sqlite_store.containing(query, lambda _: sorted(archive)[::2])
            found = set(stories.rows(lane, Wanted(matching=asked)))
            sought = Sought(lane, asked, (story.c.news,), window=2, rare=rare, said=rare)
            assert sought.newest(50) == [row for row in newest if row in found]
            assert sought.newest(2) == [row for row in newest if row in found][:2]
            assert sought.count(50) == len(found)
            assert sought.count(1) == min(1, len(found))


def test_likeness_must_be_told(sqlite_store: Store) -> None:
    """Where nobody says which stories are like a seed, a query that asks for it is refused."""
    wanted = Wanted(matching=sqlite_store.containing(Like("ferry.md")))
    with sqlite_store.read() as connection, pytest.raises(UsageError, match=r"like:ferry\.md"):
        stories.rows(connection, wanted)


@some
@given(st.lists(STORIES, min_size=1, max_size=4))
def test_the_facts_of_stored_stories_are_known(store: Store, told: list[Told]) -> None:
    """The store tells of each story what the definitions say of it."""
    with undone(store) as lane:
        archive = _store(lane, told)
        known = facts_of(lane, archive)
        for row, one in archive.items():
            due = _facts(one, told)
            assert set(known[row].sources) == set(filter(None, due.sources))
            assert set(known[row].hosts) == set(due.hosts)
            assert set(known[row].authors) == set(due.authors)
            assert replace(known[row], sources=(), hosts=(), authors=()) == replace(
                due, sources=(), hosts=(), authors=()
            )
