"""Read: a document becomes entries, marked and tagged, beside the event loop.

In a pool of processes, where a document that takes too long or too much memory costs its own process
and nothing else; the processes are started when there is a first document to read. In a thread of this
process for whoever reads a single one.
"""

import asyncio
import gc
import multiprocessing
import resource
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from pebble import ProcessExpired, ProcessPool

from monitor.dedupe import mark
from monitor.model import Appearance, Document, Failed, Fetched, Job, ParsedFeed, Reason, Tag, Words
from monitor.parse import parse
from monitor.words import FoldedWords

_MEMORY = 2_000_000_000
_TASKS = 5_000


class Tagger(Protocol):
    """The topics, compiled; picklable, so that processes can have it."""

    def __call__(self, words: Words, folded: FoldedWords | None = None, /) -> Sequence[Tag]:
        """Return the tags of a wording; folded are its words folded, where the caller has them."""
        ...


@dataclass(frozen=True, slots=True)
class Understood:
    """What a document says: the feed's own words, and its entries marked and tagged."""

    parsed: ParsedFeed
    appearances: tuple[Appearance, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What a poll brought, understood; parsed is None where there is nothing to judge."""

    fetched: Fetched
    parsed: ParsedFeed | None = None
    appearances: tuple[Appearance, ...] = ()


class Reading(Protocol):
    """A way to read what was fetched without holding up the event loop."""

    async def __call__(self, job: Job, fetched: Fetched, now: datetime) -> Read:
        """Return what a document says; one that is byte for byte the last one is not read."""
        ...


def in_thread(tagger: Tagger) -> Reading:
    """Return a way to read in a thread of this process."""

    async def read(job: Job, fetched: Fetched, now: datetime) -> Read:
        if not isinstance(fetched, Document) or fetched.body_hash == job.body_hash:
            return Read(fetched)
        return _read(fetched, await asyncio.to_thread(understand, fetched, now, job.record, tagger))

    return read


@asynccontextmanager
async def in_processes(tagger: Tagger, count: int, patience: timedelta) -> AsyncIterator[Reading]:
    """Open a pool of processes to read in; patience is how long one document may take.

    Leaving waits for what is being read; nothing is, where whoever asked for it is cancelled.
    """
    _spare_collector()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPool(
        max_workers=count, max_tasks=_TASKS, context=context, initializer=_prepare, initargs=[tagger]
    )

    async def read(job: Job, fetched: Fetched, now: datetime) -> Read:
        if not isinstance(fetched, Document) or fetched.body_hash == job.body_hash:
            return Read(fetched)
        future = pool.schedule(_understand, args=[fetched, now, job.record], timeout=patience.total_seconds())
        try:
            return _read(fetched, await asyncio.wrap_future(future))
        except TimeoutError:
            return Read(
                _unreadable(fetched, f"Reading the document took more than {patience.total_seconds():g} s.")
            )
        except (ProcessExpired, MemoryError):
            said = "The process that read the document died, most likely for want of memory."
            return Read(_unreadable(fetched, said))

    try:
        yield read
    finally:
        pool.close()  # type: ignore[no-untyped-call]  # pebble types its futures only
        await asyncio.to_thread(pool.join)


def _spare_collector() -> None:
    """Leave what is there now out of the search for cycles, and search more rarely: entries make none.

    A first poll takes a fifth less processor time for it.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


_tagger: Tagger


def _prepare(tagger: Tagger) -> None:
    """Prepare a process of the pool: bounded, and with the topics."""
    global _tagger  # noqa: PLW0603  # a process of the pool lives for this
    _tagger = tagger
    _spare_collector()
    bound()


def bound() -> None:
    """Prepare a process of the pool: bounded memory, and signals are its parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
    with suppress(ValueError, OSError):  # a system that knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _understand(document: Document, now: datetime, record: bytes | None) -> Understood | Failed:
    return understand(document, now, record, _tagger)


def understand(
    document: Document, now: datetime, record: bytes | None, tagger: Tagger
) -> Understood | Failed:
    """Parse what a document has that the last one had not, mark its entries and tag them."""
    parsed = parse(document, now, record)
    if isinstance(parsed, Failed):
        return parsed
    return Understood(parsed, tuple(_tagged(one, tagger) for one in mark(parsed.entries)))


def _tagged(one: Appearance, tagger: Tagger) -> Appearance:
    tags = tagger(one.entry.words, one.folded)
    return replace(one, tags=tuple(tags)) if tags else one


def _read(document: Document, found: Understood | Failed) -> Read:
    if isinstance(found, Failed):
        return Read(replace(found, http=document.http, size=len(document.body)))
    return Read(document, found.parsed, found.appearances)


def _unreadable(document: Document, sentence: str) -> Failed:
    return Failed(Reason.UNREADABLE, sentence, document.http, size=len(document.body))


def bug(error: Exception) -> Failed:
    """Return the failure that a fault of this program is."""
    said = f"This program failed on it ({type(error).__name__}: {error}); please report it."
    return Failed(Reason.UNREADABLE, said)
