"""The parse stage's contract, over other parsers' suites and over bytes that nobody meant as a feed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document, Failed
from monitor.parse import parse
from tests.contract import suites
from tests.contract.conformance import ADDRESS, NOW, Case, Mismatch, tally
from tests.shared_data import shared


@dataclass(frozen=True, slots=True)
class Exempt:
    """A class of expectations that we do not share: of which suite and fields, where, and by which rule."""

    rule: str
    suite: str
    fields: str
    where: Callable[[Mismatch], bool]

    def covers(self, mismatch: Mismatch) -> bool:
        """Tell whether the rule explains a mismatch."""
        named = mismatch.suite == self.suite and mismatch.check.field in self.fields.split()
        return named and self.where(mismatch)


def _in(*parts: str) -> Callable[[Mismatch], bool]:
    return lambda mismatch: any(part in mismatch.case for part in parts)


def _absent(mismatch: Mismatch) -> bool:
    return not mismatch.ours


EXEMPTIONS = (
    Exempt(
        "A guid stays as written: it is not joined with the document's address.",
        "feedparser",
        "guid",
        lambda mismatch: str(mismatch.check.expected).endswith(str(mismatch.ours)),
    ),
    Exempt(
        "No markup is kept, and what is markup is judged by the HTML standard: comments and declarations that"
        " do not end as one expects, and characters that feedparser's sanitiser drops or keeps by accident.",
        "feedparser",
        "title summary content",
        _in("sanitize/xml_", "nested_cdata", "not_a_doctype", "bozo_linenoise"),
    ),
    Exempt(
        "Content of a media type that is not text is data, not words, also where base64 hides text.",
        "feedparser",
        "content",
        _in("content_base64"),
    ),
    Exempt(
        "An entry has one language: its title's, else its summary's, else the feed's; blank is undeclared.",
        "feedparser",
        "language",
        _in("xml_lang_blank", "xml_lang_inherit"),
    ),
    Exempt("A document keeps no Content-Language.", "feedparser", "language", _in("http_content_language")),
    Exempt(
        "CDF, dead since 1999, is a feed when it has items.", "feedparser", "title site", _in("cdf/channel")
    ),
    Exempt("What is cut before any item is unreadable.", "feedparser", "site", _in("entities/attr_amp")),
    Exempt("What is cut before any item is unreadable.", "gofeed", "title language", _absent),
    Exempt(
        "Content of a media type that is not text is data, not words.",
        "gofeed",
        "content",
        _in("base64", "275"),
    ),
    Exempt("feedparser knows no markup inside a guid.", "gofeed", "guid", _in("naked_markup")),
    Exempt("feedparser takes a link's uri attribute before its text.", "gofeed", "link", _in("at_protocol")),
    Exempt("feedparser knows no prefix that was not declared.", "gofeed", "site", _in("atom_link_alternate")),
    Exempt(
        "feedburner:origLink is the item's address, not the proxy.",
        "feed-rs",
        "link",
        lambda mismatch: "feedproxy.google.com" in mismatch.check.expected,
    ),
    Exempt("Of two summaries feedparser keeps the later.", "feed-rs", "summary", _in("ch9")),
    Exempt("A language is written as BCP 47 has it.", "feed-rs", "language", _in("nbcny")),
    Exempt(
        "What a publisher left out stays empty; miniflux puts a summary or an address in its place.",
        "miniflux",
        "title site link",
        _absent,
    ),
    Exempt(
        "A relative link is relative to its document, not to the site.",
        "miniflux",
        "link",
        _in("EntryWithRelativeURL", "ItemRelativeURL"),
    ),
    Exempt("feedparser reads lang without xml: too.", "miniflux", "language", _in("UnqualifiedLang")),
)


@dataclass(frozen=True, slots=True)
class Suite:
    """A folder of a suite, what is in it, and how many mismatches the rules above may explain at most."""

    name: str
    read: Callable[[Path], Iterator[Case]]
    folder: str
    inputs: int
    checks: int
    at_most: int


SUITES = (
    Suite("feedparser", suites.feedparser, "encoding", 82, 9, 1),
    Suite("feedparser", suites.feedparser, "entities", 256, 256, 1),
    Suite("feedparser", suites.feedparser, "illformed", 19, 2, 0),
    Suite("feedparser", suites.feedparser, "json", 1, 2, 0),
    Suite("feedparser", suites.feedparser, "wellformed", 1749, 946, 17),
    Suite("gofeed", suites.gofeed, ".", 544, 779, 11),
    Suite("feed-rs", suites.feed_rs, ".", 68, 626, 4),
    Suite("miniflux", suites.miniflux, ".", 239, 245, 31),
)


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: f"{suite.name}-{suite.folder}")
def test_other_parsers_suites_agree(suite: Suite) -> None:
    """Proves that we read other parsers' test files as they do, save where a rule of the table says why."""
    result = tally(suite.name, suite.read(shared("feeds", "conformance", suite.name, suite.folder)))
    unexplained = [
        mismatch for mismatch in result.mismatches if not any(rule.covers(mismatch) for rule in EXEMPTIONS)
    ]
    assert not unexplained, "\n".join(map(str, unexplained))
    assert (result.inputs, result.checks) == (suite.inputs, suite.checks)
    assert len(result.mismatches) <= suite.at_most, "\n".join(map(str, result.mismatches))


