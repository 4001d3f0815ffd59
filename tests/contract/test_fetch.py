"""What holds for fetching, against a real server: any answer is a value, within time and within bytes."""

import asyncio
import gzip
import logging
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from pathlib import Path

import brotli
import httpcore
import httpx
import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.fetch import Fetch, FetchOptions, open_fetch
from monitor.fetch.guard import GuardedBackend
from monitor.fetch.http import MAX_REDIRECTS, open_http
from monitor.model import Document, Failed, Fetched, Job, NotModified, Reason, Validators
from tests.servers.publisher import Answer, Publisher, Request, bomb, drip, endless

RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Ours</title></channel></rss>'
LIMIT = 100_000
OPTIONS = FetchOptions(
    per_host=50,
    per_host_delay=timedelta(),
    timeout=timedelta(seconds=20),
    max_bytes=LIMIT,
    allow_private=(ip_network("127.0.0.0/8"),),
)
HASTY = replace(OPTIONS, timeout=timedelta(seconds=0.5))
SHUT = replace(OPTIONS, allow_private=())
NARROW = replace(OPTIONS, allow_private=(ip_network("127.0.0.1/32"),))


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Bring up a server to tell what to answer."""
    with Publisher() as server:
        yield server


@pytest.fixture
async def fetch() -> AsyncIterator[Fetch]:
    """Open a fetcher that may ask the server."""
    async with open_fetch(OPTIONS) as fetcher:
        yield fetcher


def job(url: str, etag: str | None = None, last_modified: str | None = None) -> Job:
    """Return a job with what an earlier poll left."""
    return Job(feed_id=1, url=url, validators=Validators(etag, last_modified))


async def ask(url: str, options: FetchOptions = OPTIONS) -> Fetched:
    """Fetch once with options of one's own."""
    async with open_fetch(options) as fetcher:
        return await fetcher(job(url))


def failure(fetched: Fetched) -> Failed:
    """Return the failure, whose detail is always a sentence."""
    assert isinstance(fetched, Failed)
    assert fetched.detail.endswith(".")
    return fetched


def _always(answer: Answer, _: Request) -> Answer:
    return answer


def document(fetched: Fetched) -> Document:
    """Return the document that must have come."""
    assert isinstance(fetched, Document), fetched
    return fetched


