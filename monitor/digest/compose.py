"""Choose what stands where in a digest: each event once, under the topic it matches best."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from urllib.parse import urlsplit

from monitor.digest.excerpt import one_line, opening, shorten
from monitor.model import Digest, DigestPlan, Item, Report, Section, StoryView, Tag
from monitor.words import folded

LEAD = 280
"""How long a lead may be, in characters."""


def compose(
    plan: DigestPlan,
    titles: Mapping[str, str],
    stories: Sequence[StoryView],
    period: datetime,
    *,
    note: str = "",
    known: Container[str] = (),
) -> Digest:
    """Return the digest of some stories; titles are those of topics, period is the scheduled moment.

    Stories that match no topic of the plan are left out; events of which all this is equal keep their order.
    known are the events that its readers were told of before.
    """
    topics = list(dict.fromkeys(plan.topics))
    under: dict[str, list[Item]] = defaultdict(list)
    matched: set[str] = set()
    for event in _events(story for story in stories if _best_first([story], topics)):
        tags = _best_first(event, topics)
        matched.update(tag.topic for tag in tags)
        under[tags[0].topic].append(_item(event, tags, titles, known))
    return Digest(
        plan=plan,
        period=period,
        sections=tuple(Section(t, titles.get(t, t), tuple(under[t])) for t in topics if t in under),
        quiet=tuple(titles.get(topic, topic) for topic in topics if topic not in matched),
        note=note,
    )


def _events(stories: Iterable[StoryView]) -> list[list[StoryView]]:
    """Return stories by their events, each headed by the one that most outlets carry, the first of those.

    Events that most outlets carry come first, and of those the ones with the newest story.
    """
    gathered: dict[str, dict[str, StoryView]] = defaultdict(dict)
    for story in stories:
        gathered[story.event or story.id][story.id] = story
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
    event: Sequence[StoryView], tags: Sequence[Tag], titles: Mapping[str, str], known: Container[str]
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
    )


def _report(story: StoryView) -> Report:
    return Report(headline(story)[0], story.url, outlet(story.source, story.source_title))


def headline(story: StoryView) -> tuple[str, str]:
    """Return title and lead; the lead does not say the title again, and stands in for a missing one."""
    title = one_line(story.words.title)
    said = folded(title)
    leads = (opening(body, LEAD) for body in (story.words.summary, story.words.text))
    lead = next((lead for lead in leads if lead and folded(lead) != said), "")
    return (title, lead) if title else (shorten(lead, 80), lead if len(lead) > 80 else "")


def also_in(story: StoryView) -> tuple[tuple[str, str | None], ...]:
    """Return the outlets other than the story's own, each once, with a link if one of theirs has it."""
    outlets: dict[str, tuple[str, str | None]] = {}
    own = outlet(story.source, story.source_title).casefold()
    for copy in story.copies:
        name = outlet(copy.source, copy.source_title)
        known = outlets.get(name.casefold(), (name, None))
        if copy.source != story.source and name.casefold() != own:
            outlets[name.casefold()] = (known[0], known[1] or copy.url)
    return tuple(outlets.values())


def outlet(source: str, title: str | None) -> str:
    """Return the name to show for a source: its title, else its host, else the source as it is."""
    return one_line(title or "") or _host(source) or one_line(source)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Return words in order, those that differ only in case once."""
    seen: dict[str, str] = {}
    for word in map(one_line, words):
        seen.setdefault(word.casefold(), word)
    return tuple(seen.values())
