"""What holds for fetching, against a real server: any answer is a value, within bytes and within time."""

import asyncio
import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import brotli
import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.fetch import Fetch, open_fetch
from monitor.model.fetching import Document, Failed, Reason
from tests.contract.fetching import HASTY, LIMIT, NARROW, OPTIONS, RSS, ask, document, failure, job
from tests.servers.publisher import Answer, Publisher, Request, bomb, drip, endless

BOMB = bomb(50_000_000)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (300, Reason.REFUSED),
        (304, Reason.REFUSED),
        (400, Reason.REFUSED),
        (401, Reason.REFUSED),
        (403, Reason.REFUSED),
        (404, Reason.REFUSED),
        (410, Reason.GONE),
        (429, Reason.REFUSED),
        (451, Reason.REFUSED),
        (500, Reason.SERVER_ERROR),
        (503, Reason.SERVER_ERROR),
        (599, Reason.SERVER_ERROR),
        (200, Reason.EMPTY),
        (204, Reason.EMPTY),
    ],
)
async def test_status_names_the_reason(
    publisher: Publisher, fetch: Fetch, status: int, reason: Reason
) -> None:
    """Each status without a document is a failure of its own kind that carries the status."""
    failed = failure(await fetch(job(publisher.serve("/feed", status=status))))
    assert (failed.reason, failed.http) == (reason, status)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(reset=True), Reason.UNREACHABLE),
        (Answer(RSS, cut=True), Reason.UNREACHABLE),
        (Answer(raw=b""), Reason.UNREACHABLE),
        (Answer(raw=b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), Reason.UNREACHABLE),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 500_000), Reason.TOO_BIG),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), Reason.UNREACHABLE),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), Reason.UNREACHABLE),
        (Answer(raw=b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n"), Reason.BLOCKED),
        (Answer(raw=b"HTTP/1.1 302 Found\r\nLocation: http://xn--a/\r\n\r\n"), Reason.BLOCKED),
        (Answer(endless()), Reason.TOO_BIG),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"), Reason.TOO_BIG),
        (Answer(bytes(LIMIT + 1)), Reason.TOO_BIG),
        (Answer(BOMB, headers={"Content-Encoding": "gzip"}), Reason.TOO_BIG),
        (Answer(brotli.compress(bytes(20_000_000)), headers={"Content-Encoding": "br"}), Reason.TOO_BIG),
        (Answer(zstd.compress(bytes(50_000_000)), headers={"Content-Encoding": "zstd"}), Reason.TOO_BIG),
        (Answer(RSS, headers={"Content-Encoding": "gzip"}), Reason.ENCODING),
        (Answer(gzip.compress(RSS)[:-9], headers={"Content-Encoding": "gzip"}), Reason.ENCODING),
        (Answer(gzip.compress(RSS), headers={"Content-Encoding": "gzip, gzip"}), Reason.ENCODING),
        (Answer(RSS, headers={"Content-Encoding": "rot13"}), Reason.ENCODING),
        (Answer(gzip.compress(b""), headers={"Content-Encoding": "gzip"}), Reason.EMPTY),
        (Answer(b"", headers={"Content-Encoding": "gzip"}), Reason.EMPTY),
    ],
)
async def test_bad_answers_are_failures(
    publisher: Publisher, fetch: Fetch, answer: Answer, reason: Reason
) -> None:
    """Cut, broken, oversized, wrongly packed and empty answers are told apart."""
    failed = failure(await fetch(job(publisher.script("/feed", lambda _: answer))))
    assert failed.reason is reason


