"""Request headers that a feed wants: a name and a value each, and none that are the client's own business."""

import re

from monitor.config.readers import Reader, Wrong, of_kind, shown
from monitor.config.secret import SecretStr

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e]*")
_OURS = frozenset({
    "accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match",
    "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
})  # fmt: skip
"""What the program sets itself: how a body is framed, where it goes, and what is held already."""


def header(name: str, value: str) -> tuple[str, str]:
    """Return a header that a request can carry (RFC 9110 section 5), in ASCII; else raises Wrong."""
    if not _TOKEN.fullmatch(name):
        raise Wrong(f"{shown(name)} is not the name of a header", 'such as "X-Api-Key"')
    if name.lower() in _OURS:
        right = "user_agent has a key of its own" if name.lower() == "user-agent" else "leave it out"
        raise Wrong(f"the header {name} is set by the program itself", right)
    if not _VALUE.fullmatch(value):
        raise Wrong(f"the value of the header {name} holds a line break or a letter beyond ASCII")
    return name, value.strip()


def _headers(value: object) -> tuple[tuple[str, SecretStr], ...]:
    table = of_kind(value, dict, 'a table, such as { "X-Api-Key" = "…" }')
    checked = [header(name, of_kind(item, str, "text in quotes")) for name, item in table.items()]
    return tuple((name, SecretStr(item)) for name, item in checked)


headers = Reader(_headers)