_UNWANTED = frozenset(map(chr, (*range(10), *range(11, 32), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF)))


def _check(body: bytes, content_type: str | None = None) -> None:
    parsed = parse(Document(ADDRESS, body, content_type), NOW)
    if isinstance(parsed, Failed):
        assert parsed.detail
        return
    for entry in parsed.entries:
        said = f"{entry.words.title}{entry.words.summary}{entry.words.text}"
        assert not _UNWANTED.intersection(said)
        said.encode()
        f"{entry.guid}{entry.published_raw}".encode()
        assert entry.link is None or entry.link.startswith(("http://", "https://"))
        assert "\n" not in entry.words.title
        assert entry.published is None or 1995 <= entry.published.year <= NOW.year + 1


_CONTENT_TYPES = st.sampled_from(
    [None, "text/xml", "application/json", "text/html; charset=latin1", "a/b; charset=x"]
)


@settings(deadline=None)
@given(st.binary(max_size=300), _CONTENT_TYPES)
@example(b"/etc/hostname", None)
@example(b'<?xml version="1.0" encoding="\xff"?><rss/>', None)
@example(b'<?xml version="1.0" encoding="undefined"?><rss/>', None)
@example(b"[" * 100_000, "application/json")
@example(b'{"a":' * 100_000, None)
@example(b'{"version":"1","items":[{"id":' + b"9" * 5000 + b"}]}", None)
def test_no_bytes_raise(body: bytes, content_type: str | None) -> None:
    """Proves that any bytes are read or refused with a sentence, whatever they are labelled."""
    _check(body, content_type)


_RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Harbour Gazette</title><link>https://gazette.example/</link><language>en-gb</language>
<item><title>Ferry &amp;amp; tide</title><link>/a?b=1&amp;c=2</link>
<guid isPermaLink="false">g-1</guid>
<pubDate>Mon, 05 Feb 2024 10:00:00 BST</pubDate>
<description>&lt;p&gt;Łódź &lt;b&gt;ferry&lt;/b&gt;</description>
<content:encoded><![CDATA[<p>One</p><script>two()</script><ul><li>Three</li></ul>]]></content:encoded></item>
<item><title>Second</title><enclosure url="https://gazette.example/a.mp3" type="audio/mpeg" length="1"/>
</item>
</channel></rss>""".encode()
_ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk" xml:base="https://atom.example/x/">
<title type="text">Notes</title><link href="."/><id>urn:feed</id><updated>2024-02-30T00:00:00Z</updated>
<entry><title type="html">A &lt;em&gt;title&lt;/em&gt;</title><id>urn:1</id><link href="javascript:alert(1)"/>
<link rel="alternate" href="one"/><updated>2024-05-01T24:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Body</p></div></content></entry></feed>"""
_JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Log",
"home_page_url": "https://log.example",
"language": "de", "items": [{"id": "1", "url": "https://log.example/1", "content_html": "<p>A</p>",
"date_published": "2024-05-01T10:00:00+02:00"}, {"id": 2, "title": "B",
"attachments": [{"url": "/b.mp3"}]}]}"""
_MARKS = rb"""< > & &#0; &#xD800; &#99999999999; ]]> <![CDATA[ </item> <item> " ' <!-- <?xml <!DOCTYPE <a=' {
    [ null \ud800 \u0000 : <script> http://[ <title 1e999"""
_PIECES = st.sampled_from([*_MARKS.split(), b"\0", b"\xff", b"\xef\xbb\xbf", b"\xc2\x85", b" "])


@settings(deadline=None)
@given(
    st.sampled_from([_RSS, _ATOM, _JSON]),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 40), _PIECES), max_size=6),
    _CONTENT_TYPES,
)
def test_no_damage_to_a_feed_raises(
    body: bytes, damages: list[tuple[int, int, bytes]], content_type: str | None
) -> None:
    """Proves that a feed with parts overwritten, cut or swapped still gives clean values or a sentence."""
    for at, length, piece in damages:
        body = body[:at] + piece + body[at + length :]
    _check(body, content_type)


@pytest.mark.parametrize("body", [_RSS, _ATOM, _JSON])
def test_feeds_of_the_property_are_feeds(body: bytes) -> None:
    """Proves that what the damage property starts from is read whole, so that it tests more than refusal."""
    parsed = parse(Document(ADDRESS, body), NOW)
    assert isinstance(parsed, ParsedFeed)
    assert parsed.entries
    assert not parsed.problems
