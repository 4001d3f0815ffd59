"""Matching queries against wordings: whole words, folded, within one field, with evidence."""

import pickle
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.model import And, Not, Or, Query, Span, Term, Topic, Words
from monitor.tag import Tagger, matches, parse_query
from monitor.words import folded

ALIASES = {"kyiv": ["Kyiv", "Kiev", "Київ"], "shield": ["air defence", "air defence system", "ППО"]}


@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("art", "Party in Kyiv", False),
        ("kyiv", "KYIV's mayor", True),
        ("lodz", "Łódź wins", True),
        ("Łódź", "LODZ wins", True),
        ("strasse", "Straße gesperrt", True),
        ("киев", "Ки\u0301ев", True),
        ("київ", "КИЇВ", True),
        ('"air defence"', "air-defence", True),
        ('"air defence"', "defence air", False),
        ('"air defence"', "air and defence", False),
        ('"air defence"', "airdefence", False),
        ("kiev", "Столиця Київ", True),
        ('"air-defence"', "ППО", True),
        ("defence", "ППО", False),
        ("x NOT y", "x", True),
        ("x NOT y", "x y", False),
        ("x AND (y OR z)", "z x", True),
        ("x AND (y OR z)", "x", False),
        ("x (NOT y OR z)", "x y z", True),
    ],
)
def test_a_query_matches_whole_folded_words(query: str, title: str, expected: bool) -> None:
    """Case, accents and hyphens never matter; word borders, order and operators do."""
    assert matches(parse_query(query, ALIASES), Words(title)) is expected


def test_terms_meet_across_fields_but_phrases_do_not() -> None:
    """An AND may be met by two fields; a phrase stands in one."""
    words = Words("joint air", "defence planned", "in Kyiv")
    assert matches(parse_query("air defence kyiv"), words)
    assert not matches(parse_query('"air defence"'), words)


def test_a_tag_carries_the_spans_that_earned_it() -> None:
    """Evidence is the term as written, the words as they stand, their field and offsets."""
    tagger = Tagger([Topic("sky", "Sky", 'kiev AND "air defence" NOT football')], ALIASES)
    words = Words("Київ asks", "More Air-Defence systems.", "For Kyiv.")
    (tag,) = tagger(words)
    assert (tag.topic, tag.score) == ("sky", 1.0)
    assert tag.evidence == (
        Span("kiev", "Київ", "title", 0, 4, "kyiv"),
        Span("air defence", "Air-Defence", "summary", 5, 16),
        Span("kiev", "Kyiv", "text", 4, 8, "kyiv"),
    )


def test_only_what_made_the_match_is_evidence() -> None:
    """A part that failed and an excluded word are no reason, though their words are there."""
    tagger = Tagger([Topic("t", "T", "(a AND b) OR (c AND NOT (d AND e)) OR NOT (NOT f)")], {})
    (tag,) = tagger(Words("a c d f"))
    assert [span.term for span in tag.evidence] == ["c", "f"]


def test_of_spellings_that_begin_together_the_longest_is_shown() -> None:
    """A spelling that is the start of a longer one does not show twice."""
    (tag,) = Tagger([Topic("t", "T", "ППО")], ALIASES)(Words("an air defence system"))
    assert [span.matched for span in tag.evidence] == ["air defence system"]


def test_evidence_is_bounded_and_leaves_no_term_out() -> None:
    """At most twenty spans, in the order of the text, with the first of every term."""
    (tag,) = Tagger([Topic("t", "T", "war AND sky")], {})(Words("war " * 50, "", "war sky sky"))
    assert len(tag.evidence) == 20
    assert [span.start for span in tag.evidence if span.field == "title"] == list(range(0, 4 * 18, 4))
    assert [span.term for span in tag.evidence if span.field == "text"] == ["sky", "sky"]


