"""Addresses that a setting may hold: of the web, of mail, of networks, of the store, of the page."""

import ipaddress
import re
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote, urlsplit

from monitor.config.readers import Reader, Wrong, filled, printable, shown

_ADDRESS = r"[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\\]+"
_MAILBOX = re.compile(rf"[^<>]*<{_ADDRESS}>|{_ADDRESS}")
_LISTEN = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:\[\]/]+)):(?P<port>[0-9]{1,5})")


_LONGEST_URL = 2000
"""How many characters an address may have; indexes of databases hold little more."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the web page listens; port 0 lets the system choose."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Tell whether only this machine can connect."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def web_url(value: object) -> str:
    """Read an address of the web; Wrong when it has another scheme, no host or no end."""
    text = filled(value)
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not text.isprintable() or " " in text:
        bare = re.sub(r"^[a-z0-9+.-]*:?/*", "", text) if "://" in text else text
        raise Wrong(f"{shown(text)} is not an http or https address", f"such as {shown('https://' + bare)}")
    if len(text) > _LONGEST_URL:
        raise Wrong(f"{shown(text)} has {len(text)} characters", f"at most {_LONGEST_URL}")
    return text


def _address(value: object) -> str:
    text = printable(value)
    if not re.fullmatch(_ADDRESS, text):
        raise Wrong(f"{shown(text)} is not an e-mail address", 'such as "name@example.org"')
    return text


def _mailbox(value: object) -> str:
    text = printable(value)
    if not _MAILBOX.fullmatch(text) or not re.fullmatch(_ADDRESS, parseaddr(text)[1]):
        raise Wrong(f"{shown(text)} is not a sender", 'such as "Monitor <monitor@example.org>"')
    return text


def _network(value: object) -> str:
    text = filled(value)
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise Wrong(f"{shown(text)} is not an address range", _nearest_network(text)) from None


def _nearest_network(text: str) -> str:
    try:
        return f'did you mean "{ipaddress.ip_network(text, strict=False)}"?'
    except ValueError:
        return 'such as "127.0.0.0/8" or "10.1.2.3"'


def _store_url(value: object) -> str:
    text = filled(value)
    scheme, _, rest = text.partition("://")
    if scheme in {"postgresql", "postgresql+psycopg"} and rest:
        return text
    if scheme != "sqlite" or len(rest) < 2 or not rest.startswith("/") or rest.startswith("/:memory:"):
        raise Wrong(
            f"{shown(text)} is not a store", '"sqlite:///monitor.db" or "postgresql://user@host/name"'
        )
    return text


def _resolve_store(url: str, folder: Path) -> str:
    scheme, _, path = url.partition(":///")
    return f"sqlite:///{(folder / path).resolve()}" if scheme == "sqlite" else url


def _listen(value: object) -> Listen:
    text = printable(value)
    match = _LISTEN.fullmatch(text)
    if not match or int(match["port"]) > 65_535:
        raise Wrong(f"{shown(text)} is not a host and a port", 'such as "127.0.0.1:8000" or "[::1]:8000"')
    return Listen(match["six"] or match["host"], int(match["port"]))


def _base_url(value: object) -> str:
    """Read where the page is, as headers and browsers write it: in ASCII."""
    text = web_url(value).rstrip("/")
    parts = urlsplit(text)
    try:
        host = (parts.hostname or "").encode("idna").decode()
    except UnicodeError:
        raise Wrong(f"{shown(text)} has a host that cannot be written in ASCII", "its xn-- form") from None
    netloc = parts.netloc if parts.netloc.isascii() else host + (f":{parts.port}" if parts.port else "")
    return parts._replace(netloc=netloc, path=quote(parts.path, safe="/%:@!$&'()*+,;=~")).geturl()


url = Reader(web_url)
base_url = Reader(_base_url)
address = Reader(_address)
mailbox = Reader(_mailbox)
network = Reader(_network)
listen = Reader(_listen)
store_url = Reader(_store_url, str, _resolve_store)
