"""The fast path reads as feedparser does, or not at all."""

from collections.abc import Callable
from functools import partial

import pytest
from feedparser import html, mixin, urls
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.model.fetching import Document
from monitor.parse import authority, dates, fast, feed, text
from tests.unit.parse.builders import NOW, URL, atom, rss
from tests.unit.parse.documents import Drawn, documents


def agrees(document: Document) -> bool:
    """Tell whether the fast path answers; where it does, it must find what feedparser finds."""
    data = authority.utf8(document.body, document.content_type)
    found = fast.read(data) if data else None
    if found is None:
        return False
    whole = authority.parse_somehow(document.body, document.content_type)
    assert feed.understood(document, found, NOW) == feed.understood(document, whole, NOW)
    assert "lost" not in whole
    return True


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
@example(Drawn("rss", ('<summary xml:base="http://b.example/">a</summary>', "<link>x</link>")))
@example(Drawn("atom", ("<title>One</title><source><title>Two</title></source><title>Three</title>",)))
@example(Drawn("rss", ("<media:title>One</media:title><title>Two</title><title>Three</title>",)))
def test_it_finds_what_feedparser_finds(drawn: Drawn) -> None:
    """Proves that whatever the fast path answers feedparser answers too, over documents of every oddity."""
    agrees(Document(URL, drawn.body, "application/xml"))


ITS_OWN = [
    rss("<title>A &lt;b&gt;</title><link>/x</link><guid>g</guid><pubDate>5 Feb 2024 10:30:00 GMT</pubDate>"),
    rss("<description>d</description><media:content url='u'><media:title>t</media:title></media:content>"),
    rss("<content:encoded><![CDATA[<p>One</p>]]></content:encoded><dc:creator>Ann</dc:creator>"),
    rss("<feedburner:origLink>https://a.example/o</feedburner:origLink><atom:link rel='self' href='s'/>"),
    atom(
        "<title type='html'>&lt;b&gt;</title><id>urn:1</id><link href='one'/><content type='html'>c</content>"
    ),
    atom("<title>A</title>", attributes='xml:lang="uk"'),
]


@pytest.mark.parametrize("body", ITS_OWN)
def test_common_documents_are_its_own(body: bytes) -> None:
    """Proves that the fast path reads what feeds are commonly made of, and as feedparser does."""
    assert agrees(Document(URL, body, "application/xml"))


_DUBLIN = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
BYLINES = [
    ("<dc:creator>Ann Port</dc:creator>", "Ann Port"),
    ("<author>ann@a.example (Ann Port)</author>", "Ann Port"),
    ("<author>ann@a.example</author>", None),
    ("<author><name>Ann</name><uri>u</uri></author><author><email>b@b.example</email></author>", "Ann"),
    ("<author><name>Ann</name></author><author><name> Bo  Łódź\n</name></author>", "Ann, Bo Łódź"),
    ("<author>Ann</author><dc:creator>Ann</dc:creator>", "Ann"),
    ("<dc:creator>Ann &amp;amp; &lt;b&gt;Bo&lt;/b&gt;</dc:creator>", "Ann & Bo"),
    ("<author/><title>t</title>", None),
    (f"<author>{'Long ' * 90}</author>", ("Long " * 60).strip()),
    ("<contributor><name>Cy</name></contributor><title>t</title>", None),
]


@pytest.mark.parametrize(("said", "author"), BYLINES)
@pytest.mark.parametrize("form", [rss, partial(atom, attributes=_DUBLIN)])
def test_authors_are_named(form: Callable[[str], bytes], said: str, author: str | None) -> None:
    """Proves that an item's authors are its own, named in a line, with no address of theirs."""
    document = Document(URL, form(f"{said}<link>http://a.example/</link>"))
    assert agrees(document)
    parsed = feed.read(document, NOW)
    assert [entry.author for entry in getattr(parsed, "entries", ())] == [author]


def test_an_author_of_the_feed_is_no_byline() -> None:
    """Proves that what the feed says of its editor is not said of its items."""
    channel = (
        "<title>T</title><managingEditor>ed@a.example (Ed)</managingEditor><author><name>Ed</name></author>"
    )
    document = Document(URL, rss("<title>A</title>", channel=channel))
    assert agrees(document)
    assert [entry.author for entry in getattr(feed.read(document, NOW), "entries", ())] == [None]


