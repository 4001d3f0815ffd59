"""What a reader sees: subject, text, page and the bytes of the mail."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.digest.mail import mime
from monitor.digest.render import LARGEST, render
from monitor.digest.showing import bars
from monitor.model.digests import (
    Change,
    Digest,
    DigestPlan,
    Item,
    Message,
    Recipient,
    Report,
    Retold,
    Section,
    Troubles,
)
from monitor.model.views import FeedHealth
from tests.builders import feed_view

KYIV = ZoneInfo("Europe/Kyiv")
PERIOD = datetime(2026, 11, 18, 7, tzinfo=KYIV)
READER = Recipient("reader@example.org")
PLAN = DigestPlan("morning", "Morning", ("air", "grain"), "0 7 * * *", "Europe/Kyiv", (READER,))
ITEM = Item(
    story_id="s1",
    title="Three coastal states share radar pictures",
    url="https://harbour.example/1",
    lead="The ministers signed on Saturday.",
    source="The Harbour Post",
    published=PERIOD - timedelta(hours=1),
    first_seen=PERIOD,
    language="en",
    also_in=(("North Wire", "https://wire.example/2"), ("Our archive", None)),
    matched=("radar", "early warning"),
    also_topics=("Grain & ports",),
)


def digest(*items: Item, title: str = "Air defence", note: str = "", quiet: tuple[str, ...] = ()) -> Digest:
    """Return a digest of one topic, or of none without items."""
    sections = (Section("air", title, items),) if items else ()
    return Digest(PLAN, PERIOD, sections, quiet, note)


def message(
    one: Digest, recipient: Recipient = READER, public_url: str | None = "https://news.example/"
) -> Message:
    """Return the mail of a digest."""
    return render(
        one,
        recipient,
        sender="Monitor <monitor@example.org>",
        message_id="<abc@example.org>",
        date=datetime(2026, 11, 18, 5, 1, tzinfo=UTC),
        public_url=public_url,
    )


def parsed(data: bytes) -> EmailMessage:
    """Return a mail as Python's parser understands it."""
    mail = message_from_bytes(data, policy=modern)
    assert isinstance(mail, EmailMessage)
    return mail


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


TEXT = f"""\
Morning
=======
Wednesday, 18 November 2026, 07:00 (Europe/Kyiv)
1 new story on 1 topic

Note: One feed is silent.


Air defence (1)
---------------

1. Three coastal states share radar pictures
   The Harbour Post, 06:00
   The ministers signed on Saturday.
   https://harbour.example/1
   Also in:
   - North Wire: https://wire.example/2
   - Our archive
   Matched: “radar”, “early warning”
   Also under: Grain & ports


Nothing new on: Energy


--{" "}
Sent to reader@example.org, who is on the list of the digest “Morning”.
Open the news page: https://news.example/
"""


def test_the_text_can_be_read_by_itself() -> None:
    """The text part says all: what, where, when, who else, why, what is quiet and why it came."""
    assert message(digest(ITEM, note="One feed is silent.", quiet=("Energy",))).text == TEXT


def test_the_page_says_what_the_text_says() -> None:
    """Every word of the text that is not layout or an address stands in the page, too."""
    one = message(digest(ITEM, note="One feed is silent.", quiet=("Energy",)))
    page = _Page(one.html)
    missing = {word for word in re.findall(r"[\w“”]+(?=[\s,:])", one.text) if word not in page.words}
    assert missing <= {"Note", "https"}
    assert page.links == ["https://harbour.example/1", "https://wire.example/2", "https://news.example/"]


def test_the_page_is_fit_for_mail_readers() -> None:
    """Language, both colour schemes and inline styles are there; nothing is fetched from anywhere."""
    html = message(digest(ITEM)).html
    page = _Page(html)
    assert ("lang", "en") in page.attributes
    assert "prefers-color-scheme: dark" in html
    assert '<h1 class="name" dir="auto" style="' in html
    assert not {"img", "script", "link", "iframe", "object"} & set(page.tags)
    assert "url(" not in html


