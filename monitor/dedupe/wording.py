"""The same words: one normalised title and one normalised text, published close together."""

import hashlib
from datetime import timedelta

from monitor.dedupe.likeness import SHORT, SOON
from monitor.model.entries import Entry
from monitor.model.stories import StoryKey
from monitor.words import FoldedWords

RULE = "wording"
"""The name of the rung."""
SAYS = "the same title and text"
"""What it says of two stories."""

WINDOW = timedelta(hours=72)
"""How far apart the same words may be published: the same headline months later is another story."""

TELLING_TITLE = 5
"""From so many words on a title is one item's own; shorter ones come back every day ("Quote of the day")."""

_TELLING_BODY = 8


def key(entry: Entry, folded: FoldedWords, _link_key: str | None) -> StoryKey | None:
    """Equal title and text make a copy; a bare title must be a telling one, from another source.

    Serial items ("Morning quiz") repeat a short title or a short text in one feed and are different items.
    """
    title, body = folded.title, folded.text or folded.summary
    bare = _count(body) < _TELLING_BODY or body == title
    if bare and _count(title) < TELLING_TITLE:
        return None
    said = f"{title} |" if bare else f"{title} | {body}".lstrip()
    value = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
    window = WINDOW if bare or _count(body) >= SHORT else SOON
    return StoryKey(RULE, value, window=window, other_source=bare, evidence=entry.words.title)


def _count(folded: str) -> int:
    return folded.count(" ") + 1 if folded else 0
