"""The address of an item as a key: equal for all the ways in which one page is linked to."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from courlan import normalize_url
from w3lib.url import canonicalize_url

from monitor.model import Entry, StoryKey

_WRAPPED = re.compile(r"(?<=[^/:]/)https?://.+")
_SAME_SITE = ("www.", "m.", "amp.", "mobile.")
_TRACKING = frozenset({
    "cmp", "smid", "smtyp", "ocid", "phpsessid", "jsessionid", "ns_mchannel", "ns_source", "ns_campaign",
    "ns_linkname", "ns_fee", "ito", "cid_source", "partner", "emc", "rss", "feedtype", "source_rss",
    "ftag", "cmpid", "intcmp", "icid", "mbid", "mc_cid", "mc_eid", "igshid", "yclid", "_ga", "spm", "ref_src",
})  # fmt: skip


@lru_cache(maxsize=1 << 15)
def canonical(url: str) -> str:
    """Return the canonical key of an http(s) address: a comparison key, not an address to open.

    Scheme, `www.` and its kin, default port, fragment, order of parameters, tracking parameters
    and a trailing slash do not count; parameters that identify do. What is no address is its own key. Of an archive's copy, whose path
    ends in the address it is a copy of, that address counts.
    """
    wrapped = _WRAPPED.search(url)
    try:
        return _key(canonicalize_url(normalize_url(wrapped[0] if wrapped else url)))
    except ValueError:
        return url.strip()


def _key(url: str) -> str:
    parts = urlsplit(url)
    host = _site(parts.hostname or "")
    port = "" if parts.port in {None, 80, 443} else f":{parts.port}"
    query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0].lower() not in _TRACKING])
    return f"{host}{port}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def _site(host: str) -> str:
    for prefix in _SAME_SITE:
        if host.startswith(prefix) and host.count(".") > 1:
            return host.removeprefix(prefix)
    return host


def key(entry: Entry, link_key: str | None) -> StoryKey | None:
    """One address is one story wherever it is linked from; a bare home page is not an item."""
    if link_key is None or not _names_an_item(link_key):
        return None
    return StoryKey("link", link_key, evidence=entry.link or link_key)


def _names_an_item(link_key: str) -> bool:
    return "/" in link_key or "?" in link_key
