"""The address of an item as a key: equal for all the ways in which one page is linked to."""

import hashlib
import re
from functools import lru_cache
from urllib.parse import unquote, unquote_plus, urlsplit

from w3lib.url import canonicalize_url

from monitor.model.entries import Entry
from monitor.model.stories import StoryKey
from monitor.pages import identifies, plain_path, unescaped, unwrapped
from monitor.words import FoldedWords

RULE = "link"
"""The name of the rung."""
SAYS = "the same link"
"""What it says of two stories."""

_LONG = 400
_PLAIN = re.compile(
    r"https?://(?P<host>[a-z0-9][a-z0-9.-]*)(?P<path>(?:/(?!\.{1,2}(?:/|$))[\w.~-]+)*)/?", re.ASCII
)
"""An address in which nothing needs to be put right; most are such, and are done in a tenth of the time."""
_MARKS = ("amp", "AMP", "/index.", "/default.")
"""Without one of these no plain address is an AMP page's, or a folder's index."""
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?!(?:19|20)\d{6}$)\d{5,}")
_CODE = re.compile(r"(?=.{6})[^\W\d]*\d+[^\W\d]+\w*")
"""An article's number (a date is none) or code, letters standing after a digit: "covid19" is a word."""
_ENDING = re.compile(r"\.[A-Za-z]{2,5}$")
_SIGNIFICANT = 4
_SLASHES = re.compile("/{2,}")
_ROUNDS = 3
"""How often an address with path parameters is cleaned again: taking one off can bare a dot segment."""
_MIRRORS = re.compile(r"www\d?|m|amp|mobile|touch|wap")
"""Labels of a host that serves the same pages in another form, in front or inside (en.m.…)."""
_REGISTRIES = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})
_COUNTRY = 2
"""Before a country's two letters these are no one's name: amp.com.au is a company's own."""
_TRACKING = re.compile(
    r"""
    (?: amp | at | fb | ga | gs | guce | hsa | itm | mc | mkt | ml | mtm | ns | oly | piwik | pk | utm
      | vero | wt ) _ \w+
    | [a-z]{1,3}clid | msclkid | [gw]braid | igsh(?:id)? | _g[al] | _hs(?:enc|mi) | guccounter
    | ref(?:_src|_url)? | refer(?:rer|er)? | source | (?:aftr|rss|traffic)_source | source_rss | cid_source
    | xtor | cmp(?:id)? | [ion]cid | sc?_cid | intcmp | mbid | smid | smtyp | ftag | ito | emc | partner
    | srnd | spm | maca | rss | feedtype | homepage-tracking | amp | outputtype | phpsessid | jsessionid
    | click_?id | \w+_affiliate | usg | usqp | ved | wprov | __twitter_impression
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Names of parameters that say where a reader comes from; short names that may identify stay out."""


def canonical(url: str) -> str:
    """Return the key of the page that an http(s) address leads to: to compare, not to open.

    It is that of the address (`of_address`), or of the page that it wraps (`monitor.pages`).
    """
    return of_address(unwrapped(url))


@lru_cache(maxsize=1 << 15)
def of_address(url: str) -> str:
    """Return the key of an http(s) address, taken by itself.

    Scheme, `www.` and its kin, default port, fragment, order of parameters, tracking parameters, AMP, index
    pages and a trailing slash do not count; parameters that identify do, and fragments that are a page's
    route. What is no address is its own key.
    """
    plain = _PLAIN.fullmatch(url)
    if plain and len(url) <= _LONG and not any(mark in url for mark in _MARKS):
        return _site(plain["host"]) + plain["path"]
    return _put_right(unescaped(url))


def _put_right(url: str) -> str:
    try:
        key = _key(url)
        for _ in range(_ROUNDS * (";" in key)):
            key = _key(f"http://{key}")
    except ValueError:
        key = url.strip()
    return key if len(key) <= _LONG else f"/{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"


def _key(url: str) -> str:
    parts = urlsplit(canonicalize_url(url, keep_fragments="#!" in url or "#/" in url))
    port = "" if parts.port in {None, 80, 443} else f":{parts.port}"
    path = plain_path(_SLASHES.sub("/", parts.path).rstrip("/;"))
    step = path.rpartition("/")[2].partition(";")[0]
    query = "&".join(pair for pair in parts.query.split("&") if pair and _counts(step, pair))
    route = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return _site(parts.hostname or "") + port + path + (f"?{query}" if query else "") + route


def _counts(step: str, pair: str) -> bool:
    name, value = map(unquote_plus, pair.partition("=")[::2])
    return not _TRACKING.fullmatch(name) and identifies(step, name, value)


@lru_cache(maxsize=1 << 12)
def _site(host: str) -> str:
    """Return a host without the labels that only say in which form it serves its pages."""
    labels = host.rstrip(".").split(".")
    front, own = labels[:-2], labels[-2:]
    kept = [label for label in front if not _MIRRORS.fullmatch(label)]
    if not kept and own[0] in _REGISTRIES and len(own[-1]) == _COUNTRY:
        kept = [label for label in front if not label.startswith("www")]
    return ".".join(kept + own)


def key(entry: Entry, _folded: FoldedWords, link_key: str | None) -> StoryKey | None:
    """One page is one story wherever and through whatever it is linked to; a bare home page is not an item.

    Within a feed an archive's copy of a page is an item of its own (`of_address`), and a copy of the page's.
    """
    if link_key is None or entry.link is None:
        return None
    value = canonical(entry.link)
    return StoryKey(RULE, value, evidence=entry.link) if names_an_item(value) else None


def rewritten(one: str, other: str) -> bool:
    """Tell whether two keys may be those of one article whose headline, and so whose address, was rewritten.

    They then share the article's number or code, or most of the words by which the path names it.
    """
    ours, theirs = _names(one), _names(other)
    if not ours.isdisjoint(theirs):
        return True
    ours, theirs = _slug(one), _slug(other)
    return 2 * len(ours & theirs) > max(len(ours), len(theirs))


def _names(link_key: str) -> set[str]:
    """Return the numbers and codes by which an address names an article, in two last steps or its query."""
    path, _, query = link_key.partition("?")
    words = _WORD.findall(unquote(f"{'/'.join(path.split('/')[1:][-2:])}?{query}").lower())
    return {word for word in words if _NUMBER.fullmatch(word) or _CODE.fullmatch(word)}


def _slug(link_key: str) -> set[str]:
    """Return the words of the last step of an address, the ending of a file's name apart."""
    step = _ENDING.sub("", link_key.partition("?")[0].rpartition("/")[2])
    return {word for word in _WORD.findall(unquote(step).lower()) if len(word) >= _SIGNIFICANT}


def names_an_item(link_key: str) -> bool:
    """Tell whether a key is that of an item's page; a bare home page is everybody's."""
    return "/" in link_key or "?" in link_key or "#" in link_key
