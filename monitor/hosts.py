"""Whose a host is: the registrable domain (publicsuffix.org), by which hosts are told related or not."""

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
    try:
        return site_of(urlsplit(url).hostname or "")
    except ValueError:
        return ""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
