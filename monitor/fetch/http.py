"""One conditional GET with its redirects, and what the answer means; the only file that knows httpx.

Meanings are those of RFC 9110: validators go back as they came (section 13), Retry-After is seconds or a
date by the server's own clock (section 10.2.3).
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from monitor.fetch import FetchOptions
from monitor.fetch.body import ACCEPT_ENCODING, collect, too_big, unpack
from monitor.fetch.gate import Gate
from monitor.fetch.guard import BlockedAddressError, GuardedBackend
from monitor.model import Document, Failed, Fetched, Job, NotModified, Reason, Validators

MAX_REDIRECTS = 5
MAX_RETRY_AFTER = timedelta(hours=24)
_PORTS = range(1, 1 << 16)
_NO_ADDRESS = Failed(Reason.BLOCKED, "This is not a whole http or https address.")
_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8"


@asynccontextmanager
async def open_http(options: FetchOptions) -> AsyncIterator["HttpFetch"]:
    """Return a fetcher over one client, which neither proxies, cookies nor the environment reach.

    Connecting gets a third of a fetch's time; the rest has no bounds of its own, only the deadline.
    """
    for name in ("httpx", "httpcore"):  # they log addresses and headers, which may hold credentials
        logging.getLogger(name).setLevel(logging.WARNING)
    backend = GuardedBackend(options.allow_private)
    client = httpx.AsyncClient(
        transport=_guarded_transport(backend),
        headers={
            "User-Agent": options.user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPT_ENCODING,
            "Connection": "close",
        },
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=httpx.Timeout(None, connect=options.timeout.total_seconds() / 3),
        trust_env=False,
    )
    try:
        async with client:
            yield HttpFetch(client, options)
    finally:
        backend.close()


def _guarded_transport(backend: GuardedBackend) -> httpx.AsyncHTTPTransport:
    """Return a transport over the guard; httpx has no parameter for it, so its pool is exchanged.

    Connections are not kept: a host is not asked again before its delay is over, when the server may be
    closing the connection just then, and a new connection is a checked one.
    """
    trusted = httpx.create_ssl_context(trust_env=False)
    transport = httpx.AsyncHTTPTransport(verify=trusted)
    transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001 -- pinned by a test
        ssl_context=trusted, max_connections=None, max_keepalive_connections=0, network_backend=backend
    )
    return transport


class HttpFetch:
    """Fetches over HTTP: waits for the host's turn, then asks with one deadline for all of it."""

    def __init__(self, client: httpx.AsyncClient, options: FetchOptions) -> None:
        self._client = client
        self._seconds = options.timeout.total_seconds()
        self._limit = options.max_bytes
        self._gate = Gate(
            per_host=options.per_host, delay=options.per_host_delay, concurrency=options.concurrency
        )

    async def __call__(self, job: Job) -> Fetched:
        """Return the feed's document, that it has not changed, or why there is none."""
        url = web_address(job.asked)
        if isinstance(url, Failed):
            return url
        async with self._gate.enter(url.host):
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._ask(url, job.validators)
            except TimeoutError:
                return Failed(Reason.TIMEOUT, f"No whole answer came within {self._seconds:g} seconds.")
            except BlockedAddressError as error:
                return Failed(Reason.BLOCKED, str(error))
            except (httpx.HTTPError, OSError) as error:
                return _broken(error)
            except (httpx.InvalidURL, UnicodeError):
                return _away(_NO_ADDRESS)

    async def _ask(self, url: httpx.URL, held: Validators) -> Fetched:
        request = self._client.build_request("GET", url, headers=_conditions(held))
        for _ in range(MAX_REDIRECTS + 1):
            async with aclosing(await self._client.send(request, stream=True)) as response:
                if response.next_request is None:
                    return await self._answer(response, held)
                request = response.next_request
            target = web_address(str(request.url))
            if isinstance(target, Failed):
                return replace(_away(target), http=response.status_code)
        return Failed(
            Reason.REDIRECTS, f"There are more than {MAX_REDIRECTS} redirects.", response.status_code
        )

    async def _answer(self, response: httpx.Response, held: Validators) -> Fetched:
        status = response.status_code
        given = _validators(response.headers)
        if status == HTTPStatus.NOT_MODIFIED and held != Validators():
            return NotModified(Validators(given.etag or held.etag, given.last_modified or held.last_modified))
        if not response.is_success:
            return _refusal(response)
        body = await self._body(response)
        if isinstance(body, Failed):
            return replace(body, http=status)
        url = str(response.url.copy_with(username=None, password=None))
        return Document(url, body, _header(response.headers, "content-type"), given, status)

    async def _body(self, response: httpx.Response) -> bytes | Failed:
        length = _header(response.headers, "content-length") or ""
        if length.isdecimal() and len(length) <= 18 and int(length) > self._limit:
            return too_big(self._limit)
        wire = await collect(response.aiter_raw(), self._limit)
        if isinstance(wire, Failed):
            return wire
        body = unpack(wire, response.headers.get("content-encoding", ""), self._limit)
        return body or Failed(Reason.EMPTY, "The answer is empty.")


