"""What has changed of events that readers were told of: headlines, and outlets that joined."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from monitor.digest.excerpt import one_line
from monitor.digest.naming import headline, outlet
from monitor.model import Change, Changed, CopyView, StoryView
from monitor.words import folded


def by_event(changed: Iterable[Changed]) -> dict[str, list[Changed]]:
    """Return what has changed by events."""
    found: defaultdict[str, list[Changed]] = defaultdict(list)
    for one in changed:
        found[key(one.story)].append(one)
    return dict(found)


def key(story: StoryView) -> str:
    """Return by what a story's event is known; one that has none yet is by itself."""
    return story.event or story.id


def change(changed: Sequence[Changed]) -> Change | None:
    """Return what has changed of one event; None where nothing has that is worth a word."""
    found = Change(tuple(_headlines(changed)), _outlets(changed))
    return found if found.headlines or found.outlets else None


def _headlines(changed: Iterable[Changed]) -> Iterator[tuple[str, str]]:
    for one in changed:
        was, now = one_line(one.was), headline(one.story)[0]
        if was and folded(was) != folded(now):
            yield was, now


def _outlets(changed: Sequence[Changed]) -> tuple[tuple[str, str | None], ...]:
    """Return the outlets that carry an event only since, each with the first link of theirs."""
    copies = [(copy, copy.id >= one.since) for one in changed for copy in one.story.copies]
    before = {_name(copy).casefold() for copy, later in copies if not later}
    found: dict[str, tuple[str, str | None]] = {}
    for copy, _ in copies:
        name = _name(copy)
        if name.casefold() not in before:
            found.setdefault(name.casefold(), (name, copy.url))
    return tuple(found.values())


def _name(copy: CopyView) -> str:
    return outlet(copy.source, copy.source_title)
