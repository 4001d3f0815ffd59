"""Where a site's feeds may be: what its page says, read whatever it is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.fetching import Document
from monitor.parse.discovery import (
    about_comments,
    common_addresses,
    feed_links,
    kind_of,
    news_sitemaps,
)
from tests.builders import document, entry

SITE = "https://harbour.example/sea/"


def links(html: str, content_type: str | None = "text/html", url: str = SITE) -> tuple[str, ...]:
    """Return what a page calls its feeds."""
    return feed_links(Document(url, html.encode(), content_type))


def test_link_elements_are_found_in_head_and_body() -> None:
    """Every feed type counts, whatever the case and order of its attributes; addresses become whole."""
    html = """
        <HEAD><LINK REL='Alternate stylesheet' TYPE="application/RSS+xml; charset=utf-8" HREF=/a.xml>
        <link href="b.atom?x=1&amp;y=2" type="application/atom+xml" rel="alternate" title="a > b">
        <link rel="alternate" type="text/html" href="/mobile"><link rel="alternate" hreflang="uk" href="/uk">
        <link rel="stylesheet" type="application/rss+xml" href="/style"></HEAD>
        <body><link rel=feed href="//feeds.example/c"/><link rel="alternate" type="application/feed+json"
        href="https://harbour.example/d.json#top"></body>"""
    assert links(html) == (
        "https://harbour.example/a.xml",
        "https://harbour.example/sea/b.atom?x=1&y=2",
        "https://feeds.example/c",
        "https://harbour.example/d.json#top",
    )


RSS = '<link rel="alternate" type="application/rss+xml" href="{}">'


def test_the_base_counts_wherever_links_stand() -> None:
    """A page's base element moves its relative addresses; only the first one does, and only to the web."""
    base = '<base href="https://cdn.example/x/"><base href="https://late.example/">'
    assert links(base + RSS.format("feed")) == ("https://cdn.example/x/feed",)
    assert links('<base href="file:///etc/">' + RSS.format("feed")) == ("https://harbour.example/sea/feed",)


@pytest.mark.parametrize("href", ["file:///etc/passwd", "javascript:x", "data:,x", "feed:x", "", "http://"])
def test_a_page_cannot_name_anything_but_the_web(href: str) -> None:
    """FAILURES 3: what is no http address is not even a candidate."""
    assert links(RSS.format(href) if href else RSS.replace(' href="{}"', "")) == ()


def test_what_stands_in_comments_and_scripts_is_no_link() -> None:
    """A feed that a page has taken out is not asked for."""
    out = RSS.format("/a")
    assert links(f"<!-- {out} --><script>var x = '{out}'</script>{RSS.format('/b')}") == (
        "https://harbour.example/b",
    )


def test_ordinary_links_count_where_there_is_nothing_better() -> None:
    """A link that looks like a feed's is a guess, of which few are made; a link element is none."""
    anchors = "".join(
        f'<a href="{path}">x</a>' for path in ("/rss", "/about", "http://[x/rss", "/feeds/sea.xml", "/offeed")
    )
    assert links(anchors) == ("https://harbour.example/rss", "https://harbour.example/feeds/sea.xml")
    assert links(anchors + RSS.format("/b")) == ("https://harbour.example/b",)
    assert len(links("".join(f'<a href="/rss/{n}">x</a>' for n in range(100)))) == 4
    assert len(links("".join(RSS.format(n) for n in range(100)))) == 8


def test_one_feed_is_named_once() -> None:
    """The same feed by scheme, www or slash is one candidate, the first as it is written."""
    assert links(RSS.format("/a/") + RSS.format("http://www.harbour.example/a")) == (
        "https://harbour.example/a/",
    )


@pytest.mark.parametrize(
    "charset", ["windows-1251", "utf-8", "koi8-u", "no-such-charset", "utf-16", "hex", "idna"]
)
def test_any_encoding_is_borne(charset: str) -> None:
    """An address is read in whatever a page is written; one that is unknown is taken for UTF-8."""
    html = f'<meta charset="{charset}">' + RSS.format("/news")
    expected = () if charset == "utf-16" else ("https://harbour.example/news",)
    assert links(html, None) == expected


@given(
    st.binary(max_size=300) | st.text(alphabet='<link rel="alternate" h>/!-a', max_size=200).map(str.encode)
)
def test_no_page_makes_reading_fail(body: bytes) -> None:
    """Whatever a server sends is a page without feeds at worst."""
    assert all(url.startswith("http") for url in feed_links(Document(SITE, body, "text/html")))


@pytest.mark.parametrize("piece", ["<", "<!", "<!-", "<a ", "<link a='", "<![", "</", "<a href=", "<!--x"])
def test_a_page_of_openings_takes_no_longer_than_it_is_long(piece: str) -> None:
    """A million characters that never close are read in one pass."""
    assert links(piece * (1_000_000 // len(piece))) == ()


def test_usual_places_begin_with_the_section() -> None:
    """A section's own feed is tried before those of the whole site."""
    assert common_addresses(SITE)[:2] == ("https://harbour.example/sea/feed", "https://harbour.example/feed")
    assert common_addresses("https://a.test")[0] == "https://a.test/feed"


def test_sitemaps_of_news_are_taken_from_robots() -> None:
    """Only those whose address says news, wherever they stand and however the field is written."""
    robots = b"Sitemap: /sitemap.xml\nsitemap : https://a.test/News-1.xml\n  SITEMAP:/news2.xml #x\n"
    found = news_sitemaps(Document("https://a.test/robots.txt", robots))
    assert found == ("https://a.test/News-1.xml", "https://a.test/news2.xml")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (document(entry()).body, "RSS"),
        (b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>', "Atom"),
        (b'<rdf:RDF xmlns:rdf="x"/>', "RDF"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "JSON Feed"),
        (b'<urlset xmlns="x"></urlset>', "news sitemap"),
        (b"nothing", "RSS"),
    ],
)
def test_a_feeds_kind_is_named(body: bytes, kind: str) -> None:
    """A person sees what kind of feed was found."""
    assert kind_of(Document(SITE, body)) == kind


def test_comments_are_told_from_news() -> None:
    """A feed of comments is known by its address or its name, in more than one language."""
    assert about_comments("https://a.test/comments/feed", None)
    assert about_comments("https://a.test/x", "Harbour Post » Коментарі")
    assert not about_comments("https://comments.test/feed", "News")
