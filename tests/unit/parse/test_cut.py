"""The cut brings what reading the whole document would, less what the last document had byte for byte."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.dedupe.link import of_address
from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document
from monitor.parse import cut, parse
from tests.shared_data import shared
from tests.unit.parse.builders import NOW, URL, atom, read, rss
from tests.unit.parse.documents import ITEM, Drawn, documents


def poll(body: bytes, last: bytes | None = None, url: str = URL) -> ParsedFeed:
    """Read a document after another one, and check it against reading it whole."""
    document = Document(url, body, "application/xml")
    parsed, whole = parse(document, NOW, last), parse(document, NOW)
    assert isinstance(parsed, ParsedFeed)
    assert isinstance(whole, ParsedFeed)
    assert parsed.total == len(whole.entries)
    rest = iter(whole.entries)
    assert all(entry in rest for entry in parsed.entries), "in the order of the document"
    assert replace(parsed, entries=(), unchanged=0, record=None) == replace(whole, entries=(), record=None)
    return parsed


def after(before: bytes, body: bytes) -> ParsedFeed:
    """Read a document after another one; what was cut away must be what the other one had."""
    first = poll(before)
    parsed = poll(body, first.record)
    assert {*read(body).entries} - {*parsed.entries} <= {*first.entries}
    return parsed


def items(*numbers: int) -> list[str]:
    """Return items that have nothing in common."""
    return [f"<title>News {n}</title><link>/story-{n}</link><guid>g-{n}</guid>" for n in numbers]


def titles(parsed: ParsedFeed) -> list[str]:
    """Return the titles of the entries."""
    return [entry.words.title for entry in parsed.entries]


def test_only_new_items_are_read() -> None:
    """Proves that of a document with a new item and a changed one these two are the entries."""
    before = rss(*items(1, 2, 3), channel="<title>T</title><pubDate>Mon</pubDate>")
    changed = "<title>News 2, retold</title><link>/story-2</link><guid>g-2</guid>"
    body = rss(*items(4, 1), changed, *items(3), channel="<title>T</title><pubDate>Tue</pubDate>")
    parsed = after(before, body)
    assert (titles(parsed), parsed.unchanged) == (["News 4", "News 2, retold"], 2)


def test_a_document_without_news_brings_none() -> None:
    """Proves that where all items are known there are no entries, and that the feed's own words stay."""
    parsed = after(
        rss(*items(1, 2), channel="<title>A</title>"), rss(*items(2, 1), channel="<title>B</title>")
    )
    assert (parsed.entries, parsed.unchanged, parsed.title) == ((), 2, "B")


def test_records_follow_each_other() -> None:
    """Proves that the record of a cut document cuts the next one as that of a whole document does."""
    record = poll(rss(*items(1, 2, 3))).record
    for number in range(4, 9):
        parsed = poll(rss(*items(number, number - 1, number - 2)), record)
        assert titles(parsed) == [f"News {number}"]
        record = parsed.record
    assert record == poll(rss(*items(8, 7, 6))).record


def test_items_that_say_nothing_are_counted_as_in_the_whole() -> None:
    """Proves that silent items are neither entries nor unchanged, and that the sentence on them stays."""
    silent = "<category>x</category>"
    parsed = after(rss(silent, *items(1)), rss(silent, *items(2), "<author>y</author>", *items(1)))
    assert (titles(parsed), parsed.unchanged) == (["News 2"], 1)
    assert parsed.problems == ("2 of 4 items have neither guid, link, title nor text: left out.",)


@pytest.mark.parametrize(
    "shared_by",
    [
        "<title>Other</title><link>/new</link><guid>g-1</guid>",
        "<title>Other</title><link>/story-1?from=rss</link><guid>g-9</guid>",
        "<title>Other</title><link>http://www.gazette.example/Story-1/#top</link>",
    ],
    ids=["guid", "page", "page-without-guid"],
)
def test_the_whole_is_read_where_a_new_item_shares_its_identity(shared_by: str) -> None:
    """Proves that an item which could be taken for an unchanged one is judged beside it (FAILURES 20, 21)."""
    assert after(rss(*items(1, 2)), rss(shared_by, *items(1, 2))).unchanged == 0


def test_the_same_guid_for_all_items_keeps_all() -> None:
    """Proves that where all items have one guid a new one comes with all of them (FAILURES 18)."""
    same = [f"<title>News {n}</title><link>/{n}</link><guid>same</guid>" for n in range(4)]
    parsed = after(rss(*same[1:]), rss(*same))
    assert (titles(parsed), parsed.unchanged) == (["News 0", "News 1", "News 2", "News 3"], 0)
    assert after(rss(*same), rss(*same[::-1])).unchanged == 4


def test_the_same_link_for_all_items_keeps_all() -> None:
    """Proves that where all items have one link and no guid a new one comes with all (FAILURES 21)."""
    same = [f"<title>News {n}</title><link>http://a.example/</link>" for n in range(4)]
    assert len(after(rss(*same[1:]), rss(*same)).entries) == 4


