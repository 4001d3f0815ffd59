"""RSS, RDF and Atom become entries."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.model.entries import Words
from monitor.model.fetching import Document, Reason
from monitor.parse import parse
from tests.unit.parse.builders import NOW, URL, atom, only, read, refused, rss


def test_an_rss_item_whole() -> None:
    """Proves that every field of an RSS item arrives where it belongs."""
    entry = only(
        rss(
            """<title>Ferry sails &amp;amp; returns</title><link> /ferry?a=1&amp;b=2 </link>
            <guid isPermaLink="false">g-1</guid><pubDate>Mon, 05 Feb 2024 10:30:00 EST</pubDate>
            <description>&lt;p&gt;The &lt;b&gt;ferry&lt;/b&gt;.&lt;/p&gt;</description>
            <content:encoded><![CDATA[<p>The ferry sails.</p><p>It returns.</p>]]></content:encoded>""",
            channel="<title>Harbour</title><link>http://harbour.example</link><language>en_GB</language>",
        )
    )
    assert entry.words == Words("Ferry sails & returns", "The ferry.", "The ferry sails.\nIt returns.")
    assert (entry.guid, entry.link) == ("g-1", "https://gazette.example/ferry?a=1&b=2")
    assert entry.published == datetime(2024, 2, 5, 15, 30, tzinfo=UTC)
    assert (entry.published_raw, entry.language) == ("Mon, 05 Feb 2024 10:30:00 EST", "en-gb")


def test_an_atom_entry_whole() -> None:
    """Proves that every field of an Atom entry arrives where it belongs, updated standing for published."""
    entry = only(
        atom(
            """<title type="html">A &lt;em&gt;sign&lt;/em&gt;</title><id>urn:a:1</id><link href="one"/>
            <updated>2024-02-05T10:30:00Z</updated><summary>a &lt; b</summary>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>c &lt; d</p><p>e</p></div>
            </content>""",
            attributes='xml:lang="UK" xml:base="https://notes.example/x/"',
        )
    )
    assert entry.words == Words("A sign", "a < b", "c < d\ne")
    assert (entry.guid, entry.link, entry.language) == ("urn:a:1", "https://notes.example/x/one", "uk")
    assert entry.published == datetime(2024, 2, 5, 10, 30, tzinfo=UTC)


def test_what_the_feed_says_of_itself() -> None:
    """Proves that a feed's title, site and language are kept, and that a feed without items is a feed."""
    parsed = read(rss(channel="<title>A\n<![CDATA[<b>B</b>]]></title><link>/</link><language>de</language>"))
    assert (parsed.title, parsed.site, parsed.language) == ("A B", "https://gazette.example/", "de")
    assert (parsed.entries, parsed.problems) == ((), ())


TITLES: list[tuple[Callable[..., bytes], str, str]] = [
    (rss, "<title>a &lt; b</title>", "a < b"),
    (rss, "<title>Vec&lt;T&gt; and &lt;video&gt;</title>", "Vec<T> and <video>"),
    (rss, "<title>&lt;img src=x onerror=alert(1)&gt;T</title>", "T"),
    (rss, "<title>&lt;script&gt;alert(1)&lt;/script&gt;T</title>", "T"),
    (rss, "<title>AT&amp;amp;T</title>", "AT&T"),
    (rss, "<title>one\n two</title>", "one two"),
    (rss, "<title>Article</title><media:title>Picture</media:title>", "Article"),
    (atom, "<title>&lt;b&gt; is a tag</title>", "<b> is a tag"),
    (atom, '<title type="html">&amp;lt;b&amp;gt; is a tag</title>', "<b> is a tag"),
]


@pytest.mark.parametrize(("build", "item", "title"), TITLES)
def test_titles(build: Callable[..., bytes], item: str, title: str) -> None:
    """Proves that markup in titles goes and that signs which only look like it stay."""
    assert only(build(item)).words.title == title


def test_wording_given_once_stands_once() -> None:
    """Proves that content without a summary, or equal to it, is not kept twice."""
    once = "<title>T</title><content:encoded>&lt;p&gt;Same.&lt;/p&gt;</content:encoded>"
    assert only(rss(once)).words == Words("T", "Same.")
    assert only(rss(once + "<description>Same.</description>")).words == Words("T", "Same.")


