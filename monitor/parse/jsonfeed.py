"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from monitor.model.entries import Entry, ParsedFeed
from monitor.model.fetching import Document, Failed, Reason
from monitor.parse import items, text
from monitor.parse.hubs import announced

_VERSION = "jsonfeed.org/version/"


def recognises(document: Document) -> bool:
    """Tell whether the document is JSON by its first character, or by its label where that is no tag."""
    body = document.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    labelled = "json" in (document.content_type or "").lower()
    return body.startswith(b"{") or (labelled and not body.startswith(b"<"))


def read(document: Document, now: datetime) -> ParsedFeed | Failed:
    """Read a JSON Feed; wrong bytes and bare control characters in its strings are borne."""
    try:
        feed = json.loads(document.body.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        return items.failed(
            document, Reason.UNREADABLE, f"The document is JSON that cannot be read: {error}."
        )
    if not isinstance(feed, dict) or not _is_feed(feed):
        return items.failed(
            document, Reason.NOT_A_FEED, "The address answered with JSON that is no JSON Feed."
        )
    if not isinstance(found := feed.get("items"), list):
        return items.failed(document, Reason.UNREADABLE, "The JSON Feed has no list of items.")
    return _parsed(document, feed, found, now)


def _is_feed(feed: dict[str, Any]) -> bool:
    """Tell a JSON Feed by its version, or by having some version and items: many write a bare number."""
    return _VERSION in str(feed.get("version")) or {"version", "items"} <= feed.keys()


def _parsed(document: Document, feed: dict[str, Any], found: list[Any], now: datetime) -> ParsedFeed:
    read_item = partial(_entry, base=document.url, of_feed=feed.get("language"), now=now)
    entries, problems = items.collect(found, read_item)
    hubs, topic = announced(_announcing(feed), document.url)
    return ParsedFeed(
        entries,
        title=text.line(_plain(feed.get("title"))) or None,
        site=items.address(feed.get("home_page_url"), document.url),
        language=items.language(feed.get("language")),
        problems=problems,
        hubs=hubs,
        topic=topic,
    )


def _announcing(feed: dict[str, Any]) -> Iterator[tuple[object, object]]:
    """Give the feed's own address and its hubs as links; other kinds of hubs, such as rssCloud, are none."""
    yield "self", feed.get("feed_url")
    hubs = feed.get("hubs")
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and str(hub.get("type")).lower() == "websub":
            yield "hub", hub.get("url")


def _entry(item: Any, base: str, of_feed: object, now: datetime) -> Entry:
    fields = item if isinstance(item, dict) else {}
    published, raw = items.dated((fields.get("date_published"), fields.get("date_modified")), now)
    return Entry(
        items.words(_plain(fields.get("title")), _plain(fields.get("summary")), _content(fields)),
        guid=items.guid(fields.get("id")),
        link=items.first_address((raw_link, base) for raw_link in _links(fields)),
        published=published,
        published_raw=raw,
        language=items.language(fields.get("language"), of_feed),
        author=items.author(_authors(fields)),
    )


def _authors(fields: dict[str, Any]) -> Iterator[object]:
    """Give the names of an item's authors, of which version 1.0 knew one."""
    many = fields.get("authors")
    for author in many if isinstance(many, list) else (fields.get("author"),):
        if isinstance(author, dict):
            yield author.get("name")


def _plain(value: object) -> str:
    return text.tidy(value) if isinstance(value, str) else ""


def _content(fields: dict[str, Any]) -> str:
    markup = fields.get("content_html")
    return max(
        text.plain(markup) if isinstance(markup, str) else "", _plain(fields.get("content_text")), key=len
    )


def _links(fields: dict[str, Any]) -> Iterator[object]:
    yield fields.get("url")
    yield fields.get("external_url")
    attachments = fields.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else ():
        if isinstance(attachment, dict):
            yield attachment.get("url")
