"""Understand a document: its entries, marked and tagged. This is what the processes that read load.

It imports what parsing needs, so that a program which finds nothing to read does not.
"""

from dataclasses import replace
from datetime import datetime

from monitor.dedupe import mark
from monitor.model.fetching import Document, Failed
from monitor.model.stories import Appearance
from monitor.model.topics import Facts
from monitor.parse import parse
from monitor.pipeline.process import bound, spare_collector
from monitor.pipeline.reading import Understood
from monitor.tag import Matcher
from monitor.tag.facts import facts_of


def understand(
    document: Document, now: datetime, record: bytes | None, tagger: Matcher
) -> Understood | Failed:
    """Parse what a document has that the last one had not, mark its entries and tag them."""
    parsed = parse(document, now, record)
    if isinstance(parsed, Failed):
        return parsed
    title = parsed.title or ""
    marked = mark(parsed.entries, title)
    known = (facts_of(one.entry, (title, document.url), now) for one in marked)
    return Understood(parsed, tuple(_tagged(*pair, tagger) for pair in zip(marked, known, strict=True)))


def _tagged(one: Appearance, facts: Facts, tagger: Matcher) -> Appearance:
    tags = tagger(one.entry.words, one.folded, facts)
    return replace(one, tags=tags) if tags else one


# ---------------------------------------------------------------- a process of the pool

_tagger: Matcher


def prepare(tagger: Matcher) -> None:
    """Prepare a process that reads: bounded, and with the topics."""
    global _tagger  # noqa: PLW0603  # a process of the pool lives for this
    _tagger = tagger
    spare_collector()
    bound()


def understand_here(document: Document, now: datetime, record: bytes | None) -> Understood | Failed:
    """Understand a document in a process that was prepared."""
    return understand(document, now, record, _tagger)
