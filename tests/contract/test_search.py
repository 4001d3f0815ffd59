"""Search finds exactly what a topic with the same query would be tagged with, on every database."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.model.entries import Entry, Words
from monitor.model.topics import And, Not, Or, Query, Term
from monitor.parse.text import tidy
from monitor.store import Store, corpus, stories
from monitor.store.stories import Wanted
from monitor.tag import matches, parse_query
from monitor.words import folded
from tests.builders import NOW, entry, seed
from tests.polls import everything, poll, undone, untagged

VOCABULARY = (
    *("ferry", "Ferry", "FERRIES", "of", "and", "or", "not", "near", "2026", "F-16", "don't", "a_b", "x"),
    *("Київ", "київ", "Їжак", "об'єкт", "об’єкт", "ПОРОМ", "й", "Łódź", "lodz", "Straße", "STRASSE"),
    *(
        "naïve",
        "cafe\u0301",
        "Ελλάδα",
        "१२",
        "東京",
        "ｗｉｄｅ",
        "مرفأ",
        "🚢",
        '"',
        "'",
        "*",
        ":",
        "(",
        "&",
        "|",
    ),
    *("!", "\\", "%", "<->", "-", "^", "ß", "ﬁsh", "№5", "x²", "ⅷ", "ǆ", "İstanbul", "ı"),
)

TEXTS = st.lists(st.sampled_from(VOCABULARY) | st.text(max_size=4), max_size=12).map(" ".join).map(tidy)
STORIES = st.lists(st.builds(Words, TEXTS, TEXTS, TEXTS), min_size=1, max_size=4)
PHRASES = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3).map(" ".join).filter(folded)
TERMS = st.lists(PHRASES, min_size=1, max_size=2).map(
    lambda said: Term(said[0], tuple(dict.fromkeys(folded(spelling) for spelling in said)))
)
QUERIES: st.SearchStrategy[Query] = st.recursive(
    TERMS,
    lambda parts: (
        parts.map(Not)
        | st.lists(parts, min_size=1, max_size=3).map(lambda many: And(tuple(many)))
        | st.lists(parts, min_size=1, max_size=3).map(lambda many: Or(tuple(many)))
    ),
    max_leaves=6,
)

some = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def found(store: Store, query: Query, *said: Words) -> list[Words]:
    """Return the wordings of stories with these words that a search finds, in their order."""
    with undone(store) as lane:
        poll(lane, *(Entry(words, guid=f"{n}") for n, words in enumerate(said)))
        return [story.words for story in stories.every(lane, Wanted(matching=store.containing(query)))]


@some
@given(QUERIES, STORIES)
@example(And((Term("a", (("a",),)), Not(Term("b", (("b",),))))), [Words("a"), Words("b", "a")])
@example(Term("a b", (("a", "b"),)), [Words("a", "b"), Words("", "a b"), Words("c a b c")])
def test_search_and_tagging_agree(store: Store, query: Query, said: list[Words]) -> None:
    """A story is found exactly when its words match the query, whatever the script and the signs."""
    said = [Words(f"{n} {words.title}", words.summary, words.text) for n, words in enumerate(said)]
    assert found(store, query, *said) == [words for words in said if matches(query, words)]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("ferry", [0, 2]),
        ("FERRY київ", [0, 2]),
        ('"ferry to kyiv"', [2]),
        ("ferry NOT kyiv", []),
        ("(lodz OR kyiv) NOT ferry", [1]),
        ("kiev", [0, 2]),
    ],
)
def test_a_written_query_finds_stories(store: Store, query: str, numbers: list[int]) -> None:
    """A query as a person writes it, with aliases, finds the stories it says."""
    said = (Words("Ferry", "Київ"), Words("Łódź"), Words("News", text="The ferry to Kyiv"))
    parsed = parse_query(query, {"kyiv": ("Kyiv", "Kiev", "Київ")})
    assert found(store, parsed, *said) == [said[n] for n in numbers]


HARBOUR = entry(
    "Ferry resumes after storm",
    text="The harbour of Kyiv opens, and a boat sails.",
    guid="0",
    link="https://harbour.example/0",
    language="en-GB",
    author="Ann Port",
    published=NOW,
)
DAILY = entry(
    "Harbour talks",
    summary="Ferry waits.",
    text="東京都 votes on storms.",
    guid="1",
    link="https://news.daily.example/1",
    language="uk",
    published=NOW - timedelta(days=1),
)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("title:ferry", [0]),
        ("text:ferry", [1]),
        ("text:(boat OR waits)", [0, 1]),
        ("title:harbour NOT text:harbour", [1]),
        ("storm*", [0, 1]),
        ("title:stor*", [0]),
        ("京", [1]),
        ("東京 votes", [1]),
        ('"storm ferry"~2', [0]),
        ('"storm ferry"~1', []),
        ("harbour NEAR/2 opens", [0]),
        ("harbour NEAR/1 opens", []),
        ('"ferry resumes" NEAR storm', [0]),
        ("ferry NEAR boat", []),
        ("title:harbour NEAR/1 talk*", [1]),
        ("東京 NEAR/3 votes", [1]),
        ("ferry NOT (harbour NEAR/3 opens)", [1]),
    ],
)
def test_every_way_to_ask_for_words_is_searched_and_tagged(
    store: Store, query: str, numbers: list[int]
) -> None:
    """Fields, beginnings of words, letters of scripts without blanks and nearness, as the guide says."""
    parsed, items = parse_query(query), (HARBOUR, DAILY)
    assert found(store, parsed, *(one.words for one in items)) == [items[n].words for n in numbers]
    assert [n for n, one in enumerate(items) if matches(parsed, one.words)] == numbers


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("source:harbour", [0, 1]),
        ("source:daily OR author:ann", [0]),
        ("site:daily.example", [1]),
        ("site:harbour.example NOT boat", []),
        ("lang:en", [0]),
        ("ferry NOT lang:(en OR de)", [1]),
        ('author:"ann port"', [0]),
        ("tag:peace-talks", []),
        (f"ferry before:{NOW:%Y-%m-%dT%H:%M}", [1]),
        (f"ferry after:{NOW:%Y-%m-%dT%H:%M}", [0]),
        (f"ferry since:{NOW:%Y-%m-%dT%H:%M}", [0, 1]),
        ("sources:>=1", [0, 1]),
        ("sources:>=9", []),
    ],
)
def test_every_fact_is_searched(store: Store, query: str, numbers: list[int]) -> None:
    """Who carries a story, where and when: what is stored beside its words, as the guide says."""
    with undone(store) as lane:
        poll(lane, HARBOUR, DAILY)
        wanted = Wanted(matching=store.containing(parse_query(query)))
        titles = {story.words.title for story in stories.every(lane, wanted)}
    assert titles == {(HARBOUR, DAILY)[n].words.title for n in numbers}


@pytest.mark.parametrize(
    "query",
    [
        "(ferry AND (none OR " * 10 + "ferry" + "))" * 10,
        "((" * 10 + "ferry" + " OR none) AND ferry)" * 10,
        "(ferry NOT (none OR " * 6 + "NOT ferry AND ferry" + "))" * 6,
        "ferry" + " NOT none" * 499,
        "ferry" + " OR none" * 499,
    ],
    ids=["deep-right", "deep-left", "deep-not", "wide-not", "wide-or"],
)
def test_the_largest_queries_are_answered(store: Store, query: str) -> None:
    """What is as deep or as wide as a query may be is still no deeper than a search index reads."""
    parsed = parse_query(query)
    said = [words for words in (Words("Ferry"), Words("Bakery")) if matches(parsed, words)]
    assert found(store, parsed, Words("Ferry"), Words("Bakery")) == said


def test_a_story_is_found_by_its_present_words(store: Store) -> None:
    """A revision is found by the new words and no longer by the old ones; words that return count again."""
    ferry, boat = entry("Ferry sails", guid="1"), entry("Boat sails", guid="1")
    old, new = (store.containing(parse_query(word)) for word in ("ferry", "boat"))
    with undone(store) as lane:
        for item, counts in ((ferry, [1, 0]), (boat, [0, 1]), (ferry, [1, 0])):
            poll(lane, item)
            assert [stories.count(lane, Wanted(matching=one)) for one in (old, new)] == counts


def test_seeds_are_found_too(store: Store) -> None:
    """A seed is found by its words, before and after they change."""
    with undone(store) as lane:
        for text, word in (("The ferry sails.", "ferry"), ("The boat sails.", "boat")):
            corpus.put_seed(lane, seed(title="Seed", text=text), untagged, NOW)
            wanted = Wanted(matching=store.containing(parse_query(word)))
            assert [story.seed for story in stories.every(lane, wanted)] == [True]


def test_a_monstrous_item_costs_nobody_else(store: Store) -> None:
    """A text of megabytes, and a word as long as a book, are stored and found by how they begin."""
    end = "ї" * 90
    many = " ".join(f"слово{n:05}{end}" for n in range(12_000))
    query = f'"слово00000{end} слово00001{end}"'
    with undone(store) as lane:
        poll(lane, entry("Ferry one", guid="1", text=many), entry("Ferry two", guid="2", text="ж" * 99_999))
        assert len(everything(lane)) == 2
        wanted = Wanted(matching=store.containing(parse_query(query)))
        assert [story.words.title for story in stories.every(lane, wanted)] == ["Ferry one"]
        assert stories.count(lane, Wanted(matching=store.containing(parse_query("ferry")))) == 2
        assert stories.count(lane, Wanted(matching=store.containing(parse_query("ж" * 99_999)))) == 1
