"""What a request says and what its answer leaves to be sent again (RFC 9110)."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.fetch import Fetch
from monitor.model.fetching import Job, NotModified, Validators
from tests.contract.fetching import OPTIONS, RSS, ask, document, failure, job
from tests.servers.publisher import Answer, Publisher


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


async def test_the_programs_own_name_is_sent(publisher: Publisher) -> None:
    """FAILURES 32: whoever runs it names it, so that no publisher need shut out all who run it."""
    await ask(publisher.serve("/feed", RSS), replace(OPTIONS, user_agent="Desk (desk@example.org)"))
    assert publisher.requests[0].headers["user-agent"] == "Desk (desk@example.org)"


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