def test_a_caption_is_no_text() -> None:
    """Proves that the description of an item's picture is taken neither for its summary nor its text."""
    caption = (
        '<media:content url="http://x/y.jpg"><media:description>A cat.</media:description></media:content>'
    )
    item = f"<title>T</title><description>&lt;p&gt;Lead.&lt;/p&gt;</description>{caption}"
    assert only(rss(item)).words == Words("T", "Lead.")
    both = item.replace(
        "<media:content", "<content:encoded>&lt;p&gt;Body.&lt;/p&gt;</content:encoded><media:content"
    )
    assert only(rss(both)).words == Words("T", "Lead.", "Body.")


def test_attached_data_is_no_text() -> None:
    """Proves that content of a type that is not text brings no words."""
    assert only(atom('<title>T</title><content type="image/png">aGVsbG8=</content>')).words == Words("T")


LINKS = [
    ("<link>https://a.example/x y</link>", "https://a.example/x%20y"),
    ("<link>HTTPS://a.example/x</link>", "https://a.example/x"),
    ("<link>//a.example/x</link>", "https://a.example/x"),
    ("<link>javascript:alert(1)</link>", None),
    ("<link>java\n script:alert(1)</link>", None),
    ("<link>file:///etc/hostname</link>", None),
    ("<link>http://[broken</link>", None),
    ("<link>http://</link>", None),
    ("<guid>https://a.example/g</guid>", "https://a.example/g"),
    ("<guid>g-1</guid>", None),
    ('<guid isPermaLink="false">https://a.example/g</guid>', None),
    ("<guid>https://a.example/g</guid><link>https://a.example/l</link>", "https://a.example/l"),
    ('<atom:link rel="self" href="https://a.example/s"/>', None),
    ('<atom:link rel="alternate" type="x/y" href="https://a.example/s"/>', "https://a.example/s"),
    ('<enclosure url="/a.mp3" type="audio/mpeg" length="1"/>', "https://gazette.example/a.mp3"),
    (
        "<link>https://proxy.example/1</link><feedburner:origLink>https://a.example/o</feedburner:origLink>",
        "https://a.example/o",
    ),
]


@pytest.mark.parametrize(("item", "link"), LINKS)
def test_links(item: str, link: str | None) -> None:
    """Proves that a link is an absolute http(s) address, the item's own, or none."""
    assert only(rss(f"<title>T</title>{item}")).link == link


def test_guids_are_kept_as_written() -> None:
    """Proves that a guid is not joined with the document's address, and that an empty one is none."""
    parsed = read(
        rss("<title>A</title><guid>12</guid>", "<title>B</title><guid> </guid>", "<title>C</title>")
    )
    assert [entry.guid for entry in parsed.entries] == ["12", None, None]


def test_a_published_date_that_is_not_sane_is_none() -> None:
    """Proves that a date that is not sane is none, its wording kept, and that no other date replaces it."""
    (entry,) = read(
        rss("<title>T</title><pubDate>2024-02-30</pubDate><dc:date>2024-02-05T10:00:00Z</dc:date>")
    ).entries
    assert (entry.published, entry.published_raw) == (None, "2024-02-30")


def test_an_entry_may_have_its_own_language() -> None:
    """Proves that a language declared on an item wins over its feed's, and that a word is no language."""
    channel = "<title>T</title><language>English</language>"
    own = "<title>A</title><dc:language>PL</dc:language>"
    parsed = read(rss(own, "<title>B</title>", channel=channel))
    assert [entry.language for entry in parsed.entries] == ["pl", None]


def test_items_that_say_nothing_are_left_out() -> None:
    """Proves that an item without guid, link, title and text is left out with a sentence, the rest kept."""
    parsed = read(rss("<category>x</category>", "<title>T</title>", "<description>&lt;br&gt;</description>"))
    assert [entry.words.title for entry in parsed.entries] == ["T"]
    assert parsed.problems == ("2 of 3 items have neither guid, link, title nor text: left out.",)


def test_a_broken_document_gives_its_items() -> None:
    """Proves that items before a cut and around an unknown entity are read, with a sentence."""
    whole = rss("<title>One&nbsp;and</title>", "<title>Two</title>", "<title>Three</title>")
    parsed = read(whole[: whole.index(b"Three") + 2])
    assert [entry.words.title for entry in parsed.entries] == ["One and", "Two"]
    assert "is not well-formed (line" in parsed.problems[-1]


def test_an_empty_feed_with_a_broken_title_is_a_feed() -> None:
    """Proves that a document that ends as a feed does is one, however broken its title is."""
    parsed = read(rss(channel="<title>Gazette&nbsp;& Co</title>"))
    assert (parsed.title, parsed.entries) == ("Gazette & Co", ())


