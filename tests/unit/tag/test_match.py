"""Matching queries against wordings: whole words, folded, within one field, with evidence."""

import pickle
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.model.entries import Words
from monitor.model.topics import Facts, Query, Span, Topic
from monitor.tag import Tagger, holds, matches, parse_query, parse_rest, write
from monitor.tag.seen import Seen
from monitor.tag.truth import Story, rest
from monitor.words import folded
from tests import bruteforce as brute
from tests.unit.tag.asking import ALIASES, ASKED, FACTS, QUERIES, WORDINGS, forms, read


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


@settings(max_examples=200)
@given(QUERIES, WORDINGS, FACTS)
def test_the_engine_agrees_with_brute_force(query: Query, words: Words, facts: Facts) -> None:
    """A query holds, does not, or is open exactly as the definitions say, taken word by word."""
    assert holds(query, words, facts) is brute.holds(query, words, facts)


@settings(max_examples=100)
@given(st.lists(ASKED, min_size=1, max_size=5), WORDINGS, FACTS)
def test_many_topics_at_once_agree_with_each_alone(asked: list[str], words: Words, facts: Facts) -> None:
    """All topics at once give the tags that brute force gives each; what is open is told as its rest."""
    facts = replace(facts, tags=facts.tags if facts.tags is None else facts.tags | {"outside"})
    queries = {f"t{n}": text for n, text in enumerate(asked) if "sources" not in text and "6h" not in text}
    topics = [Topic(name, name, text) for name, text in queries.items()]
    tags = Tagger(topics, ALIASES, forms)(words, None, facts)
    known = {name: brute.holds(read(text), words, facts) for name, text in queries.items()}
    assert {tag.topic: tag.rest == "" for tag in tags} == {
        name: one is True for name, one in known.items() if one is not False
    }


@given(QUERIES, WORDINGS, FACTS, FACTS)
def test_the_rest_of_a_query_decides_it(query: Query, words: Words, facts: Facts, later: Facts) -> None:
    """What is left open of a query holds later exactly if the whole query does, asked of no words at all."""
    later = replace(facts, outlets=later.outlets, likes=later.likes, tags=later.tags)
    early = replace(facts, outlets=None, likes=None, tags=None)
    still = rest(query, Story(Seen(words.folded), early))
    whole = holds(query, words, later)
    assert (still if isinstance(still, bool) else holds(parse_rest(write(still)), Words(""), later)) is whole


@given(st.text(max_size=40), st.text(alphabet="a bé-ʼ'_Łß\u0301", max_size=20))
def test_evidence_folds_to_what_was_asked(noise: str, text: str) -> None:
    """The characters a span names are, folded, a spelling of its term, whatever stands around them."""
    (tag,) = Tagger([Topic("t", "T", "kiev OR ae OR b")], ALIASES)(Words(f"{noise} Kyiv", text, noise))
    for span in tag.evidence:
        assert folded(span.matched) in {("kyiv",), ("kiev",), ("киів",), ("ae",), ("b",)}


@given(QUERIES, WORDINGS, FACTS)
def test_case_and_accents_never_change_the_answer(query: Query, words: Words, facts: Facts) -> None:
    """Upper-casing a wording, or taking it apart into letters and accents, leaves the match as it was."""
    for change in (str.upper, lambda text: unicodedata.normalize("NFD", text), _without_accents):
        changed = Words(change(words.title), change(words.summary), change(words.text))
        assert holds(query, changed, facts) is holds(query, words, facts)


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
