"""Choose what stands where in a digest: each event once, under the topic it matches best."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import chain

from monitor.digest import changes
from monitor.digest.naming import also_in, distinct, headline, outlet
from monitor.model.digests import Change, Changed, Digest, DigestPlan, Item, Past, Report, Retold, Section
from monitor.model.topics import Tag
from monitor.model.views import StoryView
from monitor.words import folded

_TELLING = 12
"""So many further stories of an event are chosen by what they add; no mail shows more."""


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
    for event in _events(story for story in stories if _topics([story], topics)):
        under = _topics(event, topics)
        matched.update(under)
        change = changes.change(changed.pop(changes.key(event[0]), ()))
        also = tuple(titles.get(topic, topic) for topic in under[1:])
        items[under[0]].append(_item(event, under[0], also, change, known=event[0].event in past.known))
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
    """Return by topics the stories of which the headline reads otherwise, in events without a new story.

    That further outlets carry them is told with it, and alone is no reason to tell of an event again.
    """
    found: dict[str, list[Retold]] = defaultdict(list)
    for event in changed:
        for story, change in changes.revised(event):
            for topic in _topics([story], topics)[:1]:
                found[topic].append(Retold(_report(story), change))
    return found


def _events(stories: Iterable[StoryView]) -> list[list[StoryView]]:
    """Return stories by their events, the newest first.

    Events that most outlets carry come first, and of those the ones with the newest story.
    """
    gathered: dict[str, dict[str, StoryView]] = defaultdict(dict)
    for story in stories:
        gathered[changes.key(story)][story.id] = story
    events = [sorted(event.values(), key=_time, reverse=True) for event in gathered.values()]
    return sorted(events, key=lambda event: (_carried(event), _time(event[0])), reverse=True)


def _carried(stories: Iterable[StoryView]) -> int:
    """Return how many outlets carry some stories."""
    carriers = ((story.source, story.source_title) for story in stories)
    copied = ((copy.source, copy.source_title) for story in stories for copy in story.copies)
    return len({outlet(*one).casefold() for one in chain(carriers, copied)})


def _time(story: StoryView) -> datetime:
    return story.published or story.first_seen


def _topics(event: Iterable[StoryView], topics: Sequence[str]) -> list[str]:
    """Return those topics that an event's stories are on: the highest sum of scores first, then in order."""
    scores: defaultdict[str, float] = defaultdict(float)
    for tag in (tag for story in event for tag in story.tags if not tag.back_applied):
        scores[tag.topic] += tag.score
    return sorted((topic for topic in topics if topic in scores), key=lambda topic: -scores[topic])


def _tag(story: StoryView, topic: str) -> Tag | None:
    return next((tag for tag in story.tags if tag.topic == topic and not tag.back_applied), None)


def _head(newest_first: Sequence[StoryView], topic: str) -> StoryView:
    """Return who speaks for an event: of its stories on topic the one that most outlets carry, the first."""
    on_topic = (story for story in reversed(newest_first) if _tag(story, topic))
    return max(on_topic, key=lambda story: _carried([story]))


def _telling(head: StoryView, newest_first: Sequence[StoryView]) -> list[StoryView]:
    """Return the other stories of an event: some that say most beside what is said already, then the rest."""
    said, told = set(folded(headline(head)[0])), list[StoryView]()
    rest = {story.id: (folded(headline(story)[0]), story) for story in newest_first if story is not head}
    while rest and len(told) < _TELLING:
        words, story = max(rest.values(), key=lambda one: _share_not_in(said, one[0]))
        said.update(words)
        told.append(story)
        del rest[story.id]
    return [*told, *(story for _, story in rest.values())]


def _share_not_in(said: AbstractSet[str], words: Sequence[str]) -> float:
    return sum(word not in said for word in words) / max(1, len(words))


def _item(
    event: Sequence[StoryView],
    topic: str,
    also_topics: tuple[str, ...],
    change: Change | None,
    *,
    known: bool,
) -> Item:
    story = _head(event, topic)
    title, lead = headline(story)
    tag = _tag(story, topic)
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
        matched=distinct(span.matched for span in tag.evidence) if tag else (),
        also_topics=also_topics,
        further=tuple(map(_report, _telling(story, event))),
        event=story.event,
        known=known,
        change=change,
    )


def _report(story: StoryView) -> Report:
    return Report(headline(story)[0], story.url, outlet(story.source, story.source_title))