def test_items_without_guid_and_link_are_told_apart_by_title() -> None:
    """Proves that a title alone identifies: a new one is cut out, a known one is not."""
    one, two, two_again = ("<title>One</title>", "<title>Two</title>", "<title>TWO!</title>")
    assert titles(after(rss(one), rss(two, one))) == ["Two"]
    assert titles(after(rss(two), rss(two_again, two))) == ["TWO!", "Two"]


def test_an_address_that_an_item_left_is_remembered() -> None:
    """Proves that a new item at the address that a known one had before is judged beside that one."""
    moved = "<title>News 1</title><link>/story-1b</link><guid>g-1</guid>"
    first = poll(rss(*items(1, 2)))
    second = poll(rss(moved, *items(2)), first.record)
    assert titles(second) == ["News 1"]
    taken = "<title>Something else</title><link>/story-1</link><guid>g-3</guid>"
    assert poll(rss(taken, moved, *items(2)), second.record).unchanged == 0


def test_a_copy_that_comes_back_brings_the_same_entries() -> None:
    """Proves that between two copies of a document in turn entries are the same each time (FAILURES 23)."""
    old, new = rss(*items(1, 2, 3)), rss(*items(4, 1, 2))
    record, brought = poll(old).record, []
    for body in (new, old, new, old):
        parsed = poll(body, record)
        record = parsed.record
        brought.append(titles(parsed))
    assert brought == [["News 4"], ["News 3"], ["News 4"], ["News 3"]]


CHANGED = [
    (rss(*items(1), attributes='xml:lang="pl"'), "the language of the root"),
    (rss(*items(1), channel="<title>Gazette</title><language>pl</language>"), "the language"),
    (rss(*items(1), attributes='xmlns:y="urn:y"'), "a namespace"),
    (rss(*items(1), attributes='xml:base="http://b.example/"'), "the base"),
    (b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(*items(1)), "entities"),
    (rss(*items(1)).replace(b"</item>", b"<x/></item>"), "the item"),
    (rss(*items(1)).replace(b'version="2.0"', b'version="0.92"'), "the version"),
    (rss(*items(1)).replace(b"</rss>", b""), "the end"),
]


@pytest.mark.parametrize("body", [body for body, _ in CHANGED], ids=[what for _, what in CHANGED])
def test_the_whole_is_read_where_the_envelope_changed(body: bytes) -> None:
    """Proves that a document in which items may mean something else is not cut."""
    assert poll(body, poll(rss(*items(1))).record).unchanged == 0


def test_the_whole_is_read_at_another_address() -> None:
    """Proves that a feed that moved is read whole: its relative links lead elsewhere."""
    body, record = rss(*items(1)), poll(rss(*items(1))).record
    assert poll(body, record, "https://other.example/feed").entries[0].link == "https://other.example/story-1"


def test_another_encoding_of_the_same_text_is_no_news() -> None:
    """Proves that items are compared as text: one and the same in UTF-8, UTF-16 and windows-1251."""
    plain = rss(*items(1), "<title>Київ</title><guid>k</guid>").decode()
    as_utf16 = f'<?xml version="1.0" encoding="utf-16"?>{plain}'.encode("utf-16")
    as_1251 = f'<?xml version="1.0" encoding="windows-1251"?>{plain}'.encode("windows-1251")
    for before, body in ((as_1251, as_utf16), (as_utf16, as_1251)):
        assert after(before, body).unchanged == 2


def test_bytes_of_another_encoding_are_news() -> None:
    """Proves that the same bytes under another declaration are other text."""
    plain = rss("<title>Київ</title><guid>k</guid>").decode().encode("windows-1251")
    declared = [f'<?xml version="1.0" encoding="{name}"?>'.encode() for name in ("windows-1251", "koi8-r")]
    assert after(declared[0] + plain, declared[1] + plain).unchanged == 0


UNCERTAIN = [
    rss(*items(1), "<title>a</title><item><title>nested</title></item>"),
    rss(*items(1)).replace(b"<item>", b"<x:item xmlns:x=''>").replace(b"</item>", b"</x:item>"),
    atom("<title>A</title>").replace(b"entry>", b"a:entry>").replace(b" xmlns=", b" xmlns:a="),
    rss(*items(1, 2)).replace(b"</item>", b"</item><title>between</title>", 1),
    rss(*items(1)).replace(b"</channel>", b"<title>after</title></channel>"),
    rss(*items(1)).replace(b"<item>", b'<item xmlns:y="urn:y">'),
    rss(*items(1), "<title>never closed<![CDATA["),
    rss(*items(1)) + b"<!-- never closed",
    rss("<title>a</title><x:media xmlns:x='http://search.yahoo.com/mrss/'/>", *items(1)),
    rss(*items(*range(cut.MOST + 1))),
]


@pytest.mark.parametrize("body", UNCERTAIN, ids=range(len(UNCERTAIN)))
def test_no_record_is_kept_where_items_are_not_certain(body: bytes) -> None:
    """Proves that nested, prefixed, unended, interdependent and far too many items are never cut by."""
    assert poll(body).record is None


