"""A merge or a split tells nobody a thing twice and hides nothing from anybody, on every database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.model.digests import Reader
from monitor.model.entries import Words
from monitor.model.topics import Tag
from monitor.model.views import StoryView
from monitor.pipeline import correcting
from monitor.pipeline.correcting import Word
from monitor.store import Store, corpus, outbox
from monitor.store.schema import counter
from tests.builders import NOW, entry, topic
from tests.polls import everything, poll, undone

TOPICS = ("ferries", "ports")
READERS = (TOPICS, TOPICS[:1], TOPICS[1:])
WORD = Word("Anna", NOW)
Guids = frozenset[str | None]


@dataclass(frozen=True, slots=True)
class Brought:
    """A copy that a feed brings: of which story, on which topics, as news, and whether digests follow."""

    story: int
    topics: frozenset[str]
    news: bool
    told: bool


BROUGHT = st.lists(
    st.builds(
        Brought,
        st.integers(0, 3),
        st.frozensets(st.sampled_from(TOPICS)),
        st.booleans(),
        st.booleans(),
    ),
    min_size=2,
    max_size=5,
)


def tagger(words: Words) -> Sequence[Tag]:
    """Tag a title with each topic that it names."""
    return [Tag(name, 1.0) for name in TOPICS if name in words.title]


def bring(lane: sa.Connection, brought: Sequence[Brought]) -> list[int]:
    """Let feeds bring the copies; return the last marks that digests set on the way."""
    corpus.declare_topics(lane, list(map(topic, TOPICS)))
    marks = [1]
    for number, one in enumerate(brought):
        title = " ".join((f"Item {number}", *sorted(one.topics)))
        item = entry(title, guid=str(number), link=f"https://a.example/{one.story}")
        poll(lane, item, feed=f"feed {number}", polls=int(one.news), tagger=tagger)
        if one.told:
            marks.append(now(lane))
    return marks[-3:]


def now(lane: sa.Connection) -> int:
    """Return the mark of a reader who has been told everything."""
    mark: int = lane.execute(sa.select(counter.c.next).where(counter.c.name == "row")).scalar_one()
    return mark


def guids(story: StoryView) -> Guids:
    """Return what tells a story from others under any id."""
    return frozenset(copy.guid for copy in story.copies)


def owed(lane: sa.Connection, marks: Sequence[int]) -> dict[tuple[int, tuple[str, ...]], set[Guids]]:
    """Return which stories readers with each mark and each choice of topics are owed."""
    found: dict[tuple[int, tuple[str, ...]], set[Guids]] = {}
    for mark in marks:
        for topics in READERS:
            reader = Reader("morning", "me", mark, NOW)
            found[mark, topics] = {guids(one) for one in outbox.untold(lane, reader, topics)[0]}
    return found


def on_topic(story: StoryView, topics: Sequence[str]) -> bool:
    """Tell whether a story bears a tag of these topics."""
    return any(tag.topic in topics for tag in story.tags)


def pairs(told: Sequence[StoryView]) -> Iterator[tuple[StoryView, StoryView]]:
    """Yield the first two stories, where there are as many."""
    yield from [(told[0], told[1])] if len(told) > 1 else []


checked = settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@checked
@given(BROUGHT)
def test_a_merged_story_is_owed_where_none_of_its_parts_was_told(
    store: Store, brought: list[Brought]
) -> None:
    """Owed to whom one part was owed, unless another part was told them; split again, each is as it was."""
    with undone(store) as lane:
        marks = bring(lane, brought)
        before = owed(lane, marks)
        for parts in pairs(everything(lane)):
            made = correcting.merge(lane, [one.id for one in parts], WORD)
            for (mark, topics), found in owed(lane, marks).items():
                was = before[mark, topics]
                told = [one for one in parts if one.news and on_topic(one, topics) and guids(one) not in was]
                some = any(guids(one) in was for one in parts)
                news_now = any(one.news and not on_topic(one, topics) for one in parts)
                late = not any(one.news and on_topic(one, topics) for one in parts)
                late = late and news_now and on_topic(made, topics)
                assert (guids(made) in found) == ((some and not told) or late)
            second = [str(place) for place, copy in enumerate(made.copies, 1) if copy.guid in guids(parts[1])]
            correcting.split(lane, made.id, second, WORD, tagger)
            assert owed(lane, marks) == before


@checked
@given(BROUGHT, st.data())
def test_both_halves_of_a_story_are_owed_to_whom_it_was(
    store: Store, brought: list[Brought], data: st.DataObject
) -> None:
    """To nobody who was told the whole, and to everybody who was not; merged again, it is as it was.

    News that was a copy of a story that was none has been told to nobody, and is owed from then on.
    """
    with undone(store) as lane:
        marks = bring(lane, brought)
        before = owed(lane, marks)
        wholes = [one for one in everything(lane) if len(one.copies) > 1]
        for whole in wholes[:1]:
            numbers = st.integers(1, len(whole.copies)).map(str)
            off = data.draw(st.lists(numbers, unique=True, min_size=1, max_size=len(whole.copies) - 1))
            halves = correcting.split(lane, whole.id, off, WORD, tagger)
            there = {one.id: one for one in everything(lane)}
            named = {tag.topic for half in halves for tag in there[half].tags}
            assert named == {tag.topic for tag in whole.tags}
            for (mark, topics), found in owed(lane, marks).items():
                for half in map(there.__getitem__, halves):
                    untold = guids(whole) in before[mark, topics] or (half.news and not whole.news)
                    assert (guids(half) in found) == (untold and on_topic(half, topics))
            correcting.merge(lane, halves, WORD)
            assert owed(lane, marks) == before or not whole.news


@checked
@given(BROUGHT)
def test_nothing_is_owed_again_once_all_is_told(store: Store, brought: list[Brought]) -> None:
    """Whoever was told everything is owed nothing of what corrections make of it."""
    with undone(store) as lane:
        bring(lane, brought)
        mark = [now(lane)]
        for whole in filter(lambda one: one.news, everything(lane)):
            for place in range(len(whole.copies), 1, -1):
                correcting.split(lane, whole.id, [str(place)], WORD, tagger)
        told = [one.id for one in everything(lane) if one.news]
        assert not any(owed(lane, mark).values())
        for first, second in zip(told[::2], told[1::2], strict=False):
            correcting.merge(lane, [first, second], WORD)
        found = owed(lane, mark)
        assert not found[mark[0], TOPICS]
