"""Addresses of one page have one key, addresses of different pages have different ones."""

import gzip
import json
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.dedupe.link import canonical, key, names_an_item, of_address
from monitor.words import FoldedWords
from tests.builders import entry
from tests.shared_data import shared

PAGE = "https://harbour.example/news/ferry?id=7"

SAME = (
    "http://harbour.example/news/ferry?id=7",
    "HTTPS://WWW.Harbour.Example/news/ferry?id=7",
    "https://m.harbour.example/news/ferry?id=7",
    "https://amp.harbour.example/news/ferry/?id=7&amp=1",
    "https://harbour.example:443/news/ferry?id=7",
    "https://harbour.example./news//ferry/?id=7",
    "https://harbour.example/news/ferry?id=7#comments",
    "https://harbour.example/news/ferry?utm_source=rss&id=7&utm_medium=feed",
    "https://harbour.example/news/ferry?id=7&fbclid=x&at_medium=RSS&ref=front&maca=en-rss",
    "https://harbour.example/news/ferry?UTM_SOURCE=rss&id=7&",
    "https://reader:secret@harbour.example/news/ferry?id=7",
)
DIFFERENT = (
    "https://harbour.example/news/ferry?id=8",
    "https://harbour.example/news/ferry",
    "https://harbour.example/news/Ferry?id=7",
    "https://harbour.example/news/ferry?ID=7",
    "https://harbour.example:8080/news/ferry?id=7",
    "https://sport.harbour.example/news/ferry?id=7",
    "https://harbour.example/news/ferry?id=7&v=2",
    "https://harbour.example/news/ferry?id=7&objectid=5",
    "https://harbour.example/news/ferry?id=7&sid=5",
    "https://harbour.example/news/ferry?id=7&cid=5",
    "https://harbour.example/news/ferry?id=7&gallery=5",
    "https://harbour.example/news/ferry?id=7&12345",
    "https://harbour.example/news/ferry/https://harbour.example/news?id=7",
)


@pytest.mark.parametrize("url", SAME)
def test_one_page(url: str) -> None:
    """Another way of writing an address has the same key."""
    assert canonical(url) == canonical(PAGE) == "harbour.example/news/ferry?id=7"


@pytest.mark.parametrize("url", DIFFERENT)
def test_another_page(url: str) -> None:
    """What may tell one page from another stays in the key."""
    assert canonical(url) != canonical(PAGE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://harbour.example/?1001", "https://harbour.example/?1002"),
        ("https://harbour.example/a?q=%CF%F0", "https://harbour.example/a?q=%CF%F1"),
        ("https://m.example/a", "https://m.example/b"),
    ],
)
def test_short_and_foreign_parameters_identify(one: str, other: str) -> None:
    """A parameter without a name, and one in an old encoding, tell pages apart."""
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.harbour.example/a", "harbour.example"),
        ("https://www2.harbour.example/a", "harbour.example"),
        ("https://en.m.harbour.example/a", "en.harbour.example"),
        ("https://www.hb.example/a", "hb.example"),
        ("https://m.hb.ua/a", "hb.ua"),
        ("https://amp.com.au/a", "amp.com.au"),
        ("https://www.amp.com.au/a", "amp.com.au"),
        ("https://m.example/a", "m.example"),
        ("https://localhost/a", "localhost"),
    ],
)
def test_a_host_in_another_form(url: str, host: str) -> None:
    """What says only how pages are served is no part of a host; what is a name of its own stays."""
    assert canonical(url) == f"{host}/a"


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("https://app.example/#!/story/12", "app.example#!/story/12"),
        ("https://app.example/#/story/12", "app.example#/story/12"),
        ("https://app.example/news/?a=1#!/story/12", "app.example/news?a=1#!/story/12"),
        ("https://app.example/news/#comments", "app.example/news"),
        ("https://app.example/news/#:~:text=ferry", "app.example/news"),
    ],
)
def test_a_route_is_an_address(url: str, value: str) -> None:
    """A fragment that is a page's route tells pages apart; one that is a place in a page does not."""
    assert canonical(url) == value
    assert names_an_item(value)


def test_percent_signs_do_not_count() -> None:
    """A letter and its percent encoding are the same, in a path and in a host's name."""
    assert canonical("https://порт.example/паром") == canonical(
        f"https://xn--n1abei.example/{quote('паром')}"
    )


@pytest.mark.parametrize("url", ["", "http://[::1", "http://a:99999/", "mailto:desk@harbour.example", "a b"])
def test_what_is_no_address_has_a_key_of_its_own(url: str) -> None:
    """Whatever stands in a link, there is a key and no error."""
    assert isinstance(canonical(url), str)