def test_comments_and_cdata_hide_items() -> None:
    """Proves that what looks like an item inside a comment or CDATA is none, and parts no item."""
    hidden = "<title><![CDATA[a</item><item>b]]></title><!-- </item><item> --><guid>h</guid>"
    parsed = after(rss(*items(1)), rss(hidden, *items(1)))
    assert (titles(parsed), parsed.unchanged) == (["ab"], 1)


@pytest.mark.parametrize("broken", ["<title>a &nbsp; b</title>", "<title>\x03</title>"])
def test_a_broken_new_item_has_the_whole_read(broken: str) -> None:
    """Proves that one bad item makes the document be read as any broken one is (FAILURES 43)."""
    parsed = poll(rss(broken, *items(1, 2)), poll(rss(*items(1, 2))).record)
    assert (parsed.unchanged, parsed.record) == (0, None)
    assert parsed.entries == read(rss(broken, *items(1, 2))).entries != ()


@pytest.mark.parametrize("damage", [b"", b"\0", b"\1", b"\1" * 20, b"\2" * 100])
def test_a_record_that_is_none_cuts_nothing(damage: bytes) -> None:
    """Proves that whatever stands in a feed's record, the worst is that the document is read whole."""
    assert poll(rss(*items(1, 2)), damage).unchanged == 0
    record = poll(rss(*items(1, 2))).record or b""
    assert poll(rss(*items(1, 2)), record[:-1]).unchanged == 0


def test_a_record_is_small() -> None:
    """Proves that a record takes sixteen bytes an item, and does not grow for ever as items change."""
    assert len(poll(rss(*items(*range(30)))).record or b"") == 9 + 30 * 16
    record = None
    for turn in range(700):
        item = f"<title>Live</title><link>/live-{turn}</link><guid>live</guid>"
        record = poll_quickly(rss(item), record)
    assert len(record or b"") <= 9 + 501 * 16


def poll_quickly(body: bytes, last: bytes | None) -> bytes | None:
    """Return the record of a document after another one."""
    parsed = parse(Document(URL, body), NOW, last)
    assert isinstance(parsed, ParsedFeed)
    return parsed.record


_PAIRS = st.lists(ITEM, min_size=1, max_size=5)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), _PAIRS, st.permutations(range(8)), st.booleans(), documents())
@example(Drawn("rss", ("<title>a</title><guid>1</guid>",)), ["<b"], range(8), True, Drawn("rss", ()))
def test_the_cut_is_the_whole(
    before: Drawn, new: list[str], order: list[int], same: bool, other: Drawn
) -> None:
    """Proves cut = whole over encodings, namespaces, bases, CDATA, comments, entities, nesting and breaks."""
    pool = [*before.items, *new]
    chosen = tuple(pool[index] for index in order if index < len(pool))
    body = replace(before if same else replace(other, format=before.format), items=chosen).body
    first = parse(Document(URL, before.body, "application/xml"), NOW)
    second = parse(Document(URL, body, "application/xml"), NOW)
    if isinstance(first, ParsedFeed) and isinstance(second, ParsedFeed):
        assert poll(before.body, first.record).unchanged in {0, len(first.entries)}
        after(before.body, body)


_ADDRESSES = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(("http", "https", "HTTP")),
    st.sampled_from(("a.example", "www.a.example", "a.example:80", "m.a.example")),
    st.sampled_from(
        (
            "",
            "/",
            "/a",
            "/a/",
            "//a//",
            "/%61",
            "/a;s=1",
            "/./a",
            "/b/../a",
            "/ą",
            "/%C4%85",
            "/a/;",
            "/A",
            "/b",
            "/a/amp",
            "/a.amp.html",
            "/a.html",
            "/b/index.html",
            "/go/https://m.a.example/a?id=1",
            "/ferry-sails-at-last",
            "/amp/Ferry-sails-at-last",
        )
    ),
    st.sampled_from(
        (
            "",
            "?",
            "?id=1",
            "?ID=1",
            "?id=1&utm_source=x",
            "?utm_id=2&id=1",
            "?id=%31",
            "?id=a+b&id=a%20b",
            "?s=1&edition=us",
            "?url=http%3A%2F%2Fa.example%2Fb",
            "?x=1&y=2",
            "?y=2&x=1",
        )
    ),
    st.sampled_from(("", "#", "#top", "#?id=1")),
)


@settings(max_examples=500)
@given(_ADDRESSES, _ADDRESSES)
def test_equal_identities_are_one_page(one: str, other: str) -> None:
    """Proves that two addresses by which one item would be known are never told apart by the cut."""
    if of_address(one) == of_address(other):
        assert cut.page(one) == cut.page(other)


def test_the_addresses_of_one_article_are_one_page() -> None:
    """Proves it over other people's test vectors and real addresses, each cleaned and as it was."""
    listed = shared("urls", "vectors.jsonl").read_text("utf-8")
    found = {word.strip('",[]{}') for word in listed.split() if word.startswith(('"http', '["http'))}
    pages: dict[str, set[str]] = {}
    for address in found:
        if address.count("/") > 2:
            pages.setdefault(of_address(address), set()).add(cut.page(address))
    assert len(pages) > 50
    assert not [key for key, forms in pages.items() if len(forms) > 1 and "/" in key]
