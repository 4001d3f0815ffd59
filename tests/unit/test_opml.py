"""Subscription lists: reading what others export, writing what others can read."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import opml
from monitor.opml import Outline
from tests.shared_data import shared


def _document(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"{head}><head/><body>{body}</body></opml>'.encode()


def test_folders_nest() -> None:
    """A feed knows the whole path of titles above it, and a feed beside a folder is not in it."""
    read = opml.read(
        _document(
            '<outline text="World"><outline title="Europe" text="x"><outline text="A" xmlUrl="https://a.test/f"/>'
            '</outline><outline text="B" xmlUrl="https://b.test/f"/></outline><outline text="C" xmlUrl="https://c.test/f"/>'
        )
    )
    assert [(feed.title, feed.folder) for feed in read.feeds] == [
        ("A", ("World", "Europe")),
        ("B", ("World",)),
        ("C", ()),
    ]
    assert read.problems == ()


def test_a_feed_may_hold_feeds() -> None:
    """An outline with an address and children is both a feed and a folder."""
    read = opml.read(
        _document(
            '<outline text="A" xmlUrl="https://a.test/"><outline text="B" xmlUrl="https://b.test/"/></outline>'
        )
    )
    assert [(feed.url, feed.folder) for feed in read.feeds] == [
        ("https://a.test/", ()),
        ("https://b.test/", ("A",)),
    ]


def test_attributes_are_found_whatever_their_case_and_kept_when_unknown() -> None:
    """The case of names does not matter, and what we do not know survives reading and writing."""
    known = 'text="A" XMLURL="https://a.test/" htmlurl="https://a.test"'
    body = f'<outline {known} type="atom" f:priority="3" note="n"/>'
    (feed,) = opml.read(_document(body, ' xmlns:f="https://f.test/ns"')).feeds
    assert (feed.url, feed.site) == ("https://a.test/", "https://a.test")
    assert dict(feed.attributes) == {"type": "atom", "{https://f.test/ns}priority": "3", "note": "n"}
    assert opml.read(opml.write([feed])).feeds == (feed,)


def test_text_that_differs_from_the_title_is_kept() -> None:
    """Readers show text or title; a list that gives both differently gets both back."""
    body = '<outline text="Short" title="Long  title" type="rss" xmlUrl="https://a.test/"/>'
    (feed,) = opml.read(_document(body)).feeds
    assert (feed.title, feed.attributes["text"]) == ("Long title", "Short")
    (outline,) = ET.fromstring(opml.write([feed])).iter("outline")  # noqa: S314 - our own bytes
    assert (outline.get("text"), outline.get("title")) == ("Short", "Long title")


def test_what_is_neither_feed_nor_folder_is_said() -> None:
    """An outline without an address and without anything in it is named with its line."""
    read = opml.read(
        _document('\n<outline text="Lost"/>\n<outline text="A" xmlUrl="https://a.test/"/>\n<outline/>')
    )
    assert [feed.title for feed in read.feeds] == ["A"]
    assert read.problems == (
        'line 2: "Lost" has no xmlUrl and nothing in it',
        "line 4: an outline without a title has no xmlUrl and nothing in it",
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not well-formed"),
        (b"plain words", "not well-formed"),
        (b'<opml><body><outline text="a<b"/></body></opml>', "not well-formed"),
        (b"<opml><body><outline", "not well-formed"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "not well-formed"),
        (b"<rss><channel/></rss>", "is <rss>, not <opml>"),
        (b'<!DOCTYPE opml [<!ENTITY a "aa">]><opml><body>&a;</body></opml>', "declares entities"),
        (b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/hostname">]><opml/>', "declares entities"),
        (b"<opml>" + b"<outline text='a'>" * 100 + b"</outline>" * 100 + b"</opml>", "deeper than"),
        (b" " * (opml.MAX_BYTES + 1), "more than 20 MB"),
    ],
)
def test_a_document_that_cannot_be_a_list_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    """Broken, foreign, hostile and oversized documents give no feeds and one problem."""
    read = opml.read(data)
    assert read.feeds == ()
    assert len(read.problems) == 1
    assert sentence in read.problems[0]


def test_what_is_almost_xml_is_read_as_meant() -> None:
    """Bare ampersands, references of HTML and quotes in titles are common and lose no feed."""
    body = '<outline text="Caf&eacute; "R&D" &amp; &#8211;" xmlUrl="https://a.test/?a=1&b=2&copy=3"/>'
    (feed,) = opml.read(_document(body)).feeds
    assert (feed.title, feed.url) == ('Café "R&D" & –', "https://a.test/?a=1&b=2&copy=3")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
def test_declared_encodings_are_read(encoding: str) -> None:
    """A list in the encoding that it declares reads as itself."""
    document = f'<?xml version="1.0" encoding="{encoding}"?><opml><body><outline text="Новини" xmlUrl="https://a.test/"/></body></opml>'
    assert [feed.title for feed in opml.read(document.encode(encoding)).feeds] == ["Новини"]


def test_writing_leaves_out_what_xml_cannot_hold() -> None:
    """Control characters and lone surrogates in a title do not make an unreadable list."""
    written = opml.write([Outline("https://a.test/", "a\x00b\x1b\ud800c", folder=("F\x07",))])
    assert [(feed.title, feed.folder) for feed in opml.read(written).feeds] == [("abc", ("F",))]


def test_a_feed_without_title_is_written_under_its_address() -> None:
    """Other readers need a text for every outline; we know it for no title when it comes back."""
    written = opml.write([Outline("https://a.test/?a=1&b=<2>")])
    (outline,) = ET.fromstring(written).iter("outline")  # noqa: S314 - our own bytes
    assert outline.get("text") == "https://a.test/?a=1&b=<2>"
    (feed,) = opml.read(written).feeds
    assert (feed.url, feed.title) == ("https://a.test/?a=1&b=<2>", None)


_WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
_OUTLINES = st.builds(
    Outline,
    url=_WORDS.map("https://a.test/{}".format),
    title=_WORDS,
    site=st.none() | _WORDS,
    folder=st.lists(_WORDS, max_size=3).map(tuple),
    attributes=st.fixed_dictionaries(
        {"type": st.sampled_from(["rss", "atom"])}, optional={"description": _WORDS, "{urn:x}rank": _WORDS}
    ),
)


@given(st.lists(_OUTLINES, max_size=8))
def test_what_is_written_reads_back(feeds: list[Outline]) -> None:
    """Every feed comes back with its title, folder and attributes; order holds within a folder."""
    read = opml.read(opml.write(feeds))
    assert read.problems == ()
    assert sorted(map(repr, _bare(read.feeds))) == sorted(map(repr, _bare(feeds)))
    for folder in {feed.folder for feed in feeds}:
        assert [feed for feed in read.feeds if feed.folder == folder] == [
            feed for feed in feeds if feed.folder == folder
        ]


def _bare(feeds: list[Outline] | tuple[Outline, ...]) -> list[tuple[object, ...]]:
    return [(feed.url, feed.title, feed.site, feed.folder, sorted(feed.attributes.items())) for feed in feeds]


@given(st.binary(max_size=200) | st.text(max_size=100).map(_document))
def test_no_bytes_make_reading_fail(data: bytes) -> None:
    """Whatever somebody uploads is answered by a value."""
    read = opml.read(data)
    assert read.feeds or read.problems or b"opml" in data.lower()


@given(st.lists(_WORDS.filter(lambda word: " / " not in word), min_size=1, max_size=3))
def test_a_folder_as_one_text_gives_its_path_back(path: list[str]) -> None:
    """Listings and the store keep a folder as one text, from which an export makes folders again."""
    assert opml.folder_path(opml.folder_name(tuple(path))) == tuple(path)


def test_no_folder_has_no_text() -> None:
    """A feed at the top of a list is in no folder, and stays so."""
    assert opml.folder_name(()) is None
    assert opml.folder_path(None) == ()


def test_real_lists_read_and_survive_writing() -> None:
    """Every list of the shared data reads without a problem and comes back the same."""
    files = sorted(shared("opml").rglob("*.opml"))
    assert len(files) > 20
    for file in files:
        read = opml.read(file.read_bytes())
        assert read.problems == (), file.name
        assert read.feeds, file.name
        assert all(feed.folder for feed in read.feeds), file.name
        assert opml.read(opml.write(read.feeds)).feeds == read.feeds, file.name