# ---------------------------------------------------------------- answers


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
        (Answer(raw=b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 500_000), Reason.UNREACHABLE),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), Reason.UNREACHABLE),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), Reason.UNREACHABLE),
        (Answer(raw=b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n"), Reason.UNREACHABLE),
        (Answer(raw=b"HTTP/1.1 302 Found\r\nLocation: http://xn--a/\r\n\r\n"), Reason.BLOCKED),
        (Answer(endless()), Reason.TOO_BIG),
        (Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"), Reason.TOO_BIG),
        (Answer(bytes(LIMIT + 1)), Reason.TOO_BIG),
        (Answer(bomb(200_000_000), headers={"Content-Encoding": "gzip"}), Reason.TOO_BIG),
        (Answer(brotli.compress(bytes(20_000_000)), headers={"Content-Encoding": "br"}), Reason.TOO_BIG),
        (Answer(zstd.compress(bytes(200_000_000)), headers={"Content-Encoding": "zstd"}), Reason.TOO_BIG),
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


# ---------------------------------------------------------------- what is sent


async def test_asks_plainly(publisher: Publisher, fetch: Fetch) -> None:
    """A first request says who asks and what can be unpacked, and nothing that was not given to us."""
    await fetch(job(publisher.serve("/feed?page=2", RSS)))
    (request,) = publisher.requests
    assert request.target == "/feed?page=2"
    assert request.headers["user-agent"].startswith("monitor/")
    assert request.headers["accept-encoding"] == "gzip, deflate, br, zstd"
    sent = {"if-none-match", "if-modified-since", "cookie", "referer", "authorization"}
    assert not sent & request.headers.keys()


@pytest.mark.parametrize("etag", ['"v1"', 'W/"v1"', "unquoted", '"ä\\" , odd"', '""'])
async def test_validators_travel_verbatim(publisher: Publisher, fetch: Fetch, etag: str) -> None:
    """What a server gave is kept and sent back byte for byte, quotes, weakness and oddities included."""
    date = "Tue,  4-Nov-25 around noon"
    url = publisher.script("/feed", lambda _: Answer(RSS, headers={"ETag": etag, "Last-Modified": date}))
    got = document(await fetch(job(url)))
    assert got.validators == Validators(etag, date)
    await fetch(Job(feed_id=1, url=url, validators=got.validators))
    assert publisher.requests[-1].headers["if-none-match"] == etag
    assert publisher.requests[-1].headers["if-modified-since"] == date


async def test_unchanged_costs_no_body(publisher: Publisher, fetch: Fetch) -> None:
    """A feed that still has what we hold answers 304, with and without dates."""
    url = publisher.serve("/feed", RSS, etag='W/"1"', last_modified="Tue, 04 Nov 2025 12:00:00 GMT")
    got = document(await fetch(job(url)))
    again = await fetch(Job(feed_id=1, url=url, validators=got.validators))
    assert again == NotModified(got.validators)


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({}, Validators('"old"', "yesterday")),
        ({"ETag": '"new"'}, Validators('"new"', "yesterday")),
        ({"Last-Modified": "today"}, Validators('"old"', "today")),
    ],
)
async def test_304_keeps_what_it_does_not_repeat(
    publisher: Publisher, fetch: Fetch, headers: dict[str, str], kept: Validators
) -> None:
    """A 304 replaces the validators it names and wipes none."""
    url = publisher.script("/feed", lambda _: Answer(status=304, content_type=None, headers=headers))
    assert await fetch(job(url, '"old"', "yesterday")) == NotModified(kept)


async def test_200_drops_what_it_does_not_repeat(publisher: Publisher, fetch: Fetch) -> None:
    """Validators that a new document came without are gone; a Date is none."""
    url = publisher.serve("/feed", RSS, headers={"Date": "Tue, 04 Nov 2025 12:00:00 GMT"})
    assert document(await fetch(job(url, '"old"', "yesterday"))).validators == Validators()


async def test_no_cookies_are_kept(publisher: Publisher, fetch: Fetch) -> None:
    """A cookie that a server sets is never sent, neither along redirects nor to the next feed."""
    cookie = {"Set-Cookie": "who=you; Path=/", "Location": "/feed"}
    publisher.script("/in", lambda _: Answer(status=302, headers=cookie))
    publisher.serve("/feed", RSS, headers={"Set-Cookie": "who=you; Path=/"})
    await fetch(job(publisher.url("/in")))
    await fetch(job(publisher.url("/feed")))
    assert len(publisher.requests) == 3
    assert all("cookie" not in request.headers for request in publisher.requests)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Tue, 04 Nov 2025 12:05:00 GMT", timedelta(minutes=5)),
        ("Tue, 04 Nov 2025 11:00:00 GMT", None),
        ("-1", None),
        ("317100", timedelta(hours=24)),
    ],
)
async def test_retry_after_is_read(
    publisher: Publisher, fetch: Fetch, status: int, value: str, wait: timedelta | None
) -> None:
    """A server that asks for a pause is heard, in seconds or as a date by its own clock."""
    headers = {"Retry-After": value, "Date": "Tue, 04 Nov 2025 12:00:00 GMT"}
    failed = failure(await fetch(job(publisher.serve("/feed", status=status, headers=headers))))
    assert failed.retry_after == wait


async def test_credentials_are_used_but_not_told(
    publisher: Publisher, fetch: Fetch, caplog: pytest.LogCaptureFixture
) -> None:
    """A password in an address reaches its server only: no other server, address, log or sentence."""
    caplog.set_level(logging.DEBUG)
    with Publisher() as other:
        other.serve("/feed", RSS)
        publisher.serve("/feed", RSS)
        publisher.redirect("/away", other.url("/feed"))
        secret = {path: publisher.url(path).replace("//", "//user:pa55word@") for path in ("/feed", "/away")}
        answers = [await fetch(job(url)) for url in secret.values()]
        answers.append(await fetch(job(secret["/feed"].replace("http:", "gopher:"))))
        answers.append(await fetch(job(publisher.url("/no").replace("//", "//user:pa55word@"))))
        assert publisher.asked("/feed")[0].headers["authorization"].startswith("Basic ")
        assert "authorization" not in other.requests[0].headers
    assert "pa55word" not in repr(answers)
    assert "pa55word" not in caplog.text
    assert "dXNlcjpwYTU1d29yZA" not in caplog.text


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(publisher: Publisher, fetch: Fetch, status: int) -> None:
    """A redirect leads to the document, which knows its final address; conditions go along."""
    publisher.redirect("/old", "/new", status=status)
    final = publisher.serve("/new", RSS)
    assert document(await fetch(job(publisher.url("/old"), '"v1"'))).url == final
    assert publisher.asked("/new")[0].headers["if-none-match"] == '"v1"'


@pytest.mark.parametrize(("hops", "arrives"), [(MAX_REDIRECTS, True), (MAX_REDIRECTS + 1, False)])
async def test_redirects_are_counted(publisher: Publisher, fetch: Fetch, hops: int, arrives: bool) -> None:
    """Five redirects are followed and a sixth is not."""
    publisher.serve("/0", RSS)
    for hop in range(hops):
        publisher.redirect(f"/{hop + 1}", f"/{hop}")
    fetched = await fetch(job(publisher.url(f"/{hops}")))
    assert isinstance(fetched, Document) is arrives
    if not arrives:
        assert failure(fetched).reason is Reason.REDIRECTS


