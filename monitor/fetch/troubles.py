"""What went wrong on the way to an answer, in sentences that a person can act on and no secret is in."""

import socket
import ssl
from collections.abc import Iterator

import httpx

from monitor.fetch.guard import BlockedAddressError, UnknownHostError
from monitor.fetch.message import HEAD_BYTES, HEAD_LINES, BigHeadError
from monitor.fetch.wire import ProxyError
from monitor.model.fetching import Failed, Reason

TROUBLES = (httpx.HTTPError, OSError, BlockedAddressError)


def trouble(error: BaseException) -> Failed:
    """Say what kind of trouble a connection had; the library's own words are not for readers."""
    chain = list(_chain(error))
    for kind, reason, sentence in _KNOWN:
        for link in chain:
            if isinstance(link, kind):
                return Failed(reason, sentence.format(error=link))
    return Failed(Reason.UNREACHABLE, "The connection failed.")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


_UNTRUSTED = "The certificate is not to be trusted: {error.verify_message}."
_TOO_LONG = f"The server sends more than {HEAD_LINES} lines or {HEAD_BYTES} bytes of headers."
_KNOWN: tuple[tuple[type[BaseException], Reason, str], ...] = (
    (BlockedAddressError, Reason.BLOCKED, "{error}"),
    (ProxyError, Reason.UNREACHABLE, "{error}"),
    (httpx.TimeoutException, Reason.TIMEOUT, "The connection was not taken up in time."),
    (ssl.SSLCertVerificationError, Reason.CERTIFICATE, _UNTRUSTED),
    (ssl.SSLError, Reason.UNREACHABLE, "No secure connection could be agreed on (TLS)."),
    (UnknownHostError, Reason.UNREACHABLE, "The host's name has no address."),
    (socket.gaierror, Reason.UNREACHABLE, "The host's name has no address."),
    (UnicodeError, Reason.UNREACHABLE, "The host's name has no address."),
    (ConnectionRefusedError, Reason.UNREACHABLE, "The host refuses connections on that port."),
    (BigHeadError, Reason.TOO_BIG, _TOO_LONG),
    (httpx.LocalProtocolError, Reason.BLOCKED, "A header of the request is of more than one line."),
    (
        httpx.RemoteProtocolError,
        Reason.UNREACHABLE,
        "The server broke off in the middle or does not speak proper HTTP.",
    ),
    (httpx.ReadError, Reason.UNREACHABLE, "The connection broke off before the whole answer was there."),
)
