"""Choose what stands where in a digest: each event once, under the topic it matches best."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from monitor.digest import changes
from monitor.digest.naming import also_in, distinct, headline, outlet
from monitor.model import (
    Change,
    Changed,
    Digest,
    DigestPlan,
    Item,
    Past,
    Report,
    Retold,
    Section,
    StoryView,
    Tag,
)


def compose(
    plan: DigestPlan,
    titles: Mapping[str, str],
    stories: Sequence[StoryView],
    period: datetime,
    *,
    note: str = "",
    past: Past | None = None,
) -> Digest:
    """Return the digest of some stories; titles are those of topics, period is the scheduled moment.

    Stories that match no topic of the plan are left out; events of which all this is equal keep their order.
    """
    past, topics = past or Past(), list(dict.fromkeys(plan.topics))
    changed = changes.by_event(past.changed)
    items: dict[str, list[Item]] = defaultdict(list)
    matched: set[str] = set()
    for event in _events(story for story in stories if _best_first([story], topics)):
        tags = _best_first(event, topics)
        matched.update(tag.topic for tag in tags)
        change = changes.change(changed.pop(changes.key(event[0]), ()))
        items[tags[0].topic].append(_item(event, tags, titles, past.known, change))
    retold = _retold(changed.values(), topics)
    told = [topic for topic in topics if topic in items or topic in retold]
    return Digest(
        plan=plan,
        period=period,
        sections=tuple(
            Section(
                topic=topic,
                title=titles.get(topic, topic),
                items=tuple(items.get(topic, ())),
                retold=tuple(retold.get(topic, ())),
                volume=past.volumes.get(topic, ()),
            )
            for topic in told
        ),
        quiet=tuple(titles.get(topic, topic) for topic in topics if topic not in matched.union(told)),
        note=note,
        troubles=past.troubles,
    )


def _retold(changed: Iterable[Sequence[Changed]], topics: Sequence[str]) -> Mapping[str, Sequence[Retold]]:
    """Return by topics the events without a new story of which a headline reads otherwise.

    That further outlets carry them is told with it, and alone is no reason to tell of an event again.
    """
    found: dict[str, list[Retold]] = defaultdict(list)
    for some in changed:
        if (change := changes.change(some)) and change.headlines:
            (event,) = _events(one.story for one in some)
            story, (tag, *_) = event[0], _best_first(event, topics)
            said, source = headline(story)[0], outlet(story.source, story.source_title)
            found[tag.topic].append(Retold(said, story.url, source, story.event, change))
    return found


def _events(stories: Iterable[StoryView]) -> list[list[StoryView]]:
    """Return stories by their events, each headed by the one that most outlets carry, the first of those.

    Events that most outlets carry come first, and of those the ones with the newest story.
    """
    gathered: dict[str, dict[str, StoryView]] = defaultdict(dict)
    for story in stories:
        gathered[changes.key(story)][story.id] = story
    events = [sorted(event.values(), key=_time, reverse=True) for event in gathered.values()]
    events.sort(key=lambda event: (_carried(event), _time(event[0])), reverse=True)
    return [_headed(event) for event in events]


def _headed(newest_first: list[StoryView]) -> list[StoryView]:
    head = max(reversed(newest_first), key=lambda story: _carried([story]))
    return [head, *(story for story in newest_first if story is not head)]


def _carried(stories: Iterable[StoryView]) -> int:
    """Return how many outlets carry some stories."""
    carriers = ((story.source, story.source_title) for story in stories)
    copied = ((copy.source, copy.source_title) for story in stories for copy in story.copies)
    return len({outlet(*one).casefold() for one in chain(carriers, copied)})


def _time(story: StoryView) -> datetime:
    return story.published or story.first_seen


def _best_first(event: Iterable[StoryView], topics: Sequence[str]) -> list[Tag]:
    """Return the best tag of each topic that the plan asks for: highest score first, then in its order."""
    best: dict[str, Tag] = {}
    for tag in (tag for story in event for tag in story.tags if tag.topic in topics and not tag.back_applied):
        if tag.topic not in best or tag.score > best[tag.topic].score:
            best[tag.topic] = tag
    return sorted(best.values(), key=lambda tag: (-tag.score, topics.index(tag.topic)))


def _item(
    event: Sequence[StoryView],
    tags: Sequence[Tag],
    titles: Mapping[str, str],
    known: Container[str],
    change: Change | None,
) -> Item:
    story = event[0]
    title, lead = headline(story)
    return Item(
        story_id=story.id,
        title=title,
        url=story.url,
        lead=lead,
        source=outlet(story.source, story.source_title),
        published=story.published,
        first_seen=story.first_seen,
        language=story.language,
        also_in=also_in(story),
        matched=distinct(span.matched for span in tags[0].evidence),
        also_topics=tuple(titles.get(tag.topic, tag.topic) for tag in tags[1:]),
        further=tuple(map(_report, event[1:])),
        event=story.event,
        known=story.event in known,
        change=change,
    )


def _report(story: StoryView) -> Report:
    return Report(headline(story)[0], story.url, outlet(story.source, story.source_title))
