"""The address of an item as a key: equal for all the ways in which one page is linked to."""

import hashlib
import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from w3lib.url import canonicalize_url

from monitor.model import Entry, StoryKey
from monitor.words import FoldedWords

RULE = "link"
"""The name of the rung."""

_LONG = 400
_WRAPPED = re.compile(r"(?<=[^/:]/)https?://.+")
_PLAIN = re.compile(
    r"https?://(?P<host>[a-z0-9][a-z0-9.-]*)(?P<path>(?:/(?!\.{1,2}(?:/|$))[\w.~-]+)*)/?", re.ASCII
)
"""An address in which nothing needs to be put right; most are such, and are done in a tenth of the time."""
_SLASHES = re.compile("/{2,}")
_ROUNDS = 3
"""How often an address with path parameters is cleaned again: taking one off can bare a dot segment."""
_SAME_SITE = ("www.", "m.", "amp.", "mobile.")
_TRACKING = re.compile(
    r"""
    (?: at | ga | gs | hsa | itm | mc | mkt | ml | mtm | ns | oly | piwik | pk | utm | vero | wt ) _ \w+
    | [a-z]{1,3}clid | msclkid | [gw]braid | igsh(?:id)? | _g[al]
    | ref | ref_(?:src|url) | refer(?:rer|er)? | source | (?:rss|traffic)_source | source_rss | cid_source
    | xtor | cmp(?:id)? | [io]cid | intcmp | mbid | smid | smtyp | ftag | ito | emc | partner | srnd | spm
    | maca | rss | feedtype | homepage-tracking | amp | outputtype | phpsessid | jsessionid
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Names of parameters that say where a reader comes from; short names that may identify stay out."""


@lru_cache(maxsize=1 << 15)
def canonical(url: str) -> str:
    """Return the canonical key of an http(s) address: a comparison key, not an address to open.

    Scheme, `www.` and its kin, default port, fragment, order of parameters, tracking parameters
    and a trailing slash do not count; parameters that identify do. What is no address is its own key.
    """
    plain = _PLAIN.fullmatch(url)
    if plain and len(url) <= _LONG:
        return _site(plain["host"].rstrip(".")) + plain["path"]
    return _canonical(url)


def _canonical(url: str) -> str:
    try:
        key = _key(canonicalize_url(url))
        for _ in range(_ROUNDS * (";" in key)):
            key = _key(canonicalize_url(f"http://{key}"))
    except ValueError:
        key = url.strip()
    return key if len(key) <= _LONG else f"/{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"


def _key(url: str) -> str:
    parts = urlsplit(url)
    host = _site((parts.hostname or "").rstrip("."))
    port = "" if parts.port in {None, 80, 443} else f":{parts.port}"
    path = _SLASHES.sub("/", parts.path).rstrip("/;")
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _says_whence(pair))
    return f"{host}{port}{path}" + (f"?{query}" if query else "")


def _says_whence(pair: str) -> bool:
    return _TRACKING.fullmatch(unquote(pair.partition("=")[0])) is not None


def _site(host: str) -> str:
    for prefix in _SAME_SITE:
        if host.startswith(prefix) and host.count(".") > 1:
            return host.removeprefix(prefix)
    return host


def key(entry: Entry, _folded: FoldedWords, link_key: str | None) -> StoryKey | None:
    """One address is one story wherever it is linked from; a bare home page is not an item.

    An archive's copy of a page, whose address ends in the page's, is the page.
    """
    if link_key is None or entry.link is None:
        return None
    wrapped = _WRAPPED.search(entry.link)
    value = canonical(wrapped[0]) if wrapped else link_key
    return StoryKey(RULE, value, evidence=entry.link) if names_an_item(value) else None


def names_an_item(link_key: str) -> bool:
    """Tell whether a key is that of an item's page; a bare home page is everybody's."""
    return "/" in link_key or "?" in link_key
