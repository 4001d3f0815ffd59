"""One poll without a network: entries in, judged and stored, the kinds of their verdicts out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.dedupe import mark
from monitor.model.entries import Entry, Words
from monitor.model.stories import Batch, Verdict
from monitor.model.topics import Facts, Tag
from monitor.model.views import StoryView
from monitor.pipeline.judging import judge_batches
from monitor.pipeline.placing import Late
from monitor.store import Store, sources, stories
from monitor.tag import NO_FACTS
from monitor.words import FoldedWords
from tests.builders import FEED, NOW

Tagger = Callable[[Words], Sequence[Tag]]

MAX_AGE = timedelta(hours=48)


def untagged(_words: Words, _folded: FoldedWords | None = None, _facts: Facts = NO_FACTS) -> tuple[Tag, ...]:
    """Tag nothing."""
    return ()


def judge_batch(
    lane: sa.Connection, batch: Batch, tagger: Tagger, late: Late | None = None
) -> tuple[Verdict, ...]:
    """Judge one batch in a turn of its own."""
    (verdicts,) = judge_batches(lane, [batch], lambda one: tagger(one.entry.words), late)
    return verdicts


def poll(
    lane: sa.Connection,
    *entries: Entry,
    feed: str = FEED,
    at: datetime = NOW,
    polls: int = 1,
    tagger: Tagger = untagged,
    late: Late | None = None,
) -> list[str]:
    """Judge a document's entries as those of a feed; return what they were: new, copy, revision, seen."""
    batch = Batch(
        source_id=sources.source_row(lane, "press", feed),
        appearances=mark(entries),
        seen_at=at,
        news_since=at - MAX_AGE,
        undated_is_news=polls > 0,
    )
    return [verdict.kind for verdict in judge_batch(lane, batch, tagger, late)]


def everything(connection: sa.Connection) -> list[StoryView]:
    """Return every story in the order in which they came."""
    return list(stories.every(connection, stories.Wanted()))


@contextmanager
def undone(store: Store) -> Iterator[sa.Connection]:
    """Give a lane whose work is undone at the end, so that one store serves many examples."""
    with store.write() as lane:
        begun = lane.begin_nested()
        yield lane
        begun.rollback()
