"""Publishers' text made plain: markup in, words out.

No markup of a publisher is kept, so what leaves here is text and must be escaped like any other
text where a page or a mail is made. Markup is cut by one pass of a tokeniser that follows the HTML
standard where tags, comments and raw text end; it never looks back, so its time is linear in the
length of the input whatever a publisher sends.
"""

import html
import re
import unicodedata
from collections.abc import Container, Iterator
from functools import lru_cache

_MARKUP = re.compile(
    r"""
    <!--(?:-?>|.*?(?:--!?>|\Z))                                    # a comment
    | (?P<wrap><!\[CDATA\[|\]\]>)                                 # CDATA wrapped twice: its text counts
    | <(?P<raw>script|style)(?=[\s/>]).*?(?:</(?P=raw)(?=[\s/>])[^>]*+(?:>|\Z)|\Z)
    | <[!?][^>]*+(?:>|\Z)                                         # a declaration
    | </?(?P<tag>[a-z][^\s/>]*+)                                  # a tag; only after = does a quote hide >
      (?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+)*+(?:>|\Z)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(
    r"""</?([a-z][^\s/>]*+)(?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+)*+(?:>|\Z)""", re.IGNORECASE
)
_OTHER_THAN_TAGS = ("<!", "<?", "]]>", "<script", "<style")
"""Where none of these stands, tags are all that `_MARKUP` finds, and `_TAG` finds them sooner."""
_REFERENCE = re.compile(r"(&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});)")
_BLOCK_NAMES = """
    address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hr html iframe legend li main nav ol option p pre section
    select summary table tbody td tfoot th thead title tr ul video audio
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_MARKED = re.compile(
    r"</[a-z][a-z0-9]*\s*>|<[a-z][a-z0-9]*\s+[a-z-]+\s*=|<(?:br|hr|img|wbr|p|script|style)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_NUMBER_TOO_LONG = re.compile(r"&#\d{9,};?")
_SEPARATORS = re.compile("[\x1c-\x1f]")
_NEVER = re.compile("[\0\ud800-\udfff\ufffe\uffff]")
_UNSEEN = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_LINE_ENDS = re.compile(r"[\r\n\v\f\x85\u2028\u2029]+")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


def plain(markup: str) -> str:
    """Return what a reader of an HTML fragment would read, each block on a line of its own."""
    flat = " ".join(markup.split())
    cut = _without_markup(flat) if "<" in flat or "]]>" in flat else flat
    return tidy(_unescaped(cut) if "&" in cut else cut)


def _without_markup(flat: str) -> str:
    lowered = flat.lower()
    if any(other in lowered for other in _OTHER_THAN_TAGS):
        return _MARKUP.sub(_replacement, flat)
    parts = _TAG.split(flat)
    parts[1::2] = ["\n" if name in _BLOCKS or name.lower() in _BLOCKS else "" for name in parts[1::2]]
    return "".join(parts)


def _unescaped(text: str) -> str:
    """Return text with its character references replaced, by the standard's rules (html.unescape)."""
    parts = _REFERENCE.split(text)
    if any("&" in part for part in parts[::2]):
        return html.unescape(_NUMBER_TOO_LONG.sub("", text))
    parts[1::2] = map(_meant, parts[1::2])
    return "".join(parts)


_meant = lru_cache(maxsize=4096)(html.unescape)


def tags(markup: str, names: Container[str]) -> Iterator[str]:
    """Give the tags with these names as they stand, those in comments and scripts aside; in linear time."""
    return (match[0] for match in _MARKUP.finditer(markup) if (match["tag"] or "").lower() in names)


def tidy(text: str) -> str:
    """Return text that is already plain, cleaned: NFC, whitespace folded, nothing unseen in it.

    Line breaks stay, one for any run of them; soft hyphens, zero-width spaces and marks that turn
    the direction of writing go; joiners stay, since words of some scripts are spelt with them.
    """
    if text.isprintable() and "  " not in text:
        return unicodedata.normalize("NFC", text.strip())
    lines = [_tidy_line(line) for line in text.splitlines()]
    if all(map(str.isprintable, lines)) and not _SEPARATORS.search(text):
        return unicodedata.normalize("NFC", "\n".join(filter(None, lines)))
    return tidy_unprintable(text)


def _tidy_line(line: str) -> str:
    return line.strip() if line.isprintable() and "  " not in line else " ".join(line.split())


def tidy_unprintable(text: str) -> str:
    """Return any text cleaned as `tidy` does, which asks this where something in it cannot be seen."""
    seen = _UNSEEN.sub("", _NEVER.sub("", _LINE_ENDS.sub("\n", text)))
    return _LINES.sub("\n", _BLANKS.sub(" ", unicodedata.normalize("NFC", seen))).strip()


def line(text: str) -> str:
    """Return cleaned text as one line, as a headline needs it."""
    return text.replace("\n", " ")


def verbatim(text: str) -> str:
    """Return a publisher's identifier as it is, less what no database and no UTF-8 can hold."""
    return _NEVER.sub("", text).strip()


def marked(text: str) -> bool:
    """Tell whether a text said to be plain holds HTML all the same: a closing tag, an attribute, a <br>."""
    return _MARKED.search(text) is not None


def _replacement(match: re.Match[str]) -> str:
    return "\n" if (match["tag"] or "").lower() in _BLOCKS else ""
