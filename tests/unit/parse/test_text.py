"""Publishers' text made plain."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.parse.text import line, marked, plain, tidy, verbatim

PLAIN = [
    ("The <b>ferry</b> sails", "The ferry sails"),
    ("<p>One</p><p>Two</p>", "One\nTwo"),
    ("One<br>Two<br/>Three", "One\nTwo\nThree"),
    ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
    ("one\n  two\tthree", "one two three"),
    ("before<script>if (a < b) alert('</p>')</script>after", "beforeafter"),
    ("<style>p > b {}</style >text", "text"),
    ("text<script>never closed", "text"),
    ("<scripted>text</scripted>", "text"),
    ("R&amp;D &lt;b&gt; &#8220;q&#8221;", "R&D <b> “q”"),
    ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
    ("a < b and 3 <4", "a < b and 3 <4"),
    ("<a title='a > b' rel=\"x>y\">link</a>", "link"),
    ("<a title=it's>link</a> and more", "link and more"),
    ("cut in a <a href='http", "cut in a"),
    ("a<!-- <p>no</p> -->b<!-->c<!-- open", "abc"),
    ("a<?php echo ?>b<!DOCTYPE x>c", "abc"),
    ("<![CDATA[<p>wrapped twice</p>]]>", "wrapped twice"),
    ("wrapped &amp; cut]]>", "wrapped & cut"),
    ("&#" + "9" * 5000 + ";x", "x"),
    ("&#0;&#xD800;x", "\ufffd\ufffdx"),
    ("fish&nbsp;&amp;&nbsp;chips", "fish & chips"),
]

TIDY = [
    ("a  b\u00a0c\u2003d", "a b c d"),
    (" one \r\n\r\n two \u2028three ", "one\ntwo\nthree"),
    ("zero\u200bwidth, so\u00adft, \ufeffmark", "zerowidth, soft, mark"),
    ("turn\u202eed \u2066round\u2069", "turned round"),
    (
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ),
    ("nul\0 bell\x07 c1\x90 half\ud83d end\uffff", "nul bell c1 half end"),
    ("Kyiv\u0301", "Kyiv\u0301"),
    ("Lo\u0301dz", "Lódz"),
    ("a < b &amp; c", "a < b &amp; c"),
]


@pytest.mark.parametrize(("markup", "expected"), PLAIN)
def test_plain(markup: str, expected: str) -> None:
    """Proves that markup becomes what a reader would read, entities resolved once."""
    assert plain(markup) == expected


@pytest.mark.parametrize(("text", "expected"), TIDY)
def test_tidy(text: str, expected: str) -> None:
    """Proves that plain text is cleaned without its signs being taken for markup."""
    assert tidy(text) == expected


def test_line_and_verbatim() -> None:
    """Proves that a headline is one line, and that an identifier loses only what cannot be stored."""
    assert line("one\ntwo") == "one two"
    assert verbatim(" tag:a  b\0\udc80 ") == "tag:a  b"


@pytest.mark.parametrize("text", ["<b>x</b>", "<img src=x onerror=y>", "a<br>b", "<script>x"])
def test_marked(text: str) -> None:
    """Proves that a closing tag, an attribute or a void element shows text to be markup."""
    assert marked(text)


@pytest.mark.parametrize("text", ["a < b", "Vec<T> and <video>", "R&D", "x <- y -> z"])
def test_not_marked(text: str) -> None:
    """Proves that signs and names in angle brackets alone are not taken for markup."""
    assert not marked(text)


@settings(deadline=None)
@given(st.text() | st.text(alphabet="<>/!-[]='\"& \nabpscript;#x0\u0301\u200b\0\ud800"))
@example("\u0344\u200b\u0301")
def test_cleaning_is_clean_and_stable(text: str) -> None:
    """Proves that cleaning twice is cleaning once and that nothing unseen is left, for any characters."""
    for cleaned in (tidy(text), plain(text)):
        assert tidy(cleaned) == cleaned
        assert unicodedata.is_normalized("NFC", cleaned)
        assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in cleaned.replace("\n", ""))


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<a><b><i>", "<", "<a b='", "<!--", "<script>", "<![CDATA[", "&#", "<a =", " \n", "</p "],
)
def test_hostile_markup_of_a_megabyte_is_read(piece: str) -> None:
    """Proves that deep or broken markup is read in one pass: with a step back a run would not end."""
    assert len(plain(piece * (1_000_000 // len(piece)))) <= 1_000_000
