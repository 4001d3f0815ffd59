"""What holds for the one way out beside the polls: any address, any status, a bound, a form."""

from collections.abc import AsyncIterator

import pytest

from monitor.fetch import Answer, Asker, Fetcher, Request, open_fetch
from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Failed, Reason
from tests.contract.fetching import HASTY, LIMIT, OPTIONS, RSS, SHUT, document, job
from tests.servers import publisher as server
from tests.servers.publisher import Publisher, bomb, endless

FORM = (("content-type", "application/x-www-form-urlencoded"),)


@pytest.fixture
async def asker() -> AsyncIterator[Fetcher]:
    """Open what may ask the server."""
    async with open_fetch(OPTIONS) as fetcher:
        yield fetcher


async def answer(asker: Asker, request: Request) -> Answer:
    """Return the answer that must have come."""
    got = await asker.ask(request)
    assert isinstance(got, Answer), got
    return got


async def test_an_answer_is_whole(publisher: Publisher, asker: Asker) -> None:
    """Address, status, headers and unpacked body are there, the address without the login."""
    headers = {"X-Odd": "Ä", "Link": "</a>; rel=hub"}
    url = publisher.serve("/page", b"<html>", content_type="text/html", headers=headers)
    got = await answer(asker, Request(url.replace("//", "//me:secret@"), accept="text/html"))
    assert (got.url, got.status, got.body, got.ok, got.moved_to) == (url, 200, b"<html>", True, None)
    assert (got.header("content-type"), got.header("x-odd"), got.header("etag")) == ("text/html", "Ä", None)
    assert publisher.requests[0].headers["accept"] == "text/html"


@pytest.mark.parametrize("status", [304, 400, 404, 410, 500, 503])
async def test_every_status_is_an_answer(publisher: Publisher, asker: Asker, status: int) -> None:
    """An answer without success is an answer too, with what the server says about it."""
    body = b"" if status == 304 else b"not so"
    got = await answer(asker, Request(publisher.serve("/", body, status=status)))
    assert (got.status, got.ok, got.body) == (status, False, body)


@pytest.mark.parametrize(
    "body", [bytes(LIMIT), endless(), bomb(50_000_000)], ids=["large", "endless", "bomb"]
)
async def test_an_excuse_is_not_read_for_ever(publisher: Publisher, asker: Asker, body: bytes) -> None:
    """What a failing server says is left out where it is too much."""
    script = server.Answer(body, status=404, headers={"Content-Encoding": "gzip"})
    got = await answer(asker, Request(publisher.script("/", lambda _: script)))
    assert (got.status, got.body) == (404, b"")


@pytest.mark.parametrize(("limit", "fits"), [(len(RSS), True), (len(RSS) - 1, False), (0, False)])
async def test_a_request_has_its_own_limit(
    publisher: Publisher, asker: Asker, limit: int, fits: bool
) -> None:
    """A request bounds its answer in bytes."""
    got = await asker.ask(Request(publisher.serve("/", RSS), limit=limit))
    assert isinstance(got, Answer) is fits
    assert isinstance(got, Answer) or got.reason is Reason.TOO_BIG


async def test_no_limit_is_above_the_configured_one(publisher: Publisher, asker: Asker) -> None:
    """A request cannot raise the bound that the configuration sets."""
    got = await asker.ask(Request(publisher.serve("/", bytes(LIMIT + 1)), limit=10 * LIMIT))
    assert isinstance(got, Failed)


async def test_a_form_is_posted(publisher: Publisher, asker: Asker) -> None:
    """A POST carries its body, its type and its length."""
    publisher.script("/hub", lambda _: server.Answer(status=202))
    got = await answer(asker, Request(publisher.url("/hub"), "POST", FORM, b"hub.mode=subscribe"))
    (request,) = publisher.requests
    assert (got.status, request.method, request.body) == (202, "POST", b"hub.mode=subscribe")
    assert request.headers["content-type"] == FORM[0][1]


async def test_an_empty_form_has_a_length(publisher: Publisher, asker: Asker) -> None:
    """A POST without a body says so, as servers want it."""
    await answer(asker, Request(publisher.serve("/hub"), "POST"))
    assert publisher.requests[0].headers["content-length"] == "0"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "/etc/passwd", "gopher://x/", "source:file:///x", "ftp://x/"]
)
async def test_no_file_is_ever_read(asker: Asker, url: str) -> None:
    """What is no web address is not asked, whoever gave it (CVE-2024-51483, GHSA-496x-437q-h35q)."""
    got = await asker.ask(Request(url))
    assert isinstance(got, Failed)
    assert got.reason is Reason.BLOCKED


@pytest.mark.parametrize("status", [307, 308])
async def test_a_form_follows_within_its_origin(publisher: Publisher, asker: Asker, status: int) -> None:
    """307 and 308 have the form sent again, as it was."""
    publisher.script("/new", lambda _: server.Answer(status=202))
    url = publisher.redirect("/hub", "/new", status=status)
    assert (await answer(asker, Request(url, "POST", FORM, b"a=b"))).status == 202
    assert [(request.method, request.body) for request in publisher.requests] == [("POST", b"a=b")] * 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_form_goes_to_no_other_origin(publisher: Publisher, asker: Asker, status: int) -> None:
    """A form, which may hold a secret, is taken to no other server: the redirect itself is the answer."""
    with Publisher() as other:
        url = publisher.redirect("/hub", other.url("/new"), status=status)
        got = await answer(asker, Request(url, "POST", FORM, b"hub.secret=s3cret"))
        assert (got.status, got.header("location")) == (status, other.url("/new"))
        assert not other.requests


async def test_questions_are_guarded_and_bounded_as_polls(publisher: Publisher) -> None:
    """What asks has the same guard and the same deadline as what polls."""
    silent = publisher.script("/silent", lambda _: server.Answer(silent=True))
    async with open_fetch(SHUT) as shut, open_fetch(HASTY) as hasty:
        blocked, late = await shut.ask(Request(silent)), await hasty.ask(Request(silent))
    assert isinstance(blocked, Failed)
    assert isinstance(late, Failed)
    assert (blocked.reason, late.reason) == (Reason.BLOCKED, Reason.TIMEOUT)


async def test_one_object_polls_and_asks(publisher: Publisher, asker: Fetcher) -> None:
    """Both ways out are one, so that they share their turns; a feed's options serve its pages as well."""
    url = publisher.serve("/feed", RSS)
    assert document(await asker(job(url))).body == RSS
    got = await answer(asker, Request(url, options=FeedOptions(user_agent="Ours/1")))
    assert got.body == RSS
    assert publisher.requests[1].headers["user-agent"] == "Ours/1"