@pytest.mark.parametrize(
    ("items", "subject"),
    [
        ((), "Morning: nothing new"),
        ((ITEM,), "Morning: Three coastal states share radar pictures"),
        ((ITEM, ITEM, ITEM), "Morning: Three coastal states share radar pictures and 2 more"),
        ((replace(ITEM, title="It is over."), ITEM), "Morning: It is over and 1 more"),
        ((replace(ITEM, title="a\r\nBcc: x@example.org"),), "Morning: a Bcc: x@example.org"),
        ((replace(ITEM, title=""),), "Morning: (untitled)"),
        ((replace(ITEM, title="long " * 50),), f"Morning: {('long ' * 20).rstrip()}…"),
    ],
)
def test_the_subject_says_the_news(items: tuple[Item, ...], subject: str) -> None:
    """The first headline, on one line and of bearable length, and how many more there are."""
    one = message(digest(*items))
    assert one.subject == subject
    assert parsed(mime(one))["subject"] == subject


def test_an_empty_digest_says_so() -> None:
    """With nothing to tell, text and page say just that."""
    one = message(digest(quiet=("Air defence",)))
    assert "Nothing new since the last digest." in one.text
    assert "Nothing new since the last digest." in one.html


def test_a_digest_kept_for_the_page_names_no_reader() -> None:
    """Where nobody gets it by mail, the last line says so instead of naming an address."""
    assert "Nobody gets the digest “Morning” by mail" in message(digest(ITEM), Recipient("")).text


def test_times_are_the_readers() -> None:
    """A reader with a zone of their own reads all times on their own clock."""
    text = message(digest(ITEM), replace(READER, timezone="America/St_Johns")).text
    assert "Wednesday, 18 November 2026, 01:30 (America/St_Johns)" in text
    assert "The Harbour Post, 00:30" in text


@pytest.mark.parametrize(
    ("published", "told"),
    [
        (PERIOD - timedelta(days=1), "17 Nov, 07:00"),
        (PERIOD - timedelta(days=365), "18 Nov 2025, 07:00"),
        (None, "seen 07:00"),
    ],
)
def test_a_time_is_told_as_briefly_as_it_can_be(published: datetime | None, told: str) -> None:
    """Another day is named, another year, too; without a publisher's time we say when we saw it."""
    assert f"The Harbour Post, {told}\n" in message(digest(replace(ITEM, published=published))).text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " data:text/html,x", "//x.example", "http://[x", None]
)
def test_only_links_to_the_web_become_links(url: str | None) -> None:
    """An address that is not http or https, or is none at all, is not shown as a link."""
    one = message(digest(replace(ITEM, url=url, also_in=(("North Wire", url),))), public_url=None)
    assert not _Page(one.html).links
    assert "alert" not in one.text + one.html


def test_a_link_cannot_end_early() -> None:
    """Quotes, spaces and turns of direction in an address are written so that they stay in it."""
    one = message(digest(replace(ITEM, url='https://x.example/"><script> \u202e')), public_url=None)
    assert _Page(one.html).links[0] == "https://x.example/%22%3E%3Cscript%3E%20%E2%80%AE"
    assert "https://x.example/%22%3E%3Cscript%3E%20%E2%80%AE\n" in one.text


def test_publisher_text_is_shown_and_never_obeyed() -> None:
    """Markup in any field arrives as the characters it is made of."""
    bad = "<script>alert('&amp;')</script>"
    item = replace(
        ITEM, title=bad, lead=bad, source=bad, also_in=((bad, None),), matched=(bad,), language=bad
    )
    one = message(digest(item, title=bad, note=bad, quiet=(bad,)))
    page = _Page(one.html)
    assert "script" not in page.tags
    assert page.words.count(bad) == 8
    assert ("lang", bad) not in page.attributes