def test_a_feed_cut_before_its_items_is_unreadable() -> None:
    """Proves that what is cut in its head is a failure and not an empty feed."""
    whole = rss("<title>T</title>")
    for body in (whole[:60], whole[: whole.index(b"<item>")]):
        failed = refused(body)
        assert failed.reason is Reason.UNREADABLE
        assert failed.detail.startswith("The feed breaks before any item: line ")


@pytest.mark.parametrize(
    "reference", ["&#99999999999;", "&#1114112;", "&#xD83D;&#xDE00;", "&#" + "9" * 5000 + ";"]
)
def test_impossible_characters_cost_no_item(reference: str) -> None:
    """Proves that a number that names no character, at which feedparser raises, is dropped and no more."""
    parsed = read(rss(f"<title>One {reference}&#233;</title>", "<title>Two</title>"))
    assert [entry.words.title for entry in parsed.entries] == ["One é", "Two"]


def test_an_item_that_feedparser_cannot_bear_costs_itself() -> None:
    """Proves that an item at which feedparser raises is left out alone."""
    titles = [f"<title>{number}</title>" for number in range(5)]
    bad = "<title>bad</title><gml:pos>1 2</gml:pos>"
    parsed = read(rss(*titles[:2], bad, *titles[2:]))
    assert [entry.words.title for entry in parsed.entries] == ["0", "1", "2", "3", "4"]
    assert parsed.problems == ("feedparser gives up on 1 of the items: left out.",)


@pytest.mark.parametrize(
    "channel",
    ["<gml:pos>1 2</gml:pos>", "<gml:pos>1 2</gml:pos>" + "<!-- long -->" * 5000],
    ids=["short", "long"],
)
def test_a_head_that_feedparser_cannot_bear_is_unreadable(channel: str) -> None:
    """Proves that a document at which feedparser raises in its head is refused with a sentence."""
    failed = refused(rss("<title>T</title>", channel=channel))
    assert failed.reason is Reason.UNREADABLE
    assert failed.detail.startswith("feedparser gives up on the document: ")


def test_an_encoding_that_is_no_name_is_unreadable() -> None:
    """Proves that a declaration of an impossible encoding is refused with a sentence."""
    failed = refused(b'<?xml version="1.0" encoding="\xff\xfe"?><rss version="2.0"></rss>')
    assert failed.reason is Reason.UNREADABLE


@pytest.mark.parametrize("body", [b"/etc/hostname", b"file:///etc/hostname", b"http://127.0.0.1:1/feed"])
def test_a_body_that_is_a_path_reads_nothing(body: bytes) -> None:
    """Proves that a document that looks like a path or an address is not opened (FAILURES 11)."""
    assert refused(body).reason is Reason.NOT_A_FEED


def test_a_body_that_names_a_feed_reads_nothing(tmp_path: Path) -> None:
    """Proves it with a file that would be a feed if it were opened, by name, by address and as an entity."""
    secret = tmp_path / "feed.xml"
    secret.write_bytes(rss("<title>secret</title>"))
    for body in (bytes(secret), secret.as_uri().encode()):
        assert refused(body).reason is Reason.NOT_A_FEED
    declared = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()
    assert "secret" not in str(parse(Document(URL, declared + rss("<title>a &x;</title>")), NOW))


LODZ = "<title>Łódź – “Kraków” 😀</title>"


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "", None),
        ("utf-8", "", "text/xml"),
        ("utf-8", "", "text/html; charset=ISO-8859-1"),
        ("utf-8", "utf-8", "application/rss+xml; charset=us-ascii"),
        ("utf-8-sig", "", "text/plain; charset=windows-1252"),
        ("utf-16", "utf-16", None),
        ("utf-32", "utf-32", None),
    ],
)
def test_encodings(encoding: str, declared: str, content_type: str | None) -> None:
    """Proves that Unicode arrives whole whatever its label says, a server's default charset included."""
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = (declaration + rss(LODZ).decode()).encode(encoding)
    assert read(body, content_type).entries[0].words.title == "Łódź – “Kraków” 😀"


def test_a_true_latin_label_is_believed() -> None:
    """Proves that bytes that are not UTF-8 are read in the charset that their label names."""
    body = rss("<title>café</title>").decode().encode("iso-8859-1")
    assert read(body, "text/xml; charset=iso-8859-1").entries[0].words.title == "café"
