"""A feed's own proxy carries its requests, and opens no way around the guard."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from monitor.fetch import Fetch
from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Failed, Fetched, Reason
from tests.contract.fetching import NARROW, OPTIONS, RSS, SHUT, ask, document, failure, job, with_options
from tests.servers.certificate import self_signed
from tests.servers.proxy import Proxy
from tests.servers.publisher import Publisher


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """Bring up a proxy."""
    with Proxy() as server:
        yield server


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Give a server's certificate for localhost and 127.0.0.1 that this process trusts."""
    path = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    return tls


async def through(proxy: str, url: str, fetch: Fetch) -> Fetched:
    """Fetch through a proxy."""
    return await fetch(with_options(job(url), FeedOptions(proxy=proxy)))


async def test_a_feed_goes_through_its_proxy(publisher: Publisher, proxy: Proxy, fetch: Fetch) -> None:
    """The proxy is asked to connect to the address that we looked up; the server sees the host's name."""
    publisher.serve("/feed", RSS)
    url = f"http://localhost:{publisher.port}/feed"
    got = document(await through(proxy.url.replace("//", "//user:pa%2055word@"), url, fetch))
    assert got == replace(got, body=RSS, url=url)
    assert [asked.target for asked in proxy.asked] == [f"127.0.0.1:{publisher.port}"]
    assert "Proxy-Authorization: Basic dXNlcjpwYSA1NXdvcmQ=" in proxy.asked[0].headers
    assert publisher.requests[0].headers["host"] == f"localhost:{publisher.port}"
    assert not {"proxy-authorization", "authorization"} & publisher.requests[0].headers.keys()


@pytest.mark.parametrize("secure_proxy", [False, True])
async def test_tls_goes_through_a_proxy(trusted: ssl.SSLContext, secure_proxy: bool) -> None:
    """Through a proxy, itself under TLS or not, the server's own certificate is what is checked."""
    with Publisher(tls=trusted) as publisher, Proxy(tls=trusted if secure_proxy else None) as proxy:
        url = publisher.serve("/feed", RSS).replace("127.0.0.1", "localhost")
        got = await ask_through(proxy.url, url)
        assert document(got).body == RSS
        assert proxy.asked[0].target == f"127.0.0.1:{publisher.port}"


async def ask_through(proxy: str, url: str) -> Fetched:
    """Fetch once through a proxy, with what the process trusts now."""
    return await ask(url, OPTIONS, FeedOptions(proxy=proxy))


async def test_a_proxy_cannot_speak_for_a_server(trusted: ssl.SSLContext) -> None:
    """What a proxy says before the server's TLS begins is not taken for the server's answer."""
    with Publisher(tls=trusted) as publisher, Proxy() as proxy:
        proxy.inject = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlies"
        got = await ask_through(proxy.url, publisher.serve("/feed", RSS))
    assert isinstance(got, Failed) or got == replace(document(got), body=RSS)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "localhost",
    ],
)
async def test_a_proxy_opens_no_hole(proxy: Proxy, host: str) -> None:
    """What may not be asked directly may not be asked through a proxy, in no spelling (CVE-2026-108735)."""
    with Publisher(host="127.0.0.2") as public:
        options = replace(SHUT, allow_private=(ip_network("127.0.0.2/32"),))
        relay = proxy.url.replace("127.0.0.1", "127.0.0.2")
        assert (
            failure(await ask(f"http://{host}/", options, FeedOptions(proxy=relay))).reason is Reason.BLOCKED
        )
        assert not public.requests
    assert not proxy.asked


async def test_a_redirect_through_a_proxy_is_guarded(publisher: Publisher, proxy: Proxy) -> None:
    """A server behind a proxy cannot send us on to an address that may not be asked."""
    with Publisher(host="127.0.0.2") as inside:
        url = publisher.redirect("/feed", inside.url("/secret"))
        assert failure(await ask(url, NARROW, FeedOptions(proxy=proxy.url))).reason is Reason.BLOCKED
        assert not inside.requests
    assert len(proxy.asked) == 1


async def test_the_proxys_own_address_is_guarded(publisher: Publisher) -> None:
    """A proxy inside our network is connected to only where that network is allowed."""
    with Publisher(host="127.0.0.2") as inside:
        got = await ask(publisher.serve("/feed", RSS), NARROW, FeedOptions(proxy=inside.url()))
        assert failure(got).reason is Reason.BLOCKED
        assert not inside.requests
    assert not publisher.requests


@pytest.mark.parametrize(
    "address", ["socks5://127.0.0.1:1080", "ftp://127.0.0.1/", "127.0.0.1:3128", "http://"]
)
async def test_other_proxies_are_refused(publisher: Publisher, fetch: Fetch, address: str) -> None:
    """A proxy of another kind is refused in a sentence, and the feed is not asked without it."""
    failed = failure(await through(address, publisher.serve("/feed", RSS), fetch))
    assert failed.reason is Reason.BLOCKED
    assert "http://" in failed.detail
    assert not publisher.requests


async def test_a_proxy_that_refuses_is_named(publisher: Publisher, proxy: Proxy, fetch: Fetch) -> None:
    """That it was the proxy which refused, and with which status, is said; its password is not."""
    proxy.answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    secret = proxy.url.replace("//", "//user:pa55word@")
    failed = failure(await through(secret, publisher.serve("/feed", RSS), fetch))
    assert failed == Failed(Reason.UNREACHABLE, "The proxy does not let us through: it answered 407.")
    assert not publisher.requests


async def test_a_proxy_that_is_not_there_is_named(publisher: Publisher, fetch: Fetch) -> None:
    """That it is the proxy which cannot be reached is said, and the feed is not asked without it."""
    with Publisher() as gone:
        closed = gone.url()
    for address in (closed, "http://no-such-name.invalid:3128"):
        failed = failure(await through(address, publisher.serve("/feed", RSS), fetch))
        assert failed == Failed(Reason.UNREACHABLE, "The proxy cannot be connected to.")
    assert not publisher.requests