NOT_ITS_OWN = [
    rss("<author>Ann<name>Bo</name></author>"),
    rss("<author><name>Ann</name>Bo</author>"),
    rss("<author><author>Ann</author></author>"),
    rss("<title>a &nbsp; b</title>"),
    rss("<title>a</title>")[:-3],
    b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss("<title>&a;</title>"),
    rss("<title>a</title>", attributes='xml:base="http://b.example/"'),
    rss("<item><title>nested</title></item>"),
    rss("<description><p>markup</p></description>"),
    rss("<links>a</links>"),
    rss("<title><gml:pos>1 2</gml:pos></title>"),
    atom('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a</div></content>'),
    atom('<content type="image/png">aGVsbG8=</content>'),
    b"<html><body/></html>",
    b"no markup at all",
]


@pytest.mark.parametrize("body", NOT_ITS_OWN)
def test_odd_documents_are_left_to_feedparser(body: bytes) -> None:
    """Proves that the fast path refuses what is ill-formed, declares entities or is of a meaning it lacks."""
    assert fast.read(body) is None


def test_a_control_character_costs_no_items() -> None:
    """Proves that after a character that no XML may hold all items are read (7 of 50 elsewhere)."""
    body = rss(*(f"<title>{number}</title>" for number in range(50))).replace(b">7<", b">7\x03<")
    assert fast.read(body) is None
    parsed = feed.read(Document(URL, body), NOW)
    assert [entry.words.title for entry in getattr(parsed, "entries", ())] == [str(n) for n in range(50)]


def test_what_is_borrowed_from_feedparser_is_there() -> None:
    """Pins the names inside feedparser that we read or replace: a version without them must be looked at."""
    assert {"_urljoin", "make_safe_absolute_uri"} <= vars(mixin).keys() & vars(urls).keys()
    assert mixin._urljoin is urls._urljoin
    assert html._cp1252 == authority.CP1252
    assert authority.PREFIXES["http://purl.org/dc/elements/1.1/"] == "dc"
    assert {"item", "entry", "content_encoded", "media_keywords", "itunes_keywords"} <= authority.HANDLED
    assert authority.looks_like_html("<b>a</b>")
    assert {"_save_author", "_sync_author_detail", "_get_context"} <= set(dir(mixin._FeedParserMixin))


def _or_refused(join: Callable[[str, str], str], base: str, rel: str) -> str | None:
    try:
        return join(base, rel)
    except ValueError:
        return None


@given(st.text(), st.text())
def test_remembered_addresses_are_the_same(base: str, rel: str) -> None:
    """Proves that joining two addresses once gives what joining them again gives."""
    join, safe = urls._urljoin, urls.make_safe_absolute_uri
    for once, again in ((join, join.__wrapped__), (safe, safe.__wrapped__)):
        assert _or_refused(once, base, rel) == _or_refused(again, base, rel)
    assert join.cache_info().maxsize == safe.cache_info().maxsize == 1 << 12


_CHARACTERS = st.text(
    st.one_of(
        st.characters(), st.sampled_from(" \t\n\r\v\f\x1c\x1f\x85\u00a0\u00ad\u200b\u2028\u3000\u0301e")
    )
)


@settings(max_examples=500)
@given(_CHARACTERS)
@example("a\x1cb")
@example(" \u2000 e\u0301 \n\n x ")
def test_the_short_way_of_cleaning_is_the_long_one(raw: str) -> None:
    """Proves that text in which everything can be seen is cleaned as any other is."""
    assert text.tidy(raw) == text.tidy_unprintable(raw)


_STAMPS = st.builds(
    "{}{} {} {} {:02}:{:02}:{:02} {}".format,
    st.sampled_from(("", "Mon, ", "Xyz, ")),
    st.integers(0, 32),
    st.sampled_from(("Feb", "Mai", "Okt", "Xyz", "feb")),
    st.integers(0, 2100).map("{:04}".format),
    st.integers(0, 25),
    st.integers(0, 61),
    st.integers(0, 61),
    st.sampled_from(("GMT", "EST", "+0100", "-1530", "+1600", "Z", "XYZ", "CEST")),
) | st.builds(
    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}".format,
    st.integers(0, 2100),
    st.integers(0, 13),
    st.integers(0, 32),
    st.integers(0, 25),
    st.integers(0, 61),
    st.integers(0, 61),
    st.sampled_from(("Z", ".5Z", "+01:00", "-15:30", "+16:00", "-00:00", ".123456+05:30")),
)


@settings(max_examples=500)
@given(_STAMPS)
def test_the_short_way_of_reading_a_date_is_the_long_one(raw: str) -> None:
    """Proves that a date exactly as its standard has it is read as any other form of it is."""
    assert dates.read(raw) == dates.read(f"{raw} (as written)")