def test_a_long_address_has_a_short_key() -> None:
    """An address as long as a page has a key that any index holds, and still differs from its neighbour."""
    one, other = (canonical(f"https://harbour.example/{'a' * 5000}{n}") for n in range(2))
    assert one != other
    assert len(one) < 100
    assert names_an_item(one)


HOSTS = st.sampled_from(["harbour.example", "www.harbour.example", "m.порт.example", "harbour.example:81"])
PARTS = st.text(alphabet="abЖ/?&=#;%.:+ ~é", max_size=30)


@given(HOSTS, PARTS)
@example("harbour.example", "//https://other.example//a")
@example("harbour.example", "?a=%&b")
def test_a_key_is_the_key_of_itself(host: str, rest: str) -> None:
    """Cleaning an address a second time changes nothing."""
    first = canonical(f"http://{host}/{rest}")
    assert canonical(f"http://{first}") == first


@given(HOSTS, PARTS, st.sampled_from(["utm_source=x", "fbclid=1", "ref=rss", "at_campaign=%D1"]))
def test_what_says_whence_never_counts(host: str, rest: str, parameter: str) -> None:
    """A tracking parameter added to any address leaves its key as it was."""
    bare = f"http://{host}/{rest.partition('#')[0].strip()}"
    joint = "&" if "?" in bare else "?"
    assert canonical(f"{bare}{joint}{parameter}") == canonical(bare)


@pytest.mark.parametrize(
    ("link_key", "is_one"),
    [("harbour.example", False), ("harbour.example?1001", True), ("harbour.example/a", True), ("", False)],
)
def test_a_home_page_is_no_item(link_key: str, is_one: bool) -> None:
    """Only an address with a path or a query is an item's."""
    assert names_an_item(link_key) is is_one


def test_an_archived_page_is_the_page() -> None:
    """The address of an archive's copy leads to the page, and in a feed is an item of its own."""
    page, archived = f"{PAGE}&utm_source=x", f"https://archive.example/web/2026/{PAGE}"
    made = [key(entry(link=url), FoldedWords(""), of_address(url)) for url in (page, archived)]
    assert made[0] == made[1]
    assert canonical(page) == canonical(archived)
    assert of_address(page) != of_address(archived)


def test_pairs_that_people_labelled() -> None:
    """At least 97 of 100 variants of one address have one key; no two articles of a site share one."""
    with gzip.open(shared("pairs", "url-variants.jsonl.gz"), "rt", encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines]
    same = [canonical(pair["a"]) == canonical(pair["b"]) for pair in pairs if pair["same"]]
    confused = [
        pair["id"]
        for pair in pairs
        if not pair["same"] and pair.get("kind") != "query" and canonical(pair["a"]) == canonical(pair["b"])
    ]
    assert len(same) > 1000
    assert sum(same) / len(same) > 0.97
    assert confused == []


NORMALISED = {"normalize_url", "canonicalize_url"}


def test_addresses_that_other_libraries_normalise() -> None:
    """What courlan and w3lib make of an address by default has the key of what it was made of."""
    lines = shared("urls", "vectors.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row.get("function") in NORMALISED and not row["kwargs"]]
    pairs = [(row["args"][0], row["expected"]) for row in rows if len(row["args"]) == 1]
    told = [(one, other) for one, other in pairs if isinstance(one, str) and one.startswith("http")]
    assert len(told) > 50
    assert [one for one, other in told if canonical(one) != canonical(other)] == []


def test_addresses_that_another_reader_cleans() -> None:
    """What miniflux takes out of an address does not count here either."""
    lines = shared("feeds", "conformance", "miniflux", "tracking-urls.jsonl").read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    assert len(cases) > 10
    for case in cases:
        if case["expected"]:
            assert canonical(case["input"]) == canonical(case["expected"]), case["name"]


@given(
    host=st.from_regex(r"(www\.|m\.)?[a-z0-9][a-z0-9-]{0,8}(\.[a-z]{1,3}){0,2}\.?", fullmatch=True),
    path=st.from_regex(r"[a-zA-Z0-9/._~-]{0,20}", fullmatch=True),
)
def test_a_plain_address_has_the_key_of_any_other(host: str, path: str) -> None:
    """Addresses in which nothing is to be put right get the key that the whole treatment gives them."""
    url = f"https://{host}/{path}"
    assert canonical(url) == canonical(f"{url}#whole")
