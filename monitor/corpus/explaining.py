"""Why an appearance belongs to its story, in sentences, for the commands and the page."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import takewhile

from monitor.corpus.exporting import RULES
from monitor.dedupe.link import RULE as LINK
from monitor.dedupe.link import canonical
from monitor.model.views import CopyView, StoryView

_MERGED = frozenset({"bridge", "person"})
"""What a copy says that was the first of a story of its own."""

_HOUR = timedelta(hours=1)
_DAYS = timedelta(days=2)


def because(copy: CopyView, story: StoryView) -> str:
    """Say what made an appearance one of its story: the rule, its score, and what agrees."""
    if copy.rule == "first":
        return "It is the first appearance."
    if copy.rule in _MERGED:
        return f"It was {RULES[copy.rule]}" + (f": {copy.evidence}." if copy.evidence else ".")
    rule = f"{RULES.get(copy.rule, copy.rule)} (rule {copy.rule}, score {copy.score:.2f})"
    return " ".join((f"It is a copy by {rule}.", *_agreeing(copy, story)))


def _agreeing(copy: CopyView, story: StoryView) -> Iterator[str]:
    """Yield sentences on what an appearance has in common with those before it, and on the time between."""
    if copy.rule == LINK and copy.url:
        page = canonical(copy.url)
        before = takewhile(lambda one: one is not copy, story.copies)
        other = next((one for one in before if one.url and canonical(one.url) == page), None)
        yield f"Both lead to {page}" + (f", as does {other.url}." if other and other.url != copy.url else ".")
    elif copy.evidence:
        yield f"What agrees: {copy.evidence.rstrip('.')}."
    first = story.copies[0]
    if first is not copy and copy.published and first.published:
        yield _apart(copy.published - first.published)


def _apart(by: timedelta) -> str:
    if abs(by) < _HOUR:
        return "They were published within an hour."
    hours = round(abs(by) / _HOUR)
    length = f"{hours} hours" if abs(by) < _DAYS else f"{abs(by).days} days"
    return f"It was published {length} {'later' if by > timedelta(0) else 'earlier'} than the first."