async def test_stacked_in_two_headers_is_refused(publisher: Publisher, fetch: Fetch) -> None:
    """Two Content-Encoding headers are a stack as well."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n"
    url = publisher.script("/feed", lambda _: Answer(raw=head + gzip.compress(gzip.compress(RSS))))
    assert failure(await fetch(job(url))).reason is Reason.ENCODING


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress)]
)
async def test_packed_documents_arrive_unpacked(
    publisher: Publisher, fetch: Fetch, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    """Each encoding is understood, up to exactly the limit."""
    body = RSS.ljust(LIMIT)
    url = publisher.serve("/feed", pack(body), headers={"Content-Encoding": encoding})
    assert document(await fetch(job(url))).body == body


async def test_a_page_is_a_document_too(publisher: Publisher, fetch: Fetch) -> None:
    """Whether the bytes are a feed is not for the fetcher to say; type and lies arrive as they are."""
    url = publisher.serve("/feed", b"<html>", content_type="text/html; charset=lies")
    page = document(await fetch(job(url)))
    assert (page.body, page.content_type, page.url, page.http) == (
        b"<html>",
        "text/html; charset=lies",
        url,
        200,
    )


async def test_many_headers_are_survived(publisher: Publisher, fetch: Fetch) -> None:
    """A server that sends hundreds of headers is talkative, not broken."""
    headers = {f"X-Header-{number}": "x" for number in range(300)}
    assert document(await fetch(job(publisher.serve("/feed", RSS, headers=headers)))).body == RSS


def test_no_answer_is_too_odd(publisher: Publisher) -> None:
    """Whatever bytes a server sends, after whatever beginning, the fetcher returns a value."""
    heads = st.sampled_from(
        [b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\nLocation: ", b"HTTP/1.1 100 \r\n"]
    )
    tails = st.sampled_from([b"", b"\r\n\r\n", b"\r\nContent-Encoding: br\r\n\r\n<rss/>"])
    answer = Answer()
    url = publisher.script("/feed", lambda _: answer)

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        fetcher = runner.run(stack.enter_async_context(open_fetch(NARROW)))

        @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(heads, st.binary(max_size=40), tails)
        def check(head: bytes, middle: bytes, tail: bytes) -> None:
            nonlocal answer
            answer = Answer(raw=head + middle + tail)
            assert isinstance(runner.run(fetcher(job(url))), Document | Failed)

        check()
        runner.run(stack.aclose())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(silent=True),
        Answer(delay=60),
        Answer(drip(RSS), pause=0.1),
        Answer(raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 5, silent=True),
    ],
)
async def test_one_deadline_for_the_whole_answer(publisher: Publisher, answer: Answer) -> None:
    """A server that is silent, late or drips byte by byte is left when the time is over."""
    failed = failure(await ask(publisher.script("/feed", lambda _: answer), HASTY))
    assert failed.reason is Reason.TIMEOUT


async def test_redirects_share_the_deadline(publisher: Publisher) -> None:
    """Slow redirects do not add up: the deadline is for all of them."""

    def slow(request: Request) -> Answer:
        return Answer(status=302, headers={"Location": request.target + "x"}, delay=0.2)

    for length in range(10):
        publisher.script("/" + "x" * length, slow)
    assert failure(await ask(publisher.url("/x"), HASTY)).reason is Reason.TIMEOUT


async def test_waiting_for_a_turn_is_not_the_servers_fault(publisher: Publisher) -> None:
    """The wait for the host's turn, longer than the timeout here, does not count into it."""
    options = replace(OPTIONS, per_host_delay=timedelta(seconds=1.2), timeout=timedelta(seconds=1))
    url = publisher.serve("/feed", RSS)
    async with open_fetch(options) as fetcher:
        fetched = await asyncio.gather(*(fetcher(job(url)) for _ in range(2)))
    assert [document(one).body for one in fetched] == [RSS, RSS]


async def test_slow_feeds_are_asked_at_once(publisher: Publisher, fetch: Fetch) -> None:
    """Eight feeds that answer only when all eight are asked do answer."""
    together = threading.Barrier(8, timeout=15)

    def pieces() -> Iterator[bytes]:
        together.wait()
        yield RSS

    url = publisher.script("/feed", lambda _: Answer(pieces()))
    fetched = await asyncio.gather(*(fetch(job(url)) for _ in range(8)))
    assert [document(one).body for one in fetched] == [RSS] * 8


async def test_a_host_is_asked_by_two_at_most(publisher: Publisher) -> None:
    """The bound of a host holds for its server as it does for us."""
    url = publisher.serve("/feed", RSS, delay=0.02)
    async with open_fetch(replace(OPTIONS, per_host=2)) as fetcher:
        await asyncio.gather(*(fetcher(job(url)) for _ in range(10)))
    assert len(publisher.requests) == 10
    assert publisher.peak == 2


async def test_whoever_is_cancelled_leaves_room(publisher: Publisher) -> None:
    """A fetch that is cancelled under way says so, and the next one of that host goes."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()

    def silent(_: Request) -> Answer:
        loop.call_soon_threadsafe(asked.set)
        return Answer(silent=True)

    publisher.script("/silent", silent)
    publisher.serve("/feed", RSS)
    async with open_fetch(replace(OPTIONS, per_host=1, concurrency=1)) as fetcher:
        first = asyncio.create_task(fetcher(job(publisher.url("/silent"))))
        await asked.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert document(await fetcher(job(publisher.url("/feed")))).body == RSS
