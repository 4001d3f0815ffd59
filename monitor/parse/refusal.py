"""What a document is that is no feed, in words that a person understands."""

import re

from monitor.model.fetching import Document
from monitor.parse import text

_HTML = re.compile(
    rb"(?:<\?[^>]*+>|(?><!--.*?-->)|\s|\xef\xbb\xbf)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TITLE = re.compile(rb"<title[^<>]*>([^<]{1,2000})", re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z][\w.:-]{0,60})[\s/>]")
_SHORT = 80


def what_it_is(document: Document) -> str:
    """Return a sentence on what came instead of a feed; a web page is called by its title."""
    if _HTML.match(document.body):
        title = _HTML_TITLE.search(document.body)
        name = _short(text.plain(title[1].decode("utf-8", "replace"))) if title else ""
        return f"The address answered with a web page{f' (“{name}”)' if name else ''}, not with a feed."
    if root := _ROOT.search(document.body):
        return f"The address answered with XML whose root is <{root[1].decode()}>, which is no feed format."
    label = _short(text.tidy(document.content_type or ""))
    kind = f", labelled {label}" if label else ""
    return f"The address answered with something that is neither RSS, Atom nor JSON Feed{kind}."


def _short(said: str) -> str:
    return text.line(said)[:_SHORT]
