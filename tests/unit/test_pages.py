"""Which page an address is of, whatever wraps it and in whatever form it is served."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.dedupe.link import canonical
from monitor.pages import identifies, is_telling, plain_path, unwrapped

PAGE = "https://harbour.example/news/ferry"

WRAPPED = (
    "https://archive.is/o/AbC1/https://harbour.example/news/ferry",
    "https://archive.ph/newest/https://harbour.example/news/ferry",
    "https://archive.today/20260301/https://harbour.example/news/ferry",
    "https://web.archive.org/web/20260301000000/https://harbour.example/news/ferry",
    "https://web.archive.org/web/20260301000000/https:/harbour.example/news/ferry",
    "https://web.archive.org/web/20260301id_/harbour.example/news/ferry",
    "https://reader.example/https%3A%2F%2Fharbour.example%2Fnews%2Fferry",
    "https://href.example/?https://harbour.example/news/ferry",
    "https://www.google.com/url?q=https://harbour.example/news/ferry&sa=D",
    "https://www.google.com/url?rct=j&amp;url=https%3A%2F%2Fharbour.example%2Fnews%2Fferry&amp;ct=ga",
    "https://news.google.com/news/url?sa=t&url=https://harbour.example/news/ferry",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fharbour.example%2Fnews%2Fferry&h=AT0",
    "https://t.umblr.com/redirect?z=https%3A%2F%2Fharbour.example%2Fnews%2Fferry&t=abc",
    "https://www.google.co.uk/amp/s/harbour.example/news/ferry",
    "https://harbour-example.cdn.ampproject.org/c/s/harbour.example/news/ferry",
    "https://archive.is/o/AbC1/https://www.google.com/url?q=https://harbour.example/news/ferry",
)


@pytest.mark.parametrize("url", WRAPPED)
def test_a_wrapped_page_is_the_page(url: str) -> None:
    """Archives, readers, caches and redirectors that carry a page's address lead to it."""
    assert unwrapped(url) == PAGE


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        "https://archive.is/AbC1",
        "https://web.archive.org/web/2013/https://harbour.example/",
        "https://harbour.example/login?next=/news/ferry",
        "https://harbour.example/ferry-sails-again-at-last?url=https://courier.example/a",
        "https://harbour.example/news?about=https://courier.example/a",
        "https://harbour.example/go?url=https://courier.example/",
        "https://harbour.example/share?u=//courier.example/a",
        "https://[harbour/?url=https://courier.example/a",
    ],
)
def test_what_wraps_no_page_stays(url: str) -> None:
    """An address that names no other page, or names one beside its own, is itself."""
    assert unwrapped(url) == url


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/news/ferry/amp", "/news/ferry"),
        ("/news/ferry/amp/", "/news/ferry"),
        ("/amp/news/ferry", "/news/ferry"),
        ("/news/ferry.amp.html", "/news/ferry.html"),
        ("/news/ferry.amp", "/news/ferry"),
        ("/news/index.html", "/news"),
        ("/news/index.amp.html", "/news"),
        ("/Default.aspx", ""),
        ("/news/ampere", "/news/ampere"),
        ("/news/camp", "/news/camp"),
        ("/news/index.html/ferry", "/news/index.html/ferry"),
        ("/news/index", "/news/index"),
    ],
)
def test_forms_of_a_path(path: str, plain: str) -> None:
    """AMP and a folder's index page are forms of a page; words that contain them are not."""
    assert plain_path(path) == plain


@given(st.lists(st.sampled_from(["/amp", ".amp", ".html", "/index.html", "/a", "/", "/index"]), max_size=6))
def test_a_plain_path_is_plain(parts: list[str]) -> None:
    """Making the key of an address a second time changes nothing, whatever its path is made of."""
    key = canonical(f"https://harbour.example/{''.join(parts)}")
    assert canonical(f"https://{key}") == key


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("ferry-sails-again-at-last", True),
        (
            "%D0%BF%D0%B0%D1%80%D0%BE%D0%BC-%D1%81%D0%BD%D0%BE%D0%B2%D0%B0-%D0%B2-%D0%BC%D0%BE%D1%80%D1%96",
            True,
        ),
        ("1dcbc720-268d-4219-a08b-0be59968537a", True),
        ("a-75294963", True),
        ("c931qx3lepro", True),
        ("press-releases", False),
        ("article.php", False),
        ("20260301", False),
        ("2026", False),
        ("sports2026", False),
        ("", False),
    ],
)
def test_what_names_an_article(step: str, told: bool) -> None:
    """A headline, a number or a code names one article; a section, a script or a date does not."""
    assert is_telling(step) is told


@pytest.mark.parametrize(
    ("step", "name", "value", "counts"),
    [
        ("ferry-sails-again-at-last", "edition", "us", False),
        ("ferry-sails-again-at-last", "mod", "rss-front-page-top-news", False),
        ("ferry-sails-again-at-last", "objectid", "7", True),
        ("ferry-sails-again-at-last", "lang", "uk", True),
        ("ferry-sails-again-at-last", "x", "123456", True),
        ("watch", "edition", "us", True),
        ("article.cfm", "x", "7", True),
    ],
)
def test_when_a_parameter_tells_pages_apart(step: str, name: str, value: str, counts: bool) -> None:
    """Beside a path that names an article only what names something too counts; else everything does."""
    assert identifies(step, name, value) is counts
