"""JSON Feed becomes entries."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.model.entries import Words
from monitor.model.fetching import Reason
from tests.unit.parse.builders import only, read, refused

VERSION = "https://jsonfeed.org/version/1.1"


def feed(*items: Any, **fields: Any) -> bytes:
    """Return a JSON Feed document."""
    return json.dumps({"version": VERSION, "title": "Log", "items": items, **fields}).encode()


def test_an_item_whole() -> None:
    """Proves that every field of an item arrives where it belongs."""
    entry = only(
        feed(
            {
                "id": "1",
                "url": "/one",
                "external_url": "https://other.example/",
                "title": "Ferry <b>\n sails",
                "summary": "The ferry.",
                "content_html": "<p>The ferry</p><p>sails.</p>",
                "content_text": "Sails.",
                "date_published": "2024-02-05T10:30:00+02:00",
                "date_modified": "2024-02-06T10:30:00Z",
                "language": "en-GB",
            },
            language="de",
        )
    )
    assert entry.words == Words("Ferry <b> sails", "The ferry.", "The ferry\nsails.")
    assert (entry.guid, entry.link, entry.language) == ("1", "https://gazette.example/one", "en-gb")
    assert entry.published == datetime(2024, 2, 5, 8, 30, tzinfo=UTC)
    assert entry.published_raw == "2024-02-05T10:30:00+02:00"


@pytest.mark.parametrize(
    ("said", "author"),
    [
        ({"authors": [{"name": "Ann Port"}, {"name": "Bo"}, {"url": "u"}, "Cy"]}, "Ann Port, Bo"),
        ({"author": {"name": "Ann &amp; Bo"}}, "Ann & Bo"),
        ({"authors": "Ann", "author": "Bo"}, None),
        ({}, None),
    ],
)
def test_authors(said: dict[str, Any], author: str | None) -> None:
    """Proves that the authors of an item are named, as either version has them."""
    assert only(feed({"id": "1", **said})).author == author


def test_what_the_feed_says_of_itself() -> None:
    """Proves that a feed's title, site and language are kept, and that no items is no failure."""
    parsed = read(feed(home_page_url="https://log.example", language="de_AT"), "application/feed+json")
    assert (parsed.title, parsed.site, parsed.language) == ("Log", "https://log.example", "de-at")
    assert (parsed.entries, parsed.problems) == ((), ())


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ({"external_url": "https://a.example/e"}, "https://a.example/e"),
        ({"url": "javascript:alert(1)"}, None),
        ({"url": 7, "attachments": [3, {}, {"url": "/a.mp3"}]}, "https://gazette.example/a.mp3"),
        ({"attachments": "none"}, None),
    ],
)
def test_links(item: dict[str, Any], link: str | None) -> None:
    """Proves that an item's link is its own, the one it speaks of or what is attached, or none."""
    assert only(feed({"id": "1", **item})).link == link


@pytest.mark.parametrize(
    ("raw", "guid"), [(7, "7"), (1.5, "1.5"), ("a\0b", "ab"), (True, None), (["x"], None)]
)
def test_guids(raw: object, guid: str | None) -> None:
    """Proves that numbers count as ids, as the standard asks, and what is no id does not."""
    assert only(feed({"id": raw, "title": "T"})).guid == guid


def test_damage_within() -> None:
    """Proves that odd values, wrong bytes, bare control characters and half characters lose no other item."""
    body = feed(
        {"title": ["no"], "content_html": 1, "id": "1"}, "no item", {"title": "A"}, {"title": "B\ud83d"}
    )
    parsed = read(b"\xef\xbb\xbf" + body.replace(b'"A"', b'"A\xff\t\x07"'))
    assert [entry.words.title for entry in parsed.entries] == ["", "A\ufffd", "B"]
    assert parsed.problems == ("1 of 4 items have neither guid, link, title nor text: left out.",)


def test_items_are_capped() -> None:
    """Proves that a document of more than 10,000 items is cut there, with a sentence."""
    parsed = read(feed(*[{"title": "T"}] * 10_001))
    assert len(parsed.entries) == 10_000
    assert parsed.problems == ("The document has 10001 items: only the first 10000 were read.",)


def test_a_bare_version_number_will_do() -> None:
    """Proves that a feed whose version is no address is read when it has items."""
    assert len(read(feed({"id": "1"}, version="1.0")).entries) == 1


@pytest.mark.parametrize(
    ("body", "reason", "says"),
    [
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', Reason.UNREADABLE, "cannot be read: "),
        (feed(items={}), Reason.UNREADABLE, "no list of items"),
        (b"[" * 100_000, Reason.UNREADABLE, "cannot be read: "),
        (b'{"error": "no such feed"}', Reason.NOT_A_FEED, "JSON that is no JSON Feed"),
        (b'["a"]', Reason.NOT_A_FEED, "JSON that is no JSON Feed"),
    ],
)
def test_what_is_no_feed(body: bytes, reason: Reason, says: str) -> None:
    """Proves that JSON that is broken or no feed is refused with a sentence."""
    failed = refused(body, "application/json")
    assert failed.reason is reason
    assert says in failed.detail
    assert failed.size == len(body)


def test_xml_labelled_json_is_read_as_xml() -> None:
    """Proves that a wrong label does not hide a feed."""
    parsed = read(b'<rss version="2.0"><channel><title>T</title></channel></rss>', "application/json")
    assert parsed.title == "T"