def test_a_longer_spelling_counts_among_many_of_a_shorter_one() -> None:
    """Of spellings that begin at one place the longest is evidence, however often they stand there."""
    (tag,) = Tagger([Topic("t", "T", "shield")], {"shield": ["shield", "air", "air defence"]})(
        Words("air defence " * 30)
    )
    assert [span.matched for span in tag.evidence] == ["air defence"] * 20


def test_topics_answer_in_their_own_order_and_apart() -> None:
    """Each topic gets its own tag; one with seeds only, or without a hit, gets none."""
    topics = [
        Topic("b", "B", "kyiv"),
        Topic("seeds-only", "S", None, ("a.md",)),
        Topic("none", "N", "lviv"),
        Topic("a", "A", "kiev OR lviv"),
    ]
    tags = Tagger(topics, ALIASES)(Words("Kyiv"))
    assert [(tag.topic, tag.evidence[0].term) for tag in tags] == [("b", "kyiv"), ("a", "kiev")]


def test_a_topic_with_a_bad_query_is_refused() -> None:
    """A query that cannot be read raises when the topics are compiled, not while tagging."""
    with pytest.raises(QueryError, match="Column 1"):
        Tagger([Topic("t", "T", "AND")], {})


def test_a_tagger_travels_between_processes() -> None:
    """A compiled tagger can be pickled and answers the same afterwards."""
    tagger = Tagger([Topic("t", "T", "kiev")], ALIASES)
    again = pickle.loads(pickle.dumps(tagger))  # noqa: S301 our own bytes
    assert again(Words("Kyiv")) == tagger(Words("Kyiv")) != ()


WORDS = ["a", "b", "c", "Łódź", "KIEV", "Kyiv", "air", "defence", "system"]
TEXTS = st.lists(st.sampled_from([*WORDS, "air-defence", "ППО", "—"]), max_size=8).map(" ".join)
WORDINGS = st.builds(Words, TEXTS, TEXTS, TEXTS)
LEAVES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(lambda parts: f'"{" ".join(parts)}"')
QUERIES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})")
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' '.join(parts)})")
        | st.tuples(LEAVES, inner).map(lambda pair: f"({pair[0]} NOT {pair[1]})")
    ),
    max_leaves=8,
).map(lambda text: parse_query(text, ALIASES))


def brute(query: Query, words: Words) -> bool:
    """Evaluate a query the slow and obvious way: look for each spelling in each field."""
    match query:
        case Term(spellings=spellings):
            fields = [f" {' '.join(folded(field))} " for field in (words.title, words.summary, words.text)]
            return any(f" {' '.join(spelling)} " in field for spelling in spellings for field in fields)
        case And(parts):
            return all(brute(part, words) for part in parts)
        case Or(parts):
            return any(brute(part, words) for part in parts)
        case Not(part):
            return not brute(part, words)


@given(QUERIES, WORDINGS)
def test_the_engine_agrees_with_brute_force(query: Query, words: Words) -> None:
    """One pass over an index finds exactly what a search for each spelling finds."""
    assert matches(query, words) is brute(query, words)


@given(st.text(max_size=40), st.text(alphabet="a bé-ʼ'_Łß\u0301", max_size=20))
def test_evidence_folds_to_what_was_asked(noise: str, text: str) -> None:
    """The characters a span names are, folded, a spelling of its term, whatever stands around them."""
    (tag,) = Tagger([Topic("t", "T", "kiev OR ae OR b")], ALIASES)(Words(f"{noise} Kyiv", text, noise))
    for span in tag.evidence:
        assert folded(span.matched) in {("kyiv",), ("kiev",), ("киів",), ("ae",), ("b",)}


@given(QUERIES, WORDINGS)
def test_case_and_accents_never_change_the_answer(query: Query, words: Words) -> None:
    """Upper-casing a wording, or taking it apart into letters and accents, leaves the match as it was."""
    for change in (str.upper, lambda text: unicodedata.normalize("NFD", text), _without_accents):
        changed = Words(change(words.title), change(words.summary), change(words.text))
        assert matches(query, changed) is matches(query, words)


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
