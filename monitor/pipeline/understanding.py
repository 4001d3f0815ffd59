"""Understand a document: its entries, marked and tagged. This is what the processes that read load.

It imports what parsing needs, so that a program which finds nothing to read does not.
"""

import gc
import resource
import signal
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from monitor.dedupe import mark
from monitor.model.fetching import Document, Failed
from monitor.model.stories import Appearance
from monitor.model.topics import Facts
from monitor.parse import parse
from monitor.pipeline.reading import Understood
from monitor.tag import Matcher
from monitor.tag.facts import facts_of

_MEMORY = 2_000_000_000


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


def bound() -> None:
    """Bound this process's memory, and leave signals to its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
    with suppress(ValueError, OSError):  # a system that knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def spare_collector() -> None:
    """Leave what is there now out of the search for cycles, and search more rarely: entries make none.

    A first poll takes a fifth less processor time for it.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def understand_here(document: Document, now: datetime, record: bytes | None) -> Understood | Failed:
    """Understand a document in a process that was prepared."""
    return understand(document, now, record, _tagger)
