"""From an address to the next: what is asked of each on the way, and what a redirect may take along; pure.

A login, a feed's own headers and a body are for the origin (scheme, host and port) that they were given
for. The first redirect to another origin leaves them behind for good.
"""

import re
from dataclasses import dataclass, replace
from http import HTTPStatus

import httpx

from monitor.fetch import Request
from monitor.fetch.wire import basic, port_of
from monitor.model.feeds import FeedOptions
from monitor.model.fetching import Failed, Reason

MAX_REDIRECTS = 5
Fields = tuple[tuple[bytes, bytes], ...]

_WEB = {"http", "https"}
_PERMANENT = {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT}
_AGAIN = {HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT}
_REDIRECTS = {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER} | _AGAIN
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[^\0\r\n]*")
_PORTS = range(1, 1 << 16)
_OURS = {
    b"host",
    b"connection",
    b"content-length",
    b"transfer-encoding",
    b"accept-encoding",
    b"te",
    b"upgrade",
}
_NO_ADDRESS = Failed(Reason.BLOCKED, "This is not a whole http or https address.")
_NO_PROXY = Failed(Reason.BLOCKED, "The feed's proxy is not a whole http:// or https:// address.")
_NO_SOCKS = Failed(
    Reason.BLOCKED, "The feed's proxy is a SOCKS proxy; only http:// and https:// proxies are used."
)
_NO_HEADER = Failed(Reason.BLOCKED, "A header is not a plain name and one line of text.")
_IN_THE_OPEN = Failed(
    Reason.REDIRECTS,
    "The server redirects from https to http, where what only it may know would be in the open.",
)


@dataclass(frozen=True, slots=True)
class Hop:
    """One address on the way to an answer, and what to ask there.

    private are the fields for the first origin only; withheld says that they were left behind. permanent says
    that every redirect so far was for good.
    """

    url: httpx.URL
    method: str
    private: Fields = ()
    body: bytes = b""
    proxy: httpx.URL | None = None
    login_in_address: bool = False
    withheld: bool = False
    permanent: bool = True
    number: int = 0

    @property
    def moved_to(self) -> str | None:
        """Return the address that replaces the first one for good, where there is one.

        A login that stands in the address, or would go to another origin from then on, does not move.
        """
        moved = self.number and self.permanent and not self.withheld and not self.login_in_address
        return str(self.url) if moved else None


def first_hop(request: Request) -> Hop | Failed:
    """Return where a request begins, or why it cannot."""
    url, proxy = web_address(request.url), _proxy(request.options)
    if isinstance(url, Failed):
        return url
    if isinstance(proxy, Failed):
        return proxy
    private = _private(url, request)
    if isinstance(private, Failed):
        return private
    login_in_address = bool(url.userinfo)
    url = url.copy_with(userinfo=b"", fragment=None) if url.userinfo or url.fragment else url
    return Hop(url, request.method, private, request.body, proxy, login_in_address)


def next_hop(hop: Hop, status: int, location: str | None) -> Hop | Failed | None:
    """Return where an answer sends us, None where it does not.

    A body is sent again on 307 and 308 within its origin; other redirects of it are the caller's to judge.
    """
    if location is None or status not in _REDIRECTS or (hop.method != "GET" and status not in _AGAIN):
        return None
    if hop.number >= MAX_REDIRECTS:
        return Failed(Reason.REDIRECTS, f"There are more than {MAX_REDIRECTS} redirects.", status)
    target = _joined(hop.url, location)
    if isinstance(target, Failed):
        return replace(target, detail=f"The server redirects. {target.detail}", http=status)
    return _onward(hop, target, status)


def _onward(hop: Hop, target: httpx.URL, status: int) -> Hop | Failed | None:
    at_home = _origin(target) == _origin(hop.url)
    in_the_open = hop.url.scheme == "https" and target.scheme == "http"
    if hop.method != "GET" and not at_home:
        return None
    if in_the_open and hop.private:
        return replace(_IN_THE_OPEN, http=status)
    return replace(
        hop,
        url=target,
        private=hop.private if at_home else (),
        withheld=hop.withheld or bool(hop.private and not at_home),
        permanent=hop.permanent and status in _PERMANENT and not in_the_open,
        number=hop.number + 1,
    )


def web_address(text: str) -> httpx.URL | Failed:
    """Return the address, or that it is not one that is asked; the text is not repeated (credentials)."""
    try:
        url = httpx.URL(text.strip())
        if url.scheme in _WEB and _is_host(url.host) and (url.port is None or url.port in _PORTS):
            return url
    except (httpx.InvalidURL, UnicodeError):
        pass
    return _NO_ADDRESS


def _is_host(name: str) -> bool:
    """Whether a name has no empty part, which neither a name server nor TLS takes."""
    return all(name.removesuffix(".").split("."))


def _joined(url: httpx.URL, location: str) -> httpx.URL | Failed:
    """Return the address of a redirect, without the login that a server may put into it."""
    try:
        text = location.encode("latin-1").decode()
    except UnicodeError:
        text = location
    try:
        target = web_address(str(url.join(text.strip())))
    except (httpx.InvalidURL, UnicodeError):
        return _NO_ADDRESS
    return target if isinstance(target, Failed) else target.copy_with(userinfo=b"", fragment=None)


def _proxy(options: FeedOptions) -> httpx.URL | Failed | None:
    if not options.proxy:
        return None
    if options.proxy.strip().lower().startswith("socks"):
        return _NO_SOCKS
    proxy = web_address(options.proxy)
    return _NO_PROXY if isinstance(proxy, Failed) else proxy


def _private(url: httpx.URL, request: Request) -> Fields | Failed:
    """Return the login and the headers that only the first origin gets."""
    given = (*request.options.headers, *request.headers)
    if not all(_NAME.fullmatch(name) and _VALUE.fullmatch(value) for name, value in given):
        return _NO_HEADER
    fields = {name.lower().encode(): value.strip().encode() for name, value in given}
    if unfit := sorted(_OURS & fields.keys()):
        return Failed(Reason.BLOCKED, f"The header {unfit[0].decode()} is not a feed's to set.")
    if (options := request.options).username is not None:
        fields[b"authorization"] = basic(options.username or "", options.password or "")
    elif url.userinfo:
        fields[b"authorization"] = basic(url.username, url.password)
    return tuple(fields.items())


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, port_of(url)
