"""Whom a document names for push: its links with rel="hub" and rel="self" (WebSub section 4).

Every reader of a format gives its own links; which of them count is decided here once.
"""

from collections.abc import Iterable

from monitor.parse.items import address


def announced(links: Iterable[tuple[object, object]], base: str) -> tuple[tuple[str, ...], str | None]:
    """Return the hubs in their order and the topic, of the feed's own links as (rel, href).

    A rel may hold several words, in any case; the first topic counts; addresses are resolved against base.
    """
    hubs: dict[str, None] = {}
    topic: str | None = None
    for rel, href in links:
        words = rel.lower().split() if isinstance(rel, str) else ()
        if not {"hub", "self"} & set(words) or not (target := address(href, base)):
            continue
        if "hub" in words:
            hubs[target] = None
        if "self" in words:
            topic = topic or target
    return tuple(hubs), topic