async def test_redirect_loops_end(publisher: Publisher, fetch: Fetch) -> None:
    """A redirect to itself is asked a few times and then given up."""
    failed = failure(await fetch(job(publisher.redirect("/loop", "/loop", status=301))))
    assert (failed.reason, failed.http) == (Reason.REDIRECTS, 301)
    assert len(publisher.requests) == MAX_REDIRECTS + 1


async def test_the_body_of_a_redirect_is_not_read(publisher: Publisher, fetch: Fetch) -> None:
    """A redirect may hide an endless body or a bomb behind it; only its address counts."""
    publisher.serve("/feed", RSS)
    away = {"Location": "/feed", "Content-Encoding": "gzip"}
    for body in (endless(), bomb(200_000_000)):
        answer = Answer(body, status=302, headers=away)
        publisher.script("/away", partial(_always, answer))
        assert document(await fetch(job(publisher.url("/away")))).body == RSS


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:alert(1)", "http://127.0.0.1:0/", "gopher://x/"],
)
async def test_redirects_stay_on_the_web(publisher: Publisher, fetch: Fetch, target: str) -> None:
    """A redirect to anything but a whole http or https address is blocked."""
    failed = failure(await fetch(job(publisher.redirect("/feed", target))))
    assert failed.reason is Reason.BLOCKED


# ---------------------------------------------------------------- the guard


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
    ],
)
async def test_our_own_network_is_not_asked(publisher: Publisher, host: str) -> None:
    """No spelling of a private address is connected to unless it is allowed."""
    publisher.serve("/feed", RSS)
    failed = failure(await ask(f"http://{host}:{publisher.port}/feed", SHUT))
    assert failed.reason is Reason.BLOCKED
    assert not publisher.requests


async def test_redirects_are_guarded(publisher: Publisher) -> None:
    """A server that may be asked cannot send us to one that may not."""
    with Publisher(host="127.0.0.2") as inside:
        inside.serve("/secret", RSS)
        url = publisher.redirect("/feed", inside.url("/secret"))
        assert failure(await ask(url, NARROW)).reason is Reason.BLOCKED
        assert not inside.requests


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "example.org/feed", "http://", "http://127.0.0.1:99999/", ""]
)
async def test_no_address_no_question(fetch: Fetch, url: str) -> None:
    """What is not a web address fails at once and by name."""
    assert failure(await fetch(job(url))).reason is Reason.BLOCKED


async def test_the_guard_is_in_the_transport() -> None:
    """The one private touch of httpx holds: its pool connects through our backend and no other."""
    async with open_http(OPTIONS) as fetcher:
        transport = fetcher._client._transport
        assert isinstance(transport, httpx.AsyncHTTPTransport)
        assert isinstance(transport._pool, httpcore.AsyncConnectionPool)
        assert isinstance(transport._pool._network_backend, GuardedBackend)
        assert not fetcher._client._mounts


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY", "http_proxy"])
async def test_the_environment_does_not_lead_around_the_guard(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A proxy in the environment is not used: it would do the connecting in place of the guard."""
    with Publisher() as proxy:
        monkeypatch.setenv(variable, proxy.url())
        assert document(await ask(publisher.serve("/feed", RSS))).body == RSS
        assert not proxy.requests


# ---------------------------------------------------------------- the connection


async def test_nobody_there(fetch: Fetch) -> None:
    """A closed port and a name without address are unreachable, each in its own words."""
    with Publisher() as gone:
        url = gone.url("/feed")
    assert failure(await fetch(job(url))) == Failed(
        Reason.UNREACHABLE, "The host refuses connections on that port."
    )
    assert failure(await fetch(job("http://no-such-name.invalid/"))) == Failed(
        Reason.UNREACHABLE, "The host's name has no address."
    )


async def test_a_bad_certificate_is_named(tmp_path: Path, fetch: Fetch) -> None:
    """A certificate that nobody trusts stops the fetch and is named as the cause."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    into = ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*made, *into], check=True, capture_output=True)  # noqa: ASYNC221 -- a moment, in a test
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with Publisher(tls=tls) as secure:
        failed = failure(await fetch(job(secure.serve("/feed", RSS))))
        assert failed.reason is Reason.UNREACHABLE
        assert failed.detail.startswith("The certificate is not to be trusted: self")
        assert not secure.requests


async def test_no_tls_is_named(publisher: Publisher, fetch: Fetch) -> None:
    """A server that speaks no TLS where TLS is asked for is unreachable, and why is said."""
    failed = failure(await fetch(job(publisher.url("/feed").replace("http:", "https:"))))
    assert failed.reason is Reason.UNREACHABLE
    assert "TLS" in failed.detail


# ---------------------------------------------------------------- time


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
    assert failed == Failed(Reason.TIMEOUT, "No whole answer came within 0.5 seconds.")


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
