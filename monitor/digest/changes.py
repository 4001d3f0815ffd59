"""What has changed of events that readers were told of: headlines, and outlets that joined."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from monitor.digest.excerpt import one_line
from monitor.digest.naming import headline, outlet, outlets
from monitor.model.digests import Change, Changed
from monitor.model.views import StoryView
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
    found = Change(tuple(filter(None, map(_headline, changed))), _outlets(changed, changed))
    return found if found.headlines or found.outlets else None


def revised(changed: Sequence[Changed]) -> Iterator[tuple[StoryView, Change]]:
    """Yield the stories of an event of which the headline reads otherwise, each with its own change."""
    for one in changed:
        if read := _headline(one):
            yield one.story, Change((read,), _outlets([one], changed))


def _headline(one: Changed) -> tuple[str, str] | None:
    was, now = one_line(one.was), headline(one.story)[0]
    return (was, now) if was and folded(was) != folded(now) else None


def _outlets(some: Iterable[Changed], event: Iterable[Changed]) -> tuple[tuple[str, str | None], ...]:
    """Return the outlets that carry some stories and carry their event only since, each with a link."""
    before = (copy for one in event for copy in one.story.copies if copy.id < one.since)
    known = {outlet(copy.source, copy.source_title).casefold() for copy in before}
    return outlets((copy for one in some for copy in one.story.copies), known)
