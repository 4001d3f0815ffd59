"""Which page an address is of: what wraps it, the forms it is served in, and which parameters tell it apart.

Everything is read off the address itself; nothing is asked of a network.
"""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

_ROUNDS = 3
"""An archive's copy of an aggregator's link to an AMP page: more wrappings are nobody's honest link."""

_INSIDE = re.compile(
    r"https?://[^/?#]+/(?:[^?#]*/)?\??(?P<scheme>https?)(?::|%3a)(?:/|%2f){1,2}(?P<page>[^/?#].*)",
    re.IGNORECASE,
)
"""An archive, a reader or a redirector with the whole address of the page after its own."""

_BARE = re.compile(
    r"""https?://(?:
        (?:www\.)?google\.[a-z.]{2,6}/amp(?:/s)?
      | (?:[\w-]+\.)?(?:cdn\.ampproject\.org | bing-amp\.com)/[a-z](?:/s)?
      | web\.archive\.org/web/\w+
    )/(?P<page>[\w-]+(?:\.[\w-]+)+/.+)""",
    re.VERBOSE | re.IGNORECASE,
)
"""The AMP caches (amp.dev, "AMP Cache URL Format") and the Wayback Machine: a page without its scheme."""

_CARRYING = re.compile(
    r"u(?:rl|ddg)? | q | to | z | target | dest(?:ination)? | redirect (?:_?(?:to|url))? | [rm]url | adurl"
    r"| goto | link | href | out | continue",
    re.VERBOSE | re.IGNORECASE,
)
"""Parameters in which out-links carry the page that they lead to."""

_AMP = re.compile(r"/amp(?:html)?(?=/|$)|(?<=[^/])(?:\.amp)+(?=\.html?(?:/|$)|/|$)", re.IGNORECASE)
_INDEX = re.compile(r"(?:/+(?:index|default)\.(?:s?html?|php|aspx?|jsp|cfm))+/*$", re.IGNORECASE)

_BETWEEN = re.compile("[-_+ ]+")
_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d{6}(?!\d))\d{5,}")
_CODE = re.compile(r"(?<![^\W_])(?=[^\W_]{9})[^\W\d_]*\d+[^\W\d_]+\d")
_WORDS = 4
"""Four words of a headline (a UUID has five), a number that is no date, or a code with letters among its
numbers name one article and no section."""

_NAMING = re.compile(
    r"\w*(?:id|guid)|[ptvanq]|n[or]|item|post|article|story|page|lang(?:uage)?|locale|hl", re.IGNORECASE
)
"""Parameters that name a page, or its language, beside whatever the path says."""


def unwrapped(url: str) -> str:
    """Return the page that a link leads to, where an archive, a cache or a redirector wraps its address."""
    url = unescaped(url)
    for _ in range(_ROUNDS):
        page = _wrapped(url)
        if page is None:
            break
        url = page
    return url


def unescaped(url: str) -> str:
    """Return a link whose ampersands were escaped once too often as it was meant."""
    return url.strip().replace("&amp;", "&").replace("&#038;", "&")


def _wrapped(url: str) -> str | None:
    if inside := _INSIDE.match(url):
        encoded = "%" in url[inside.end("scheme") : inside.start("page")]
        page = unquote(inside["page"]) if encoded else inside["page"]
        return _of_an_item(f"{inside['scheme'].lower()}://{page}")
    if bare := _BARE.match(url):
        return _of_an_item(f"https://{bare['page']}")
    return _carried(url) if "http" in url[8:] else None


def _carried(url: str) -> str | None:
    """Return the page in a parameter of an address whose own path names none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if is_telling(parts.path.rstrip("/").rpartition("/")[2]):
        return None
    for name, value in parse_qsl(parts.query):
        if _CARRYING.fullmatch(name) and value.startswith(("http://", "https://")):
            return _of_an_item(value)
    return None


def _of_an_item(url: str) -> str | None:
    """Return the address of a page; a home page is everybody's, and its archive's copy no other address."""
    return url if re.match(r"https?://[^/?#\s]+[/?#]+[^/?#\s]", url) and "." in url else None


def plain_path(path: str) -> str:
    """Return a path without its last slash and what only says AMP or that a page is a folder's index."""
    while (plain := _INDEX.sub("", _AMP.sub("", path)).rstrip("/")) != path:
        path = plain
    return plain


def is_telling(step: str) -> bool:
    """Tell whether a step of a path names one article all by itself."""
    step = unquote(step)
    words = sum(map(bool, _BETWEEN.split(step)))
    return words >= _WORDS or any(one.search(step) for one in (_NUMBER, _CODE))


def identifies(step: str, name: str, value: str) -> bool:
    """Tell whether a parameter tells pages apart whose addresses end in this step.

    Where the step names an article, another parameter counts only if its name says what it names, or its
    value is such a number too; any other says how the page was come by or is to be shown. Without any list
    of tracking parameters this joins every labelled pair (docs/decisions.md).
    """
    return not is_telling(step) or bool(_NAMING.fullmatch(name) or _NUMBER.search(value))
