"""Read: a document becomes marked entries, beside the event loop.

In a thread of this process for one pass over the feeds; in a pool of processes for the daemon, where a
document that takes too long or too much memory costs its own process and nothing else.
"""

import asyncio
import multiprocessing
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from pebble import ProcessExpired, ProcessPool

from monitor.dedupe import mark
from monitor.model import Appearance, Document, Failed, Fetched, Job, ParsedFeed, Reason
from monitor.parse import parse

_MEMORY = 2_000_000_000
_TASKS = 5_000


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


async def in_thread(job: Job, fetched: Fetched, now: datetime) -> Read:
    """Read in a thread of this process."""
    if not isinstance(fetched, Document) or fetched.body_hash == job.body_hash:
        return Read(fetched)
    return await asyncio.to_thread(understand, fetched, now)


@asynccontextmanager
async def in_processes(count: int, patience: timedelta) -> AsyncIterator[Reading]:
    """Open a pool of processes to read in; patience is how long one document may take."""
    pool = ProcessPool(
        max_workers=count,
        max_tasks=_TASKS,
        context=multiprocessing.get_context("spawn"),
        initializer=bound,
    )

    async def read(job: Job, fetched: Fetched, now: datetime) -> Read:
        if not isinstance(fetched, Document) or fetched.body_hash == job.body_hash:
            return Read(fetched)
        future = pool.schedule(understand, args=[fetched, now], timeout=patience.total_seconds())
        try:
            return await asyncio.wrap_future(future)
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
        pool.stop()  # type: ignore[no-untyped-call]  # pebble types its futures only
        await asyncio.to_thread(pool.join)


def bound() -> None:
    """Prepare a process of the pool: bounded memory, and signals are its parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
    with suppress(ValueError, OSError):  # a system that knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def understand(document: Document, now: datetime) -> Read:
    """Parse a document and mark its entries."""
    parsed = parse(document, now)
    if isinstance(parsed, Failed):
        return Read(replace(parsed, http=document.http, size=len(document.body)))
    return Read(document, parsed, mark(parsed.entries))


def _unreadable(document: Document, sentence: str) -> Failed:
    return Failed(Reason.UNREADABLE, sentence, document.http, size=len(document.body))


def bug(error: Exception) -> Failed:
    """Return the failure that a fault of this program is."""
    said = f"This program failed on it ({type(error).__name__}: {error}); please report it."
    return Failed(Reason.UNREADABLE, said)
