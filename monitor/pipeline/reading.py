"""Read: a document becomes entries, marked and tagged, beside the event loop.

In a pool of processes, where a document that takes too long or too much memory costs its own process
and nothing else; the pool, and what parsing loads, are there from the first document to read on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document, Failed, Fetched, Job, Reason
from monitor.model.stories import Appearance
from monitor.tag import Matcher

if TYPE_CHECKING:
    from pebble import ProcessPool

_TASKS = 5_000


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


@asynccontextmanager
async def in_processes(tagger: Matcher, count: int, patience: timedelta) -> AsyncIterator[Reading]:
    """Open a pool of processes to read in; patience is how long one document may take."""
    pool = _Pool(tagger, count, patience.total_seconds())
    try:
        yield pool.read
    finally:
        await pool.close()


class _Pool:
    """Processes that read, started with the first document."""

    def __init__(self, tagger: Matcher, count: int, patience: float) -> None:
        self._tagger = tagger
        self._count = count
        self._patience = patience
        self._opened: asyncio.Task[ProcessPool] | None = None

    async def _processes(self) -> "ProcessPool":
        """Return the processes, started in a thread by who asks first: it takes half a second.

        They are started anew where none of them got ready, such as for want of memory.
        """
        if self._opened is None or _is_broken(self._opened):
            self._opened = asyncio.create_task(asyncio.to_thread(self._open))
        return await asyncio.shield(self._opened)

    def _open(self) -> "ProcessPool":
        import multiprocessing

        from pebble import ProcessPool

        from monitor.pipeline import understanding
        from monitor.pipeline.process import spare_collector

        spare_collector()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([understanding.__name__])
        pool = ProcessPool(
            max_workers=self._count,
            max_tasks=_TASKS,
            context=context,
            initializer=understanding.prepare,
            initargs=[self._tagger],
        )
        if not pool.active:  # looking at it starts it
            raise RuntimeError("the processes that read do not start")
        return pool

    async def read(self, job: Job, fetched: Fetched, now: datetime) -> Read:
        """Read one document; what hangs or eats memory is a failure of the feed."""
        if not isinstance(fetched, Document) or fetched.body_hash == job.body_hash:
            return Read(fetched)
        pool = await self._processes()
        from concurrent.futures.process import BrokenProcessPool

        from pebble import ProcessExpired

        from monitor.pipeline.understanding import understand_here

        future = pool.schedule(understand_here, args=[fetched, now, job.record], timeout=self._patience)
        try:
            return read_as(fetched, await asyncio.wrap_future(future))
        except TimeoutError:
            said = f"Reading the document took more than {self._patience:g} s."
        except (ProcessExpired, BrokenProcessPool, MemoryError):
            said = "The process that read the document died, most likely for want of memory."
        return Read(Failed(Reason.UNREADABLE, said, fetched.http, size=len(fetched.body)))

    async def close(self) -> None:
        """End the processes when what they read is read; whoever is cancelled waits for none of it."""
        if self._opened:
            pool = await self._opened
            pool.close()  # type: ignore[no-untyped-call]  # pebble types its futures only
            await asyncio.to_thread(pool.join)


def _is_broken(opened: "asyncio.Task[ProcessPool]") -> bool:
    return opened.done() and (opened.exception() is not None or not opened.result().active)


def read_as(document: Document, found: Understood | Failed) -> Read:
    """Return what a document was understood as; a failure keeps the status and size of its document."""
    if isinstance(found, Failed):
        return Read(replace(found, http=document.http, size=len(document.body)))
    return Read(document, found.parsed, found.appearances)


def bug(error: Exception) -> Failed:
    """Return the failure that a fault of this program is."""
    said = f"This program failed on it ({type(error).__name__}: {error}); please report it."
    return Failed(Reason.UNREADABLE, said)
