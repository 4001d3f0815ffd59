"""Try a query on the archive before it is trusted, and rank all stories by a topic."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.model.topics import And, Fact, Not, Query, Span, Tag, Topic, Volume
from monitor.model.views import StoryView
from monitor.store import Asked, Lane, counts, ids, retagging, stories, tags
from monitor.store.facts import facts_of
from monitor.store.stories import MANY, Wanted
from monitor.tag import evidence, holds
from monitor.tag.score import joined
from monitor.tag.trend import DAY, volumes

if TYPE_CHECKING:
    from monitor.pipeline.retagging import Retagger

_DAYS = 30
_SOURCES = 10
_SHOWN = 20
_PAGE = 300


@dataclass(frozen=True, slots=True)
class Tried:
    """What a query finds: how many stories (MANY and one at most), the newest with the words that match."""

    total: int
    newest: tuple[tuple[StoryView, tuple[Span, ...]], ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """When the stories are from that a query finds, by day, and which sources have most of them."""

    total: int
    days: tuple[Volume, ...]
    sources: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What another query would add to a topic's tags and what it would drop."""

    added: Tried
    dropped: Tried


def found(connection: Lane, asked: Asked, since: datetime | None = None) -> Tried:
    """Return what a query finds, seeds apart."""
    wanted = Wanted(matching=asked, since=since, seeds=False)
    newest = stories.newest(connection, wanted, _SHOWN)
    return Tried(stories.count(connection, wanted, MANY + 1), explained(connection, asked.query, newest))


def explained(
    connection: Lane, query: Query, found: Sequence[StoryView]
) -> tuple[tuple[StoryView, tuple[Span, ...]], ...]:
    """Return stories with the words by which a query finds them."""
    facts = facts_of(connection, [ids.story_row(one.id) for one in found])
    return tuple((one, evidence(query, one.words, None, facts[ids.story_row(one.id)])) for one in found)


def spread(connection: Lane, asked: Asked, now: datetime) -> Spread:
    """Return how much a query finds in all, when that is from, and where it stands."""
    ages = [now - at for at in counts.times(connection, asked, now - _DAYS * DAY)]
    sources = counts.sources(connection, asked)
    total = sum(count for _, count in sources)
    return Spread(total, volumes(ages, now, DAY, _DAYS), tuple(sources[:_SOURCES]))


def change(connection: Lane, topic: Topic, asked: Asked, since: datetime | None = None) -> Change:
    """Return what a query in place of a topic's own would change: what its seeds or a person gave stays."""
    tagged = Fact("tag", (topic.name,), topic.name)
    more, less = And((asked.query, Not(tagged))), And((tagged, Not(asked.query)))
    added = found(connection, replace(asked, query=more), since)
    rows = counts.rows(connection, replace(asked, query=less), since)
    borne = tags.borne(connection, rows)
    lost = [row for row in rows if _is_lost(borne[row][topic.name][1], topic)]
    kept = _said_elsewhere(connection, lost, asked.query, topic)
    lost = [row for row in lost if row not in kept]
    views = {ids.story_row(one.id): one for one in stories.by_rows(connection, lost[:_SHOWN])}
    newest = [views[row] for row in lost[:_SHOWN]]
    return Change(added, Tried(len(lost), tuple((one, _borne(one, topic.name)) for one in newest)))


def _said_elsewhere(connection: Lane, rows: Sequence[int], query: Query, topic: Topic) -> set[int]:
    """Return the stories of which a copy says in other words what a query asks for."""
    kept: set[int] = set()
    for start in range(0, len(rows), _PAGE):
        page = rows[start : start + _PAGE]
        facts = facts_of(connection, page)
        for row, said in retagging.said_elsewhere(connection, page).items():
            if any(holds(query, words, facts[row], topic.threshold) for _, words in said):
                kept.add(row)
    return kept


def _is_lost(tag: Tag, topic: Topic) -> bool:
    """Tell whether a tag goes with the query that gave it."""
    liked = tag.likeness and topic.seeds and joined(topic, False, tag.likeness.score)
    return not (tag.by or liked)


def _borne(story: StoryView, topic: str) -> tuple[Span, ...]:
    tag = next(one for one in story.tags if one.topic == topic)
    return tag.evidence if tag.words == story.words else ()


def ranked(connection: Lane, retagger: "Retagger", name: str) -> Iterator[tuple[float, StoryView]]:
    """Yield every story but seeds with its score, the best first, then the newest."""
    scores = retagger.scores(connection, name)
    rows = sorted(counts.newest_first(connection), key=lambda row: -scores.get(row, 0.0))
    for start in range(0, len(rows), _PAGE):
        page = rows[start : start + _PAGE]
        views = {ids.story_row(one.id): one for one in stories.by_rows(connection, page)}
        yield from ((scores.get(row, 0.0), views[row]) for row in page)
