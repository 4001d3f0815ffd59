"""Parsing: a document becomes what the feed says of itself and its entries, as plain words.

Variations stand in `_FORMATS`, in the order in which they are asked; the last one takes everything.
"""

from collections.abc import Callable
from datetime import datetime

from monitor.model import Document, Failed, ParsedFeed, Reason
from monitor.parse import feed, jsonfeed, sitemap
from monitor.parse.text import plain, tidy

__all__ = ["parse", "plain", "tidy"]

_FORMATS: tuple[
    tuple[Callable[[Document], bool], Callable[[Document, datetime], ParsedFeed | Failed]], ...
] = (
    (jsonfeed.recognises, jsonfeed.read),
    (sitemap.recognises, sitemap.read),
    (lambda _: True, feed.read),
)


def parse(document: Document, now: datetime) -> ParsedFeed | Failed:
    """Read a document whatever its bytes are; dates are judged by `now` (DESIGN section 3, Time).

    Never raises: Failed says EMPTY, NOT_A_FEED or UNREADABLE and why, in a sentence.
    """
    if not document.body.strip(b"\0 \t\r\n\v\f\xef\xbb\xbf\xfe\xff"):
        return Failed(Reason.EMPTY, "The address answered with an empty document.", document.http)
    read = next(read for recognises, read in _FORMATS if recognises(document))
    return read(document, now)
