"""Tag late: what of a topic is known only of a story that has its event.

How like it is to the topic's seeds, how many outlets carry its event, which tags of other topics it got so.
What was true once stays: a tag is never taken back here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial

from monitor.model.events import Member
from monitor.model.topics import Facts, Likeness, Query, Tag, Topic
from monitor.pipeline.likings import Likings, Near
from monitor.store import Lane, profiles, tags, waiting
from monitor.store.facts import outlets_of
from monitor.store.tags import Bearer
from monitor.store.waiting import Hanging
from monitor.tag import holds, parse_rest
from monitor.tag.score import joined
from monitor.words import fold_words

_NO_WORDS = fold_words("", "", "")


@dataclass(frozen=True, slots=True)
class LateTagging:
    """The topics with a late part; calling it tags stories whose profiles or events are new or changed."""

    topics: Mapping[str, Topic]
    likings: Likings

    def __call__(self, lane: Lane, stories: Sequence[Member], around: Collection[int], now: datetime) -> None:
        """Score stories by their profiles, and look again at what waits in the events of those around."""
        if self.likings and stories:
            self._like(lane, stories, now)
        if hanging := waiting.around(lane, around):
            settle(lane, self.topics, self.likings, hanging, now)

    def _like(self, lane: Lane, stories: Sequence[Member], now: datetime) -> None:
        near = self.likings.at(lane).near([one.profile for one in stories])
        found = {one.story_id: likes for one, likes in zip(stories, near, strict=True)}
        borne, said = tags.borne(lane, found), tags.wordings(lane, found)
        earned: list[tuple[Bearer, Tag]] = []
        for row, likes in found.items():
            for topic, likeness in likes.items():
                wording, known = borne[row].get(topic, (said[row], None))
                made = with_likeness(self.topics[topic], known, likeness)
                if made and made != known:
                    earned.append((Bearer(row, wording, now), made))
        tags.give(lane, earned)


def settle(
    lane: Lane,
    topics: Mapping[str, Topic],
    likings: Likings,
    hanging: Sequence[Hanging],
    now: datetime,
) -> None:
    """Make tags of what waits no longer; forget what can become none. Topics are taken in their order."""
    places = {name: place for place, name in enumerate(topics)}
    ours = sorted((one for one in hanging if one.tag.topic in topics), key=lambda one: places[one.tag.topic])
    rows = {one.story for one in ours}
    borne = tags.borne(lane, rows)
    outlets = outlets_of(lane, {one.event for one in ours if one.event is not None})
    likes = _likes(lane, likings, ours)
    earned: list[tuple[Bearer, Tag]] = []
    done: list[Hanging] = []
    bears = {row: set(borne[row]) for row in rows}
    for one in ours:
        topic = topics[one.tag.topic]
        facts = Facts(
            outlets=outlets.get(one.event) if one.event is not None else None,
            likes=likes.get(one.story),
            tags=bears[one.story] if one.event is not None else None,
        )
        now_holds = decided(one.tag.rest, facts, topic.threshold)
        _, known = borne[one.story].get(topic.name, (0, None))
        if now_holds and (known is None or not known.evidence):
            bears[one.story].add(topic.name)
            given = replace(one.tag, rest="", by=known.by if known else "")
            if known and (like := known.likeness):
                given = with_likeness(topic, given, Near(like.score, partial(_same, like))) or given
            earned.append((Bearer(one.story, one.wording, now), given))
        if now_holds is not None:
            done.append(one)
    tags.give(lane, earned)
    waiting.drop(lane, done)


def with_likeness(topic: Topic, known: Tag | None, near: Near) -> Tag | None:
    """Return the tag that a query, if it gave one, and likeness make together; a person's score stays."""
    if known and known.by:
        return replace(known, likeness=near.explain())
    score = joined(topic, known is not None and _is_matched(known), near.score)
    if score is None:
        return None
    return replace(known or Tag(topic.name, score), score=round(score, 4), likeness=near.explain())


def _is_matched(known: Tag) -> bool:
    """Tell whether a query had a part in a tag."""
    return known.likeness is None or bool(known.evidence) or known.score > known.likeness.score


def decided(rest: str, facts: Facts, threshold: float) -> bool | None:
    """Tell whether the rest of a query holds, None where it may yet: outlets and tags only come."""
    query = _query(rest)
    if holds(query, _NO_WORDS, facts, threshold):
        return True
    growing = replace(facts, outlets=None, tags=None)
    return False if holds(query, _NO_WORDS, growing, threshold) is False else None


def _same(likeness: Likeness) -> Likeness:
    return likeness


@lru_cache(1 << 12)
def _query(written: str) -> Query:
    return parse_rest(written)


def _likes(lane: Lane, likings: Likings, hanging: Sequence[Hanging]) -> dict[int, Mapping[str, float]]:
    """Return how like stories are to the seeds that what waits asks for, where they have profiles."""
    asking = {one.story for one in hanging if "like:" in one.tag.rest}
    if not asking:
        return {}
    liked = likings.at(lane)
    return {row: liked.seeds(profile) for row, profile in profiles.of_stories(lane, asking).items()}
