"""Whom a document names for push: links of the feed itself, in every format."""

import json

import pytest

from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document
from monitor.parse import parse
from monitor.parse.hubs import announced
from tests.builders import NOW

BASE = "https://a.example/d/feed"
HUB, TOPIC = "https://hub.example/", "https://a.example/d/feed.xml"
_ATOM = "http://www.w3.org/2005/Atom"


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([("hub", HUB), ("self", TOPIC)], ((HUB,), TOPIC)),
        ([("HUB self", HUB)], ((HUB,), HUB)),
        ([("hub", HUB), ("hub", "/2"), ("hub", HUB)], ((HUB, "https://a.example/2"), None)),
        ([("self", TOPIC), ("self", HUB)], ((), TOPIC)),
        (
            [("hub", "javascript:x"), ("hub", None), (None, HUB), ("hubs", HUB), ("alternate", HUB)],
            ((), None),
        ),
        ([], ((), None)),
    ],
)
def test_hubs_and_topic_are_told_from_other_links(
    links: list[tuple[object, object]], expected: tuple[tuple[str, ...], str | None]
) -> None:
    """Each hub counts once and in order, the first topic counts, and only addresses of the web do."""
    assert announced(links, BASE) == expected


_DOCUMENTS = {
    "rss": f'<rss version="2.0" xmlns:atom="{_ATOM}"><channel><title>x</title><link>https://a.example/</link>'
    f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{TOPIC}"/><item><title>y</title>'
    '<atom:link rel="hub" href="https://evil.example/"/></item></channel></rss>',
    "atom": f'<feed xmlns="{_ATOM}" xml:base="https://a.example/d/"><link rel="hub" href="{HUB}"/>'
    '<link rel="self" href="feed.xml"/><entry><title>y</title>'
    '<link rel="hub" href="https://evil.example/"/></entry></feed>',
    "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    f' xmlns:a="{_ATOM}"><channel><title>x</title><a:link rel="hub" href="{HUB}"/>'
    f'<a:link rel="self" href="{TOPIC}"/></channel><item><title>y</title></item></rdf:RDF>',
    "json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "feed_url": TOPIC,
            "hubs": [
                {"type": "rssCloud", "url": "https://cloud.example/"},
                {"type": "WebSub", "url": HUB},
                "nonsense",
            ],
            "items": [{"id": "1", "content_text": "y"}],
        }
    ),
}


@pytest.mark.parametrize("form", _DOCUMENTS)
def test_every_format_names_its_hubs(form: str) -> None:
    """The feed's own links are found, and what an item links to is not the feed's."""
    parsed = parse(Document(BASE, _DOCUMENTS[form].encode()), NOW)
    assert isinstance(parsed, ParsedFeed)
    assert (parsed.hubs, parsed.topic) == ((HUB,), TOPIC)


@pytest.mark.parametrize("hubs", [None, "x", {"type": "WebSub"}, [None], [{"type": None, "url": HUB}]])
def test_hubs_of_a_json_feed_may_be_anything(hubs: object) -> None:
    """What is not a list of WebSub hubs names none."""
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "hubs": hubs, "items": []})
    parsed = parse(Document(BASE, body.encode()), NOW)
    assert isinstance(parsed, ParsedFeed)
    assert (parsed.hubs, parsed.topic) == ((), None)
