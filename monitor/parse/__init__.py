"""Parsing: a document becomes what the feed says of itself and its entries, as plain words.

Variations stand in `_FORMATS`, in the order in which they are asked; `feed` takes everything else.
"""

from collections.abc import Callable
from datetime import datetime

from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document, Failed, Reason
from monitor.parse import feed, jsonfeed, sitemap
from monitor.parse.text import plain, tidy

__all__ = ["parse", "plain", "tidy"]

_FORMATS: tuple[
    tuple[Callable[[Document], bool], Callable[[Document, datetime], ParsedFeed | Failed]], ...
] = ((jsonfeed.recognises, jsonfeed.read), (sitemap.recognises, sitemap.read))


def parse(document: Document, now: datetime, last: bytes | None = None) -> ParsedFeed | Failed:
    """Read a document whatever its bytes are; dates are judged by `now` (DESIGN section 3, Time).

    With `last`, the record of the feed's last document, entries are those not seen byte for byte in it.

    Never raises: Failed says EMPTY, NOT_A_FEED or UNREADABLE and why, in a sentence.
    """
    if not document.body.strip(b"\0 \t\r\n\v\f\xef\xbb\xbf\xfe\xff"):
        return Failed(Reason.EMPTY, "The address answered with an empty document.", document.http)
    read = next((read for recognises, read in _FORMATS if recognises(document)), None)
    return read(document, now) if read else feed.read(document, now, last)
