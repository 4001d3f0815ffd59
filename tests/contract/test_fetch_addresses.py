"""Where fetching goes and where it does not: redirects, the guard, connections."""

import socket
import ssl
import subprocess
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from monitor.fetch import Fetch
from monitor.fetch.hops import MAX_REDIRECTS
from monitor.model.fetching import Document, Failed, Reason
from tests.contract.fetching import HASTY, NARROW, OPTIONS, RSS, SHUT, ask, document, failure, job
from tests.servers.publisher import Answer, Publisher, bomb, endless


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


@pytest.mark.parametrize("body", [endless(), bomb(50_000_000)], ids=["endless", "bomb"])
async def test_the_body_of_a_redirect_is_not_read(
    publisher: Publisher, fetch: Fetch, body: bytes | Iterable[bytes]
) -> None:
    """A redirect may hide an endless body or a bomb behind it; only its address counts."""
    away = Answer(body, status=302, headers={"Location": "/feed", "Content-Encoding": "gzip"})
    publisher.serve("/feed", RSS)
    assert document(await fetch(job(publisher.script("/away", lambda _: away)))).body == RSS


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:alert(1)", "http://127.0.0.1:0/", "gopher://x/"],
)
async def test_redirects_stay_on_the_web(publisher: Publisher, fetch: Fetch, target: str) -> None:
    """A redirect to anything but a whole http or https address is blocked."""
    failed = failure(await fetch(job(publisher.redirect("/feed", target))))
    assert failed.reason is Reason.BLOCKED


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "[64:ff9b::7f00:1]",
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


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY", "http_proxy"])
async def test_the_environment_does_not_lead_around_the_guard(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A proxy in the environment is not used: it would do the connecting in place of the guard."""
    with Publisher() as proxy:
        monkeypatch.setenv(variable, proxy.url())
        assert document(await ask(publisher.serve("/feed", RSS))).body == RSS
        assert not proxy.requests


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
        assert failed.reason is Reason.CERTIFICATE
        assert failed.detail.startswith("The certificate is not to be trusted: self")
        assert not secure.requests


async def test_tls_trouble_is_named(fetch: Fetch) -> None:
    """A server with which no secure connection can be agreed on is unreachable, and why is said."""
    with Publisher(tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)) as without_certificate:
        failed = failure(await fetch(job(without_certificate.url("/feed"))))
    assert failed.reason is Reason.UNREACHABLE
    assert "TLS" in failed.detail


async def test_a_network_that_cannot_be_reached() -> None:
    """An address that no route leads to is unreachable at once."""
    everywhere = replace(OPTIONS, allow_private=(ip_network("240.0.0.0/4"),))
    assert failure(await ask("http://255.255.255.255/", everywhere)).reason is Reason.UNREACHABLE


async def test_a_host_that_does_not_take_up_is_a_timeout() -> None:
    """A connection that nobody answers, as behind a firewall, is given up before the whole time is."""
    with ExitStack() as open_sockets:
        full = open_sockets.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):
            waiting = open_sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        failed = failure(await ask(f"http://127.0.0.1:{full.getsockname()[1]}/", HASTY))
    assert failed.reason is Reason.TIMEOUT