def web_address(text: str) -> httpx.URL | Failed:
    """Return the address, or that it is not one that is asked; the text is not repeated (credentials)."""
    try:
        url = httpx.URL(text.strip())
        if url.scheme in {"http", "https"} and url.host and (url.port is None or url.port in _PORTS):
            return url
    except (httpx.InvalidURL, UnicodeError):
        pass
    return _NO_ADDRESS


def _away(target: Failed) -> Failed:
    return replace(target, detail=f"The server redirects. {target.detail}")


def retry_after(value: str | None, date: str | None) -> timedelta | None:
    """Return how long a server asks us to wait, at most a day; None where that is not in the future.

    value is Retry-After and date the server's Date header, without which a date says nothing.
    """
    if value is None:
        return None
    if value.isascii() and value.isdecimal():
        wait = timedelta(seconds=int(value[:9]))
    elif (until := _http_date(value)) and (then := _http_date(date)):
        wait = until - then
    else:
        return None
    return min(wait, MAX_RETRY_AFTER) if wait > timedelta() else None


def _http_date(value: str | None) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value or "")
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _header(headers: httpx.Headers, name: str) -> str | None:
    """Return a header as it came, byte for byte; the first where there are several."""
    wanted = name.encode()
    return next((value.decode("latin-1") for key, value in headers.raw if key.lower() == wanted), None)


def _validators(headers: httpx.Headers) -> Validators:
    return Validators(_header(headers, "etag"), _header(headers, "last-modified"))


def _conditions(held: Validators) -> list[tuple[bytes, bytes]]:
    pairs = ((b"If-None-Match", held.etag), (b"If-Modified-Since", held.last_modified))
    return [(name, value.encode("latin-1", "replace")) for name, value in pairs if value]


def _refusal(response: httpx.Response) -> Failed:
    status = response.status_code
    wait = retry_after(_header(response.headers, "retry-after"), _header(response.headers, "date"))
    return Failed(_refused_for(status), f"The server answered {_phrase(status)}.", status, wait)


def _refused_for(status: int) -> Reason:
    if status == HTTPStatus.GONE:
        return Reason.GONE
    return Reason.SERVER_ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Reason.REFUSED


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _broken(error: BaseException) -> Failed:
    """Say what kind of trouble the connection had; the library's own words are not for readers."""
    chain = list(_chain(error))
    if any(isinstance(link, httpx.TimeoutException) for link in chain):
        return Failed(Reason.TIMEOUT, "The connection was not taken up in time.")
    for kind, sentence in _TROUBLES:
        for link in chain:
            if isinstance(link, kind):
                return Failed(_reason(kind), sentence.format(getattr(link, "verify_message", "")))
    return Failed(Reason.UNREACHABLE, "The connection failed.")


def _reason(trouble: type[BaseException]) -> Reason:
    return Reason.CERTIFICATE if trouble is ssl.SSLCertVerificationError else Reason.UNREACHABLE


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


_TROUBLES: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "The certificate is not to be trusted: {}."),
    (ssl.SSLError, "No secure connection could be agreed on (TLS)."),
    (socket.gaierror, "The host's name has no address."),
    (UnicodeError, "The host's name has no address."),
    (ConnectionRefusedError, "The host refuses connections on that port."),
    (httpx.RemoteProtocolError, "The server broke off in the middle or does not speak proper HTTP."),
    (httpx.ReadError, "The connection broke off before the whole answer was there."),
)
