"""Documents that have broken other readers."""

from dataclasses import astuple

import pytest

from monitor.model.fetching import Document
from monitor.parse import parse
from tests.unit.parse.builders import NOW, URL, atom, only, read, rss

BOMB = (
    '<!DOCTYPE rss [<!ENTITY a0 "lollollollol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
).encode()


@pytest.mark.parametrize("cdata", ["<![CDATA[<!h<!h<!h<]]>", "<![CDATA[<!]]>", "<![CDATA[<!h<![x<!--]]>"])
def test_declarations_inside_cdata_cost_no_item(cdata: str) -> None:
    """FAILURES 12: text that opens declarations, at which feedparser once gave up, is text."""
    parsed = read(rss(f"<guid>1</guid><description>{cdata}</description>", "<title>Two</title>"))
    assert len(parsed.entries) == 2


@pytest.mark.parametrize("item", ["<title>&a9;</title>", "<guid>1</guid><description>&a9;</description>"])
def test_entities_within_entities_unfold_within_bounds(item: str) -> None:
    """FAILURES 11: a kilobyte whose entities would be ten gigabytes is read or refused small."""
    assert len(repr(parse(Document(URL, BOMB + rss(item)), NOW))) < 100_000


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=x onerror=alert(1)>T",
        "<a href='java&#x09;script:alert(1)'>T</a>",
        "<math><a xlink:href='javascript:alert(1)'>T</a></math>",
        "<img srcset='http://169.254.169.254/x 2x' src='http://169.254.169.254/x'>T",
        "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>T",
        "<svg onload=alert(1)><script>alert(1)</script></svg>T",
    ],
)
@pytest.mark.parametrize("field", ["title", "description"])
def test_no_markup_survives_reading(field: str, markup: str) -> None:
    """FAILURES 13, 14: nothing that a browser could obey is in an entry, whatever feedparser lets through."""
    fields = {"guid": "1", field: f"<![CDATA[{markup}]]>", "link": "javascript:alert(1)"}
    entry = only(rss("".join(f"<{name}>{value}</{name}>" for name, value in fields.items())))
    said = " ".join(astuple(entry.words))
    assert said.strip() == "T"
    assert entry.link is None


def test_a_character_that_is_none_costs_no_item() -> None:
    """FAILURES 16: NUL and its like in a title leave every item readable and no such character in it."""
    parsed = read(rss("<title>O\x00n\x08e</title>", "<title>Two</title>", "<title>Th\x1bree</title>"))
    assert len(parsed.entries) == 3
    assert all(entry.words.title.isprintable() for entry in parsed.entries)


@pytest.mark.parametrize("body", [rss(*["<title>T</title>"] * 10_050), atom(*["<title>T</title>"] * 10_050)])
def test_a_document_has_ten_thousand_items_at_most(body: bytes) -> None:
    """FAILURES 16: a document without end costs a bounded number of entries, and says so."""
    parsed = read(body)
    assert len(parsed.entries) == 10_000
    assert parsed.problems


def test_an_item_without_a_link_is_an_entry() -> None:
    """FAILURES 16: what has no link, or no guid either, is an entry without them."""
    parsed = read(rss("<title>One</title>", "<title>Two</title><guid isPermaLink='false'>2</guid>"))
    assert [(entry.link, entry.guid) for entry in parsed.entries] == [(None, None), (None, "2")]


def test_the_order_of_attributes_is_no_other_wording() -> None:
    """FAILURES 22: markup that comes out in another order from one poll to the next is the same entry."""
    first, second = (
        only(rss(f"<guid>1</guid><description><![CDATA[<img {way}>A ferry]]></description>"))
        for way in ('src="a.png" alt="" width="1"', 'width="1" alt="" src="a.png"')
    )
    assert first == second
