"""What a feed gives away about its reader: a login and headers go to its own origin and nowhere else."""

import logging
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import MonitorError
from monitor.fetch import Fetch
from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Failed, NotModified, Reason
from tests.contract.fetching import NARROW, OPTIONS, RSS, ask, document, failure, job, with_options
from tests.servers.certificate import self_signed
from tests.servers.publisher import Answer, Publisher

LOGIN = FeedOptions(username="üser", password="pa55word", headers=(("X-Key", "s3cret"),))
BASIC = "Basic w7xzZXI6cGE1NXdvcmQ="


@pytest.fixture
def other() -> Iterator[Publisher]:
    """Bring up a second server: another port, so another origin."""
    with Publisher() as server:
        yield server


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """Bring up a server under TLS that this process trusts."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(self_signed(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with Publisher(tls=tls) as server:
        yield server


async def test_a_feeds_own_ways(publisher: Publisher, fetch: Fetch) -> None:
    """Login, headers and user agent of a feed are sent; of a header given twice the feed's own counts."""
    options = FeedOptions(
        username="me", password="", headers=(("X-Key", "s3cret"), ("accept", "text/xml")), user_agent="Ours/1"
    )
    await fetch(with_options(job(publisher.serve("/feed", RSS)), options))
    sent = publisher.requests[0].headers
    assert (sent["authorization"], sent["x-key"], sent["user-agent"]) == ("Basic bWU6", "s3cret", "Ours/1")
    assert sent["accept"] == "text/xml"


async def test_an_option_beats_the_address(publisher: Publisher, fetch: Fetch) -> None:
    """A login among the options is used in the place of the one in the address, which no server sees."""
    url = publisher.serve("/feed", RSS).replace("//", "//old:login@")
    got = document(await fetch(with_options(job(url), LOGIN)))
    assert publisher.requests[0].headers["authorization"] == BASIC
    assert got.url == publisher.url("/feed")


async def test_secrets_stay_on_their_origin(publisher: Publisher, fetch: Fetch) -> None:
    """Redirects within the origin keep login and headers."""
    publisher.serve("/feed", RSS)
    await fetch(with_options(job(publisher.redirect("/old", "/feed")), LOGIN))
    assert publisher.asked("/feed")[0].headers["authorization"] == BASIC
    assert publisher.asked("/feed")[0].headers["x-key"] == "s3cret"


async def test_secrets_do_not_cross_origins(publisher: Publisher, other: Publisher, fetch: Fetch) -> None:
    """Another origin gets neither login nor headers, and they do not come back on the way home either."""
    publisher.redirect("/old", other.redirect("/middle", publisher.serve("/feed", RSS)))
    await fetch(with_options(job(publisher.url("/old")), LOGIN))
    assert publisher.asked("/old")[0].headers["authorization"] == BASIC
    for request in (*other.requests, *publisher.asked("/feed")):
        assert not {"authorization", "x-key"} & request.headers.keys()


async def test_a_login_in_a_redirect_is_not_used(publisher: Publisher, fetch: Fetch) -> None:
    """A server cannot make us send a login of its choice, nor have it in the document's address."""
    target = publisher.serve("/feed", RSS)
    got = await fetch(job(publisher.redirect("/old", target.replace("//", "//a:b@"))))
    assert document(got).url == target
    assert "authorization" not in publisher.asked("/feed")[0].headers


async def test_a_lost_login_is_said(publisher: Publisher, other: Publisher, fetch: Fetch) -> None:
    """Where the login stayed behind and the new server wants one, the sentence says so."""
    other.serve("/feed", status=401)
    got = await fetch(with_options(job(publisher.redirect("/old", other.url("/feed"))), LOGIN))
    failed = failure(got)
    assert failed.reason is Reason.REFUSED
    assert "was not sent" in failed.detail
    assert failed.detail.endswith(f"another server: 127.0.0.1:{other.port}.")


async def test_secrets_are_not_sent_in_the_open(secure: Publisher, publisher: Publisher) -> None:
    """From https to http a feed with a login is not followed; one without is, but has not moved."""
    url = secure.redirect("/old", publisher.serve("/feed", RSS), status=301)
    failed = failure(await ask(url, OPTIONS, LOGIN))
    assert (failed.reason, failed.http) == (Reason.REDIRECTS, 301)
    assert not publisher.requests
    assert document(await ask(url)).moved_to is None


