"""A turn of the lane: many batches judged at once come to what they come to one after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.dedupe import mark, mark_archived
from monitor.model.entries import Entry
from monitor.model.stories import Appearance, Batch
from monitor.model.topics import Tag
from monitor.pipeline.judging import judge_batches
from monitor.store import Store, corpus, moves, sources
from monitor.store.corrections import change, moved
from monitor.store.schema import copy, identity, nearness, story_key
from tests.builders import NOW, entry, topic
from tests.polls import MAX_AGE, everything, undone

TITLES = (
    "Harbour ferry resumes after the long storm",
    "Harbour ferry resumes after a short storm",
    "Minister opens the new bridge in the north",
    "WATCH: Harbour ferry resumes after the long storm",
    "Harbour ferry resumes after the long storm - The Courier",
    "Morning quiz",
)
TEXT = "The first ferry in three days left the harbour this morning with sixty passengers on board."
LONG = (
    f"{TEXT} The harbour master Anna Lind said that two more crossings were planned for the afternoon. "
    "The islands off "
    "Karlsby had been cut off since Monday. Forecasters expect calmer seas until the weekend."
)
TEXTS = (
    "",
    TEXT,
    LONG,
    f"KARLSBY (Agency) - {LONG} Sign up.",
    LONG.replace("two more", "no more"),
    LONG[:180],
)
HOURS = (0, 1, 7, 100)


@dataclass(frozen=True, slots=True)
class Brought:
    """What one source brings: a poll of a feed, or records of an archive."""

    source: str
    entries: tuple[Entry, ...]
    archived: bool = False


def entries() -> st.SearchStrategy[Entry]:
    """Draw items from pools so small that they meet by guid, link, title and text."""
    return st.builds(
        lambda title, guid, link, text, hour: entry(
            title, guid=guid, link=link, text=text, published=None if hour is None else NOW - hour * HOUR
        ),
        st.sampled_from(TITLES),
        st.sampled_from((None, "1", "2", "3")),
        st.sampled_from((None, "https://a.example/1", "https://a.example/2", "https://a.example/")),
        st.sampled_from(TEXTS),
        st.sampled_from((None, *HOURS)),
    )


HOUR = timedelta(hours=1)
BROUGHT = st.builds(
    Brought,
    st.sampled_from(("https://a.example/feed", "https://b.example/feed", "https://c.example/feed")),
    st.lists(entries(), max_size=3).map(tuple),
    st.booleans(),
)


def tags(one: Appearance) -> Sequence[Tag]:
    """Tag what says ferry."""
    return (Tag("ferries", 1.0),) if "ferry" in one.folded.title else ()


def batches(lane: sa.Connection, brought: Sequence[Brought]) -> Iterator[Batch]:
    """Return what was brought as the judge takes it; each record of an archive by itself."""
    for one in brought:
        source = sources.source_row(lane, "press", one.source)
        if not one.archived:
            yield Batch(source, mark(one.entries), NOW, NOW - MAX_AGE, undated_is_news=True)
            continue
        for record in one.entries:
            yield Batch(source, (mark_archived(record),), NOW, imported=True)


def outcome(lane: sa.Connection) -> tuple[list[object], ...]:
    """Return all that is known but events, with stories numbered in the order in which they came."""
    told = everything(lane)
    number = {int(one.id[1:]): place for place, one in enumerate(told)}
    keys = sorted((row.key, number[row.story_id]) for row in lane.execute(sa.select(story_key)))
    named = sorted((row.source_id, row.key, row.copy_id is None) for row in lane.execute(sa.select(identity)))
    led = sorted(number[row.now_id] for row in lane.execute(sa.select(moved)) if row.now_id in number)
    kept = {row.id: number[moves.now(lane, row.kept_id)] for row in lane.execute(sa.select(change)).all()}
    why = sorted((row.kind, row.evidence, kept[row.id]) for row in lane.execute(sa.select(change)))
    copied = {row: place for place, row in enumerate(lane.scalars(sa.select(copy.c.id).order_by(copy.c.id)))}
    near = sorted((row.period, row.value, copied[row.copy_id]) for row in lane.execute(sa.select(nearness)))
    numbered = [replace(one, id=f"s{place}", event=None) for place, one in enumerate(told)]
    return list(numbered), list(keys), [*named, *led, *why], list(near)


FERRY = entry(TITLES[0], guid="1", link="https://a.example/1", text=TEXT)
NEAR = replace(
    FERRY, guid="2", link="https://b.example/2", words=replace(FERRY.words, title=TITLES[4], text=TEXTS[3])
)
SITE = tuple(
    entry(title, guid=f"{n}") for n, title in enumerate((*TITLES[:3], "Snow closes the northern pass"))
)
MOVED = tuple(replace(one, guid=f"moved {one.guid}") for one in SITE)
HERE = entry(TITLES[2], guid="1", link="https://a.example/2", text="")
HERE_AGAIN = entry(TITLES[1], guid="1", link="https://a.example/2", text="")
THERE = entry(TITLES[0], guid="2", text=TEXT)
THERE_AGAIN = entry(TITLES[1], guid="2", text=TEXT)
BRIDGE = entry(TITLES[0], guid="3", link="https://a.example/2", text=TEXT)
BARE = entry(TITLES[0], guid="2", text="")
PLACED = entry(TITLES[0], guid="2", link="https://a.example/1", text=LONG)
ELSEWHERE = entry(TITLES[1], link="https://a.example/2", text=LONG)
RETOLD = replace(FERRY, words=replace(FERRY.words, title=TITLES[1]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(st.lists(BROUGHT, max_size=5), st.lists(BROUGHT, max_size=5))
@example([], [Brought("a", (FERRY,)), Brought("b", (FERRY,)), Brought("c", (FERRY,))])
@example(
    [], [Brought("a", (FERRY,)), Brought("a", (RETOLD,)), Brought("a", (FERRY,)), Brought("b", (RETOLD,))]
)
@example([], [Brought("a", (FERRY, RETOLD, FERRY), archived=True), Brought("b", (RETOLD,))])
@example([Brought("a", (FERRY,))], [Brought("a", (RETOLD,)), Brought("b", (RETOLD,)), Brought("c", (FERRY,))])
@example([Brought("a", SITE)], [Brought("a", MOVED), Brought("a", SITE), Brought("b", MOVED)])
@example([], [Brought("a", SITE), Brought("a", MOVED), Brought("a", MOVED[1:]), Brought("a", SITE)])
@example(
    [], [Brought("a", (FERRY,)), Brought("a", (RETOLD,)), Brought("a", (FERRY,)), Brought("a", (RETOLD,))]
)
@example(
    [], [Brought("a", (HERE,)), Brought("b", (THERE,)), Brought("c", (BRIDGE,)), Brought("a", (HERE_AGAIN,))]
)
@example(
    [Brought("b", (THERE,))], [Brought("a", (HERE,)), Brought("c", (BRIDGE,)), Brought("b", (THERE_AGAIN,))]
)
@example([], [Brought("a", (HERE, THERE, BRIDGE, HERE_AGAIN, FERRY), archived=True), Brought("b", (THERE,))])
@example([], [Brought("a", (FERRY,)), Brought("b", (NEAR,)), Brought("c", (RETOLD,)), Brought("c", (NEAR,))])
@example(
    [Brought("a", (RETOLD,))], [Brought("a", (NEAR, FERRY), archived=True), Brought("b", (NEAR, RETOLD))]
)
@example([], [Brought("a", (BARE, PLACED), archived=True), Brought("b", (ELSEWHERE,))])
def test_one_turn_comes_to_what_many_do(store: Store, before: list[Brought], brought: list[Brought]) -> None:
    """Judged in one turn, batches leave the same stories, copies, revisions, tags and keys as one by one."""
    left = []
    for together in (True, False):
        with undone(store) as lane:
            corpus.declare_topics(lane, [topic("ferries")])
            judge_batches(lane, list(batches(lane, before)), tags)
            found = list(batches(lane, brought))
            turns = [found] if together else [[one] for one in found]
            for turn in turns:
                judge_batches(lane, turn, tags)
            left.append(outcome(lane))
    assert left[0] == left[1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(entries(), max_size=6), st.lists(entries(), max_size=2))
@example([HERE, THERE, BRIDGE, HERE_AGAIN, THERE_AGAIN], [])
@example([BRIDGE, FERRY], [HERE, THERE])
@example([entry(TITLES[3], text=TEXT), entry(TITLES[0], text=LONG)], [entry(TITLES[0], text=TEXT)])
def test_an_archive_in_pieces_comes_to_the_whole(
    store: Store, records: list[Entry], before: list[Entry]
) -> None:
    """Records of one source judged in one batch leave what they leave one by one, bridges among them too."""
    named = [mark_archived(replace(one, guid=str(number))) for number, one in enumerate(records)]
    left = []
    for parts in ([tuple(named)], [(one,) for one in named]):
        with undone(store) as lane:
            corpus.declare_topics(lane, [topic("ferries")])
            judge_batches(lane, list(batches(lane, [Brought("b", tuple(before), archived=True)])), tags)
            source = sources.source_row(lane, "press", "a")
            judge_batches(lane, [Batch(source, part, NOW, imported=True) for part in parts], tags)
            left.append(outcome(lane))
    assert left[0] == left[1]


def test_one_story_in_twenty_feeds_is_one_story(store: Store) -> None:
    """Twenty feeds that bring one story in one turn make one story with nineteen further copies."""
    with undone(store) as lane:
        brought = [Brought(f"https://{number}.example/feed", (FERRY,)) for number in range(20)]
        judged = judge_batches(lane, list(batches(lane, brought)), lambda _: ())
        kinds = [verdict.kind for verdicts in judged for verdict in verdicts]
        assert kinds == ["new"] + ["copy"] * 19
        (told,) = everything(lane)
        assert len(told.copies) == 20
