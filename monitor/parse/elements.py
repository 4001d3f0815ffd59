"""The elements that the fast path knows, by the names that feedparser gives them, and their values."""

import re
from contextlib import suppress

from monitor.parse.authority import CP1252, mended_address
from monitor.parse.names import NotMine

FIELDS = {
    name: field
    for field, names in {
        "published": "published issued pubdate dcterms_issued",
        "updated": "updated modified lastbuilddate dc_date dcterms_modified",
        "created": "created dcterms_created",
        "language": "language dc_language",
        "feedburner_origlink": "feedburner_origlink",
        "ttl": "ttl",
        "sy_updateperiod": "sy_updateperiod",
        "sy_updatefrequency": "sy_updatefrequency",
        "sy_updatebase": "sy_updatebase",
    }.items()
    for name in names.split()
}
"""Elements whose text is a field as it stands."""

LISTED = {"hour": "skiphours", "day": "skipdays"}
"""Elements of which feedparser keeps the last only; here the channel has all of them, by another name."""

TITLES = frozenset({"title", "dc_title", "media_title"})
DESCRIPTIONS = {"description": "html", "dc_description": "html", "media_description": "html"}
SUMMARIES = frozenset({"summary", "itunes_summary"})
CONTENTS = {"content": "plain", "content_encoded": "html", "fullitem": "html"}
IDS = frozenset({"guid", "id"})

_LEAVES = """
    subtitle tagline rights copyright dc_rights info feedburner_browserfriendly itunes_subtitle source
"""
LEAVES = frozenset(_LEAVES.split())
"""Elements of which nothing is kept, and that feedparser would turn into markup if any stood in them."""

AUTHORS = frozenset({"author", "dc_author", "dc_creator", "managingeditor", "itunes_author"})
OF_AUTHORS = {
    **dict.fromkeys(("name", "itunes_name"), "name"),
    **dict.fromkeys(("email", "itunes_email"), "email"),
    **dict.fromkeys(("url", "uri", "homepage"), "href"),
}
"""What may stand in an author's element, as feedparser keeps it."""

_PASSED = """
    contributor dc_contributor webmaster dc_publisher category keywords dc_subject media_category
    itunes_category itunes_keywords media_keywords cloud generator admin_generatoragent admin_errorreportsto
    itunes_owner itunes_image itunes_link itunes_block itunes_explicit
    media_group media_content media_thumbnail media_credit media_rating media_restriction media_license
    media_player expirationdate dcterms_valid width height cc_license
"""
PASSED = frozenset(_PASSED.split())
"""Elements of which nothing is kept; what stands in them is read as if it stood outside, but deeper."""

_CLASHING = """
    id link links title title_detail summary summary_detail content guidislink channel items date
    date_parsed description_detail issued_parsed modified_parsed authors contributors publishers where
    href license entries feed image_detail text mode base64 item_detail
"""
CLASHING = frozenset(_CLASHING.split())
"""Names that are no elements of any format but that of a value of feedparser's."""

IN_IMAGE = frozenset({"title", "link", "description", "url", "width", "height"})
IN_TEXTINPUT = frozenset({"title", "link", "description", "name"})

_CONTROLS = re.compile("[\x80-\x9f]")
_TYPES = {
    kind: f"text/{full}"
    for full, kinds in {"plain": ("text", "plain", "text/plain"), "html": ("html", "text/html")}.items()
    for kind in kinds
}
PAGES = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml"})
FOREIGN = " "
PREFIXED = {
    "http://www.w3.org/xml/1998/namespace": "xml:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
}


Attributes = dict[str, str]


def own(attributes: Attributes) -> Attributes:
    """Return the attributes, none of which is another namespace's: feedparser takes those for its own."""
    if any(name.startswith(FOREIGN) for name in attributes):
        raise NotMine
    return attributes


def kind(attributes: Attributes, default: str) -> str:
    """Return the media type of a text construct: plain or HTML; anything else is not mine."""
    kind = _TYPES.get(own(attributes).get("type", default).lower())
    if kind is None or attributes.get("mode") == "base64":
        raise NotMine
    return kind


def with_href(attributes: Attributes) -> Attributes:
    """Return the attributes with the address among them, however it is called, as href."""
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    return {**attributes, "href": href} if href else attributes


def address(said: str) -> str:
    """Return an address with the slashes that are too many taken out."""
    return str(mended_address("", said)) if ":///" in said else said


def mended(said: str) -> str:
    """Return text with what was encoded twice, or in windows-1252 by number, put right."""
    if said.isascii():
        return said
    with suppress(UnicodeError):
        said = said.encode("iso-8859-1").decode()
    return said.translate(CP1252) if _CONTROLS.search(said) else said
