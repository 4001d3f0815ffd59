"""Reading in a thread of this process, for tests and benchmarks that need no pool of processes."""

import asyncio
from datetime import datetime

from monitor.model.fetching import Document, Fetched, Job
from monitor.pipeline.reading import Read, Reading, read_as
from monitor.pipeline.understanding import understand
from monitor.tag import Matcher


def in_thread(tagger: Matcher) -> Reading:
    """Return a way to read in a thread of this process."""

    async def read(job: Job, fetched: Fetched, now: datetime) -> Read:
        if not isinstance(fetched, Document) or fetched.body_hash == job.body_hash:
            return Read(fetched)
        return read_as(fetched, await asyncio.to_thread(understand, fetched, now, job.record, tagger))

    return read
