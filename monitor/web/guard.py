"""Who may ask what: by which names the page may be called, who must log in, what every answer carries.

Requests that change something are checked against Origin and Sec-Fetch-Site by
asgi-cross-origin-protection, which `create_app` puts behind these.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.config import Settings
from monitor.web.site import sentence_page

_OPEN = re.compile(r"/healthz|/readyz|/(?:unsubscribe|confirm)/[\w-]+")
"""What may be asked without logging in: by machines, and by readers with their own links."""

SAFE: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-src 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-cache",
}
"""What every answer carries unless it says otherwise itself."""

_HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:@/\[\]]+))(?::[0-9]*)?")
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  # recognised, not bound


class SafeHeaders:
    """Puts the headers that keep publishers' text harmless on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, safe)


class KnownHost:
    """Lets in requests that call the page by a name of its own, against DNS rebinding."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._names = frozenset(_own_names(settings))
        self._any_address = settings.web.listen.host in _EVERYWHERE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say why not."""
        given = Headers(scope=scope).getlist("host") if scope["type"] == "http" else []
        if scope["type"] != "http" or (len(given) == 1 and self._knows(given[0])):
            await self._app(scope, receive, send)
            return
        called = f"“{given[0]}”" if given else "nothing"
        refused = sentence_page(
            HTTPStatus.MISDIRECTED_REQUEST,
            f"This page was called {called}, which is not one of its names. "
            "If it should be, add the name to allowed_hosts in [web] of the configuration.",
        )
        await refused(scope, receive, send)

    def _knows(self, host: str) -> bool:
        name = _name(host)
        return name in self._names or (self._any_address and _is_address(name))


def _own_names(settings: Settings) -> Iterable[str]:
    yield from ("localhost", "127.0.0.1", "::1", settings.web.listen.host.lower())
    yield from filter(None, map(_name, settings.web.allowed_hosts))
    if settings.public_url:
        yield urlsplit(settings.public_url).hostname or ""


def _name(host: str) -> str:
    """Return a Host header's name in lower case without its port; empty where it cannot be read."""
    match = _HOST.fullmatch(host)
    return (match["six"] or match["name"]).lower().removesuffix(".") if match else ""


def _is_address(name: str) -> bool:
    """Tell addresses from names: only a name can be rebound to another machine."""
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


class Login:
    """Asks for a name and password by HTTP Basic authentication (RFC 7617), where they are configured."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        web = settings.web
        password = web.password.get_secret_value() if web.password else None
        self._expected = _digest(f"{web.username}:{password}".encode()) if password is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or ask who it is from."""
        if scope["type"] != "http" or _OPEN.fullmatch(scope["path"]) or self._is_known(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        refused = sentence_page(
            HTTPStatus.UNAUTHORIZED,
            "Log in with the name and password of [web] in the configuration.",
            {"www-authenticate": 'Basic realm="monitor", charset="UTF-8"'},
        )
        await refused(scope, receive, send)

    def _is_known(self, headers: Headers) -> bool:
        if self._expected is None:
            return True
        return compare_digest(_digest(_credentials(headers.get("authorization", ""))), self._expected)


def _digest(credentials: bytes) -> bytes:
    """Return what is compared: of one length, so that the time tells nothing of the text."""
    return blake2b(credentials).digest()


def _credentials(authorization: str) -> bytes:
    scheme, _, encoded = authorization.partition(" ")
    try:
        return b64decode(encoded.strip(), validate=True) if scheme.lower() == "basic" else b""
    except (NotBase64, ValueError):
        return b""
