"""Whose an address is: its registrable domain (publicsuffix.org), and the feed that it means."""

from functools import cache, lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=1 << 15)
def site_of(host: str) -> str:
    """Return the registrable domain of a host in lower case; an address or a bare name stands for itself."""
    host = host.lower().rstrip(".")
    if host.replace(".", "").isdecimal() or ":" in host:
        return host
    return _suffixes().privatesuffix(host) or host


def site_of_url(url: str) -> str:
    """Return the registrable domain of an address's host, empty where it has none."""
    return site_of(host_of_url(url))


def host_of_url(url: str) -> str:
    """Return the host of an address in lower case, empty where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def feed_key(url: str) -> str:
    """Return what addresses of one feed share: all but scheme, www, default port, last slash and fragment.

    Parameters are kept, since they tell feeds of one script apart, and so is a user name, since a feed may
    differ by reader; a password is no part of a key.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    who = f"{parts.username}@" if parts.username else ""
    where = f":{port}" if port not in {None, 80, 443} else ""
    return f"{who}{host}{where}{parts.path.rstrip('/')}" + (f"?{parts.query}" if parts.query else "")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
