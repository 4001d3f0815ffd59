"""HTTP/1.1 over asyncio's streams as a transport of httpx: every connection guarded, used once and closed.

Connections are not kept: a host is not asked again before its delay is over, when the server may be closing
the connection just then, and a new connection is a checked one. Made so, a request costs a third of what
httpx's own transport takes (docs/decisions.md).
"""

import asyncio
import ssl
from asyncio import StreamReader, StreamReaderProtocol
from base64 import b64encode
from collections.abc import AsyncIterator

import httpx

from monitor.fetch.guard import Guard, UnknownHostError
from monitor.fetch.message import HEAD_BYTES, pieces, read_head

PROXY = "monitor.proxy"
"""The extension of a request that holds the httpx.URL of the proxy it goes through."""
Connection = tuple[StreamReader, asyncio.Transport]
_TRIES = 3  # addresses of one host
_PORTS = {"http": 80, "https": 443}


class ProxyError(httpx.ProxyError):
    """A proxy that does not let us through; the text is a sentence."""


class Wire(httpx.AsyncBaseTransport):
    """Connects to addresses that the guard permits; patience is for connecting, in seconds."""

    def __init__(self, guard: Guard, trusted: ssl.SSLContext, patience: float) -> None:
        self._guard = guard
        self._trusted = trusted
        self._patience = patience

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the answer once its head is there; closing it ends the connection."""
        sent = _written(request, await request.aread())
        reader, transport = await self._connected(request)
        try:
            transport.write(sent)
            head = await read_head(reader)
            body = pieces(reader, head)
        except BaseException:
            transport.abort()
            raise
        return httpx.Response(head.status, headers=head.fields, stream=_Body(body, transport))

    async def _connected(self, request: httpx.Request) -> Connection:
        try:
            async with asyncio.timeout(self._patience):
                if proxy := request.extensions.get(PROXY):
                    return await self._through(proxy, request.url)
                return await self._dial(request.url)
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no connection in time") from error
        except UnknownHostError as error:
            raise httpx.ConnectError("no address") from error
        except OSError as error:
            raise httpx.ConnectError("no connection") from error

    async def _dial(self, url: httpx.URL) -> Connection:
        """Connect to the first of a host's permitted addresses that answers, in its share of the time."""
        addresses = (await self._guard.addresses(url.host))[:_TRIES]
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(self._patience / len(addresses)):
                    return await self._open(address, url)
            except OSError:
                continue
        return await self._open(addresses[-1], url)

    async def _open(self, address: str, url: httpx.URL) -> Connection:
        reader, secure = StreamReader(limit=HEAD_BYTES), url.scheme == "https"
        transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: StreamReaderProtocol(reader),
            address,
            port_of(url),
            ssl=self._trusted if secure else None,
            server_hostname=_name(url) if secure else None,
        )
        return reader, transport

    async def _through(self, proxy: httpx.URL, url: httpx.URL) -> Connection:
        """Have a proxy connect us to an address of the host that we looked up and checked ourselves.

        It gets the address and not the name, as it might find another one behind it.
        """
        (address, *_) = await self._guard.addresses(url.host)
        reader, transport = await self._dial(proxy)
        try:
            transport.write(_connect(proxy, address, port_of(url)))
            await _let_through(reader)
            return await self._secured(transport, url) if url.scheme == "https" else (reader, transport)
        except BaseException:
            transport.abort()
            raise

    async def _secured(self, transport: asyncio.Transport, url: httpx.URL) -> Connection:
        """Put TLS on a connection; its new reader knows nothing of what the proxy may have said before."""
        reader = StreamReader(limit=HEAD_BYTES)
        protocol = StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        secured = await loop.start_tls(transport, protocol, self._trusted, server_hostname=_name(url))
        assert secured  # noqa: S101 -- None is for a transport that is closing, and then it raises
        protocol.connection_made(secured)
        return reader, secured


class _Body(httpx.AsyncByteStream):
    """The body of an answer; closing ends the connection at once, whatever is still to come."""

    def __init__(self, body: AsyncIterator[bytes], transport: asyncio.Transport) -> None:
        self._body = body
        self._transport = transport

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._body

    async def aclose(self) -> None:
        self._transport.abort()


async def _let_through(reader: StreamReader) -> None:
    head = await read_head(reader)
    if not 200 <= head.status < 300:
        raise ProxyError(f"The proxy does not let us through: it answered {head.status}.")


def port_of(url: httpx.URL) -> int:
    """Return the port of an http or https address."""
    return url.port or _PORTS[url.scheme]


def basic(username: str, password: str) -> bytes:
    """Return what HTTP Basic sends (RFC 7617), in UTF-8."""
    return b"Basic " + b64encode(f"{username}:{password}".encode())


def _name(url: httpx.URL) -> str:
    """Return the host as TLS is to know it, in ASCII."""
    return url.raw_host.decode("ascii").rstrip(".")


def _connect(proxy: httpx.URL, address: str, port: int) -> bytes:
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1".encode(), b"Host: " + target.encode()]
    if proxy.username or proxy.password:
        lines.append(b"Proxy-Authorization: " + basic(proxy.username, proxy.password))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _written(request: httpx.Request, body: bytes) -> bytes:
    start = b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)
    lines = [start, *(b"%s: %s" % field for field in request.headers.raw)]
    if any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines):
        raise httpx.LocalProtocolError("a header of more than one line")
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