async def test_from_http_to_https_is_followed(secure: Publisher, publisher: Publisher) -> None:
    """A feed that moved to https is found there, with its certificate checked against SSL_CERT_FILE."""
    target = secure.serve("/feed", RSS)
    got = document(await ask(publisher.redirect("/old", target, status=308)))
    assert (got.url, got.moved_to) == (target, target)


@pytest.mark.parametrize("content", [None, b"no certificate"])
async def test_certificates_that_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    """A wrong SSL_CERT_FILE is said in a sentence before anything is asked."""
    if content:
        (tmp_path / "none.pem").write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(MonitorError, match=r"^The certificates that SSL_CERT_FILE names cannot be read"):
        await ask("http://127.0.0.1/")


@pytest.mark.parametrize("header", ["Host", "content-length", "Transfer-Encoding", "Connection", "Ünfit"])
async def test_unfit_headers_are_refused(publisher: Publisher, fetch: Fetch, header: str) -> None:
    """A header that would break the request is refused in a sentence, unsent."""
    options = FeedOptions(headers=((header, "x"),))
    got = failure(await fetch(with_options(job(publisher.serve("/feed", RSS)), options)))
    assert got.reason is Reason.BLOCKED
    assert not publisher.requests


@pytest.mark.parametrize(
    "options",
    [
        FeedOptions(headers=(("X-Key", "a\r\nX-Other: b"),)),
        FeedOptions(headers=(("X-Key: a\r\nX-Other", "b"),)),
        FeedOptions(user_agent="a\nX-Other: b"),
        FeedOptions(headers=(("", "b"),)),
    ],
)
async def test_no_header_smuggles_another(publisher: Publisher, fetch: Fetch, options: FeedOptions) -> None:
    """Line breaks in names and values never reach a server."""
    got = failure(await fetch(with_options(job(publisher.serve("/feed", RSS)), options)))
    assert got.reason is Reason.BLOCKED
    assert not publisher.requests


async def test_no_secret_is_told(
    publisher: Publisher, other: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    """No answer, failure, log line or representation holds a login, a header or a proxy's password."""
    caplog.set_level(logging.DEBUG)
    publisher.serve("/feed", RSS)
    publisher.redirect("/away", other.serve("/feed", RSS))
    publisher.script("/none", lambda _: Answer(reset=True))
    told: list[object] = []
    for path in ("/feed", "/away", "/none", "/missing"):
        one = with_options(job(publisher.url(path)), LOGIN)
        told += [one, await ask(one.url, OPTIONS, one.options)]
    proxy = FeedOptions(proxy="http://user:s3cret@127.0.0.2/")
    told.append(await ask(publisher.url("/feed"), NARROW, proxy))
    assert not [secret for secret in ("pa55word", "s3cret", "w7xzZXI6") if secret in repr(told) + caplog.text]


async def test_a_login_in_the_address_does_not_move(publisher: Publisher, fetch: Fetch) -> None:
    """Where the login stands in the address, a permanent redirect moves nothing: the login would be lost."""
    target = publisher.serve("/feed", RSS, etag='"1"')
    url = publisher.redirect("/old", "/feed", status=301)
    assert document(await fetch(job(url))).moved_to == target
    assert document(await fetch(job(url.replace("//", "//a:b@")))).moved_to is None
    got = await fetch(with_options(job(url, '"1"'), LOGIN))
    assert isinstance(got, NotModified)
    assert got.moved_to == target


async def test_a_login_does_not_move_to_another_origin(
    publisher: Publisher, other: Publisher, fetch: Fetch
) -> None:
    """A feed with a login is not moved to a server that would get the login from then on."""
    url = publisher.redirect("/old", other.serve("/feed", RSS), status=301)
    assert document(await fetch(job(url))).moved_to == other.url("/feed")
    got = await fetch(with_options(job(url), LOGIN))
    assert not isinstance(got, Failed)
    assert got.moved_to is None
