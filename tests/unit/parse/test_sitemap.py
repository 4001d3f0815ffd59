"""News sitemaps: a site without a feed, read all the same, and nothing hostile obeyed."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document, Failed, Reason
from monitor.parse import items, parse
from tests.builders import NOW

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand --><urlset '
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)
URL = "https://harbour.example/news-sitemap.xml"


def address(number: int = 1, title: str = "Ferry resumes", date: str = "2026-03-02T08:00:00+00:00") -> str:
    """Return one address that is marked as news."""
    return (
        f"<url><loc> https://harbour.example/{number} </loc><news:news><news:publication><news:name>Harbour "
        "&amp; Post</news:name><news:language>en</news:language></news:publication>"
        f"<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title>"
        "<news:keywords>sea, ships</news:keywords></news:news>"
        "<image:image><image:loc>https://harbour.example/1.jpg</image:loc></image:image></url>"
    )


def sitemap(*addresses: str, head: str = HEAD, end: str = "</urlset>") -> bytes:
    """Return a sitemap with these addresses."""
    return f"{head}{''.join(addresses)}{end}".encode()


def read(body: bytes) -> ParsedFeed | Failed:
    """Read a document as a poll does."""
    return parse(Document(URL, body, "application/xml"), NOW)


def good(body: bytes) -> ParsedFeed:
    """Read a document that is a feed."""
    parsed = read(body)
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def test_news_of_a_sitemap_become_entries() -> None:
    """The address is link and guid; title, time and language are the news's; nothing else is read."""
    parsed = good(sitemap(address(title="Ferry &lt;resumes&gt;\n again"), address(2, date="2026-03-01")))
    first, second = parsed.entries
    assert (first.words.title, first.words.summary, first.words.text) == ("Ferry <resumes> again", "", "")
    assert (first.guid, first.link) == ("https://harbour.example/1",) * 2
    assert first.published == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert (first.language, first.published_raw) == ("en", "2026-03-02T08:00:00+00:00")
    assert (second.guid, second.published) == ("https://harbour.example/2", datetime(2026, 3, 1, tzinfo=UTC))
    assert (parsed.title, parsed.problems) == ("Harbour & Post", ())


def test_only_what_is_marked_as_news_is_an_entry() -> None:
    """Pages with nothing but a time of change stay out; where all are such, a sentence says so."""
    page = "<url><loc>https://harbour.example/about</loc><lastmod>2026-03-01</lastmod></url>"
    assert [entry.guid for entry in good(sitemap(page, address(), page)).entries] == [
        "https://harbour.example/1"
    ]
    refused = read(sitemap(page, page))
    assert isinstance(refused, Failed)
    assert (refused.reason, "2 addresses are not marked as news" in refused.detail) == (
        Reason.NOT_A_FEED,
        True,
    )


def test_a_sitemap_without_news_today_is_a_feed_without_entries() -> None:
    """A quiet weekend is no failure."""
    assert good(sitemap()).entries == ()


def test_an_index_of_sitemaps_is_a_sentence() -> None:
    """What lists other sitemaps is named as that, with what to do."""
    refused = read(
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://a.test/1</loc>'
        b"</sitemap></sitemapindex>"
    )
    assert isinstance(refused, Failed)
    assert (refused.reason, "index of sitemaps" in refused.detail) == (Reason.NOT_A_FEED, True)


DOCTYPES: Iterable[str] = (
    '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE urlset [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
    '<!DOCTYPE urlset SYSTEM "http://127.0.0.1/x.dtd">',
)


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_a_sitemap_that_declares_entities_is_refused(doctype: str) -> None:
    """FAILURES 11: nothing is opened, fetched or unfolded because a document declares it."""
    refused = read(sitemap(address(title="&x;"), head=doctype + HEAD.partition("\n")[2]))
    assert isinstance(refused, Failed)
    assert (refused.reason, "document type" in refused.detail) == (Reason.UNREADABLE, True)


def test_a_sitemap_of_fifty_thousand_addresses_is_cut_at_the_cap() -> None:
    """FAILURES 16: as many entries as any document may have, and a sentence that says so."""
    body = sitemap(*(address(number) for number in range(50_000)))
    parsed = good(body)
    assert len(parsed.entries) == items.LIMIT
    assert parsed.problems == ("The sitemap has more than 10000 news: only the first were read.",)


def test_a_broken_sitemap_is_read_up_to_where_it_breaks() -> None:
    """What came whole counts; a sitemap that breaks before anything is unreadable."""
    parsed = good(sitemap(address(), address(2), end="<url><loc>https://x"))
    assert (len(parsed.entries), "read up to there" in parsed.problems[0]) == (2, True)
    refused = read(sitemap(end="<url"))
    assert isinstance(refused, Failed)
    assert refused.reason is Reason.UNREADABLE


def test_an_endless_field_is_cut() -> None:
    """A title without an end costs no more than its place."""
    (entry,) = good(sitemap(address(title="long " * 100_000))).entries
    assert len(entry.words.title) < 100_000


def test_what_an_address_lacks_is_left_out() -> None:
    """A news without an address, or with one that is none, keeps its title."""
    news = "<news:news><news:title>Ferry</news:title></news:news>"
    bare, odd = good(sitemap(f"<url>{news}</url>", f"<url><loc>javascript:x</loc>{news}</url>")).entries
    assert (bare.link, bare.guid, odd.link, odd.published) == (None,) * 4
