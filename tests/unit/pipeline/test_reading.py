"""Reading documents beside the event loop: the same in a thread and in a pool, and a pool that kills."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from monitor.model.fetching import Document, Failed, Job, NotModified, Reason, Validators
from monitor.pipeline.reading import Read, in_processes
from monitor.tag import Matcher
from tests.polls import Tagger, untagged
from tests.reading import in_thread

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
FEED = b"""<rss version="2.0"><channel><title>Harbour Wire</title>
<item><guid>1</guid><link>https://wire.example/1</link><title>Radars for the belt</title></item>
<item><guid>2</guid><link>https://wire.example/2</link><title>Ferries are late</title></item>
</channel></rss>"""
JOB = Job(feed_id=1, url="https://wire.example/feed")
PATIENCE = timedelta(seconds=60)


async def test_a_pool_reads_what_a_thread_reads() -> None:
    """Marked entries come back from another process as they are made in this one."""
    document = Document(JOB.url, FEED, "text/xml")
    async with in_processes(untagged, 1, PATIENCE) as read:
        assert await read(JOB, document, NOW) == await in_thread(untagged)(JOB, document, NOW)


async def test_a_document_that_takes_too_long_costs_only_itself() -> None:
    """The process that hangs on a hostile document is killed, and the next document is read."""
    hostile = Document(JOB.url, b"<rss><channel><item>" + b"<a></a>" * 1_000_000, "text/xml")
    async with in_processes(untagged, 1, timedelta(seconds=4)) as read:
        failed = (await read(JOB, hostile, NOW)).fetched
        assert isinstance(failed, Failed)
        assert (failed.reason, failed.http) == (Reason.UNREADABLE, 200)
        assert "more than 4 s" in failed.detail
        assert len((await read(JOB, Document(JOB.url, FEED), NOW)).appearances) == 2


@dataclass(frozen=True)
class _Unready:
    """Topics that a process cannot take in while a file is there."""

    file: Path

    def __reduce__(self) -> tuple[object, ...]:
        return _taken_in, (self.file,)


def _taken_in(file: Path) -> Tagger:
    if file.exists():
        raise MemoryError(f"there is no room beside {file.name}")
    return untagged


async def test_processes_that_did_not_get_ready_are_started_anew(tmp_path: Path) -> None:
    """Want of memory at a bad moment costs the polls of that moment, not all until somebody restarts it."""
    document = Document(JOB.url, FEED)
    full = tmp_path / "full"
    full.touch()
    async with in_processes(cast("Matcher", _Unready(full)), 1, PATIENCE) as read:
        failed = (await read(JOB, document, NOW)).fetched
        assert isinstance(failed, Failed)
        assert "want of memory" in failed.detail
        full.unlink()
        assert len((await read(JOB, document, NOW)).appearances) == 2


@pytest.mark.parametrize("kind", ["thread", "pool"])
async def test_what_is_not_new_is_not_read(kind: str) -> None:
    """A failure, a 304 and a body equal to the last one pass through as they are."""
    document = Document(JOB.url, FEED)
    seen = Job(feed_id=1, url=JOB.url, body_hash=document.body_hash)
    for fetched in (Failed(Reason.GONE, "It is gone.", 410), NotModified(Validators('"a"')), document):
        if kind == "thread":
            assert await in_thread(untagged)(seen, fetched, NOW) == Read(fetched)
        else:
            async with in_processes(untagged, 1, PATIENCE) as read:
                assert await read(seen, fetched, NOW) == Read(fetched)


async def test_a_page_that_is_no_feed_keeps_its_status_and_size() -> None:
    """The failure of a document that was fetched well says what the server answered."""
    page = Document(JOB.url, b"<!DOCTYPE html><html><body>Log in</body></html>", "text/html")
    failed = (await in_thread(untagged)(JOB, page, NOW)).fetched
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.http, failed.size) == (Reason.NOT_A_FEED, 200, len(page.body))