def big(count: int, size: int) -> Item:
    """Return an item as large as publishers can make it."""
    also_in = tuple((f"{n} " + "ж" * size, f"https://x.example/{n}/" + "y" * size) for n in range(count))
    words = tuple("ж" * size + str(n) for n in range(count))
    return replace(ITEM, title="ж" * size, lead="ж" * size, source="ж" * size, also_in=also_in, matched=words)


@pytest.mark.parametrize("topics", [1, 12, 1000])
@pytest.mark.parametrize(("stories", "size"), [(3, 5), (59, 5), (59, 5000)])
def test_a_page_stays_small_and_owns_up_to_what_it_leaves_out(topics: int, stories: int, size: int) -> None:
    """However much there is, the page is below the size that Gmail cuts, and no story goes unmentioned."""
    item = big(1 + size // 100, size)
    sections = tuple(Section(f"t{n}", f"Topic {n}", (item,) * stories) for n in range(topics))
    one = message(replace(digest(), sections=sections, quiet=("quiet",) * topics))
    assert len(one.html.encode()) < LARGEST
    numbered = len(re.findall(r"^\d+\. ", one.text, re.MULTILINE))
    brief = len(re.findall(r"^-(?: |$)", one.text, re.MULTILINE))
    hidden = sum(int(count) for count in re.findall(r"^… and (\d+) more: https://", one.text, re.MULTILINE))
    elsewhere = re.search(r"^… and [\d,]+ more topics with ([\d,]+) stories$", one.text, re.MULTILINE)
    told = numbered + brief + hidden
    assert told + (int(elsewhere[1].replace(",", "")) if elsewhere else 0) == topics * stories
    assert one.html.count("<h3") == numbered


def test_the_longest_names_do_not_make_a_page_too_large() -> None:
    """Topics without end, named in the characters that take most room in a page, still fit."""
    name = "&" * 500
    sections = tuple(Section(f"t{n}", name, (ITEM,) * 300) for n in range(500))
    worst = Digest(replace(PLAN, title=name), PERIOD, sections, (name,) * 500, name * 9)
    assert len(message(worst).html.encode()) < LARGEST


def test_a_bare_story_has_no_empty_lines() -> None:
    """Where there is no lead, link, other outlet or word to tell, nothing is said of them."""
    bare = replace(ITEM, url=None, lead="", also_in=(), matched=(), also_topics=())
    text = message(digest(bare)).text
    assert "1. Three coastal states share radar pictures\n   The Harbour Post, 06:00\n\n" in text


def test_an_event_lists_its_other_reports_and_leads_to_its_page() -> None:
    """A few are named with their outlets, the rest are counted; the numbers tell stories from events."""
    further = tuple(Report(f"Report {n}", f"https://r.example/{n}", "North Wire") for n in range(14))
    one = digest(replace(ITEM, further=further, event="e7", known=True), replace(ITEM, title="Other"))
    mail = message(one)
    for text in (mail.text, _Page(mail.html).words):
        assert "16 new stories of 2 events on 1 topic" in text
        assert "Report 11" in text
        assert "Report 12" not in text
        assert "and 2 more" in text
        assert text.count("New in an event that you were told of before") == 1
    for link in ("https://r.example/3", "https://news.example/events/e7"):
        assert link in mail.text
        assert link in _Page(mail.html).links
    assert mail.subject == "Morning: Three coastal states share radar pictures and 1 more"
    assert "/events/" not in message(one, public_url=None).text


def test_a_long_link_gets_a_line_of_its_own() -> None:
    """An outlet's link that would reach beyond the margin stands below its name."""
    link = "https://wire.example/" + "a" * 60
    text = message(digest(replace(ITEM, also_in=(("North Wire", link),)))).text
    assert f"\n   - North Wire:\n     {link}\n" in text


def test_the_headers_mark_an_automatic_mail_to_a_list() -> None:
    """List, automatic origin and bulk are declared in plain ASCII, whatever the digest is called."""
    plan = replace(PLAN, name="Ранок / weekly", title="Ранок")
    mail = mime(message(replace(digest(ITEM), plan=plan)))
    assert b"List-Id: <weekly.example.org>\r\n" in mail
    assert b"Auto-Submitted: auto-generated\r\n" in mail
    assert b"Precedence: bulk\r\n" in mail
    assert b"Message-ID: <abc@example.org>\r\n" in mail
    assert b"Date: Wed, 18 Nov 2026 05:01:00 +0000\r\n" in mail


LEAVE = "https://news.example/unsubscribe/abcdefghijklmnopqrstuv"


def with_token(public_url: str | None) -> bytes:
    """Return the mail of a reader whom links know."""
    made = render(
        digest(ITEM),
        READER,
        sender="Monitor <monitor@example.org>",
        message_id="<abc@example.org>",
        date=datetime(2026, 11, 18, 5, 1, tzinfo=UTC),
        public_url=public_url,
        token="abcdefghijklmnopqrstuv",
    )
    return mime(made)


def test_one_click_is_enough_to_unsubscribe() -> None:
    """RFC 8058: an address and a mail in List-Unsubscribe, the one click, and a link for people."""
    mail = parsed(with_token("https://news.example/"))
    to = "<mailto:monitor@example.org?subject=unsubscribe%20morning>"
    assert " ".join(mail["List-Unsubscribe"].split()) == f"<{LEAVE}>, {to}"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = mail.get_body(("plain",))
    assert body
    assert f"Unsubscribe: {LEAVE}" in body.get_content()


@pytest.mark.parametrize("public_url", [None, "http://news.example/"])
def test_one_click_needs_https(public_url: str | None) -> None:
    """RFC 8058 section 3.1; without a page of our own a mail to the sender asks."""
    mail = parsed(with_token(public_url))
    assert mail["List-Unsubscribe-Post"] is None
    assert "mailto:monitor@example.org" in mail["List-Unsubscribe"]
    assert ("http:" in mail["List-Unsubscribe"]) == bool(public_url)


@pytest.mark.parametrize("length", [10, 100, 900])
def test_an_address_in_a_header_is_never_encoded(length: int) -> None:
    """CPython issue 85725: a long address encoded by RFC 2047 is one that no mail program follows."""
    data = with_token(f"https://news.example/{'p' * length}")
    head = data.partition(b"\r\n\r\n")[0]
    assert b"=?" not in b"".join(
        line for line in head.splitlines(True) if b"nsubscribe" in line or line[:1] == b" "
    )
    assert f"<https://news.example/{'p' * length}/unsubscribe/".encode() in head
    assert max(map(len, head.split(b"\r\n"))) <= 998


any_text = st.text(st.characters(), max_size=60)


@settings(max_examples=40, deadline=None)
@given(title=any_text, lead=any_text, source=any_text, url=st.none() | any_text, name=any_text)
def test_whatever_comes_in_a_sound_mail_goes_out(
    title: str, lead: str, source: str, url: str | None, name: str
) -> None:
    """Any text in any field, surrogates and control characters too, gives a mail that parses."""
    item = replace(ITEM, title=title, lead=lead, source=source, url=url, also_in=((source, url),))
    plan = replace(PLAN, title=name)
    one = message(replace(digest(item, title=title, note=lead), plan=plan))
    mail = parsed(mime(one))
    assert [part.defects for part in mail.walk()] == [[], [], []]
    assert " ".join(mail["subject"].split()) == " ".join(one.subject.split())


@pytest.mark.parametrize(
    "headline", ["0𐀀 ¡ ¡", "x" * 70 + " y", "ministers " * 9 + "met", "as =?utf-8?q?a?= sign"]
)
def test_a_subject_arrives_as_it_was_written(headline: str) -> None:
    """Blanks between encoded words, long words and what looks encoded come through, on short lines."""
    one = message(replace(digest(ITEM), plan=replace(PLAN, title=headline)))
    data = mime(one)
    assert parsed(data)["subject"] == one.subject
    assert max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78


REST = """\
Air defence (18)
----------------
▁▃█  3 days
"""
RETOLD = """\
Since the last digest:
- Ferries sail (North Wire)
  The headline was “Ferries wait”
  Now also in: Harbour Post, Sun
  https://wire.example/9
"""


def test_what_is_told_in_brief() -> None:
    """After fifteen events a topic has lines; what changed, its volume and feeds in trouble are said, too."""
    items = tuple(replace(ITEM, title=f"Headline {n}") for n in range(18))
    change = Change(
        (("Ferries wait", "Ferries sail"),), (("Harbour Post", None), ("Sun", "https://s.example/"))
    )
    retold = Retold(Report("Ferries sail", "https://wire.example/9", "North Wire"), change)
    section = Section("air", "Air defence", items, (retold,) * 9, (0, 1, 4))
    bad = FeedHealth(feed_view("Quiet Gazette"), "stale", PERIOD - timedelta(days=3))
    worst = Troubles((bad, replace(bad, trouble="gone", since=None)), 12, 40)
    one = message(replace(digest(), sections=(section,), troubles=worst))
    page = _Page(one.html)
    for told in (REST, "\n- Headline 17 (The Harbour Post)\n  https://harbour.example/1\n", RETOLD):
        assert told in one.text
    assert "… and 1 more\n" in one.text
    assert one.html.count("<h3") == 15
    trouble = "Quiet Gazette (silent since 15 Nov, 07:00), Quiet Gazette (gone) and 10 more"
    for told in ("Headline 17", "The headline was “Ferries wait”", "▁▃█", "(12 of 40 feeds)", trouble):
        assert told in page.words
    assert trouble in " ".join(one.text.split())
    assert ("aria-label", "Stories a day: 0, 1, 4") in page.attributes
    assert "https://news.example/feeds" in page.links


def test_bars_show_what_is_there() -> None:
    """The most is as high as can be, one of a thousand is more than none, and without any all is flat."""
    assert bars((0, 1, 500, 1000)) == "▁▂▅█"
    assert bars((0, 0)) == "▁▁"


def test_what_changed_of_an_event_stands_with_its_new_story() -> None:
    """How told headlines read now, and who joined, are said under the headline of the new one."""
    change = Change((("Ferries wait", "Ferries sail"),), (("Sun", "https://s.example/"),))
    mail = message(digest(replace(ITEM, event="e7", known=True, change=change)))
    for told in (mail.text, _Page(mail.html).words):
        assert "“Ferries wait” now reads “Ferries sail”" in told
        assert "Now also in: Sun" in told


def test_however_many_topics_each_has_a_headline() -> None:
    """Sixty topics of five events each come down to a line each, and not to counts alone."""
    items = tuple(replace(ITEM, title=f"Headline {n}", lead="a lead " * 40) for n in range(5))
    sections = tuple(Section(f"t{n}", f"Topic {n}", items) for n in range(60))
    one = message(replace(digest(), sections=sections))
    assert len(one.html.encode()) < LARGEST
    assert one.text.count("Headline 0 (") + one.text.count("Headline 0\n") >= 60


def test_no_login_of_a_feed_is_told() -> None:
    """A feed without a title is named by its host: what stands in its address is nobody's business."""
    secret = replace(feed_view(""), title=None, url="https://me:geheim@paper.example/feed?token=abc")
    one = message(replace(digest(ITEM), troubles=Troubles((FeedHealth(secret, "gone"),), 1, 1)))
    for told in (one.text, one.html):
        assert "paper.example (gone)" in told
        assert "geheim" not in told
        assert "token" not in told
