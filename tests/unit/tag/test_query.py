"""Reading queries: what they mean, and what is said of those that cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.model import And, Not, Or, Query, Term
from monitor.tag import parse_query

A, B, C = (Term(letter, ((letter,),)) for letter in "abc")

MEANINGS: list[tuple[str, Query]] = [
    ("a", A),
    ("a b", And((A, B))),
    ("a AND b c", And((A, B, C))),
    ("a OR b c", Or((A, And((B, C))))),
    ("a b OR c", Or((And((A, B)), C))),
    ("a NOT b OR c", Or((And((A, Not(B))), C))),
    ("a (b OR c)", And((A, Or((B, C))))),
    ("a(b OR c)", And((A, Or((B, C))))),
    ("a NOT (b c)", And((A, Not(And((B, C)))))),
    ("((a))", A),
    ("NOT NOT a", A),
    ("a\n  AND\n  b", And((A, B))),
    ("a and b", And((A, Term("and", (("and",),)), B))),
    ("ANDROID", Term("ANDROID", (("android",),))),
    ('"AND"', Term('"AND"', (("and",),))),
    ("air-defence", Term("air-defence", (("air", "defence"),))),
    ('"Air  defence"', Term('"Air defence"', (("air", "defence"),))),
    ("“Air defence”", Term('"Air defence"', (("air", "defence"),))),
    ("«a b»c", And((Term('"a b"', (("a", "b"),)), C))),
    ("C++", Term("C++", (("c",),))),
    ("київ", Term("київ", (("киів",),))),
]


@pytest.mark.parametrize(("text", "tree"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_a_query_is_read_as_its_tree(text: str, tree: Query) -> None:
    """Words, phrases, operators and parentheses bind as the language says."""
    assert parse_query(text) == tree


MISTAKES = [
    ("", 1, "the query is empty; write at least one word"),
    (" \n ", 1, "the query is empty"),
    ("AND a", 1, 'AND stands at the start, where a word, a "phrase", a field, NOT or an opening parenthesis'),
    ("OR", 1, 'leave it out, or write "OR" in quotes'),
    ("a AND", 3, "the query ends after this AND"),
    ("a OR ", 3, "leave OR out, or write what follows it"),
    ("NOT", 1, "the query ends after this NOT"),
    ("a (", 3, "the query ends after this ("),
    ("a AND AND b", 7, "AND stands after AND"),
    ("a OR AND b", 6, "keep one of the two"),
    ("a NOT OR b", 7, "OR stands after NOT"),
    ("(AND a)", 2, "AND stands after (, where"),
    ("(a OR)", 6, ") stands after OR"),
    ("(a", 1, "this ( is never closed; add the missing )"),
    ("a ((b OR c) d", 3, "this ( is never closed"),
    ("a)", 2, "this ) closes nothing"),
    (") a", 1, "open a ( before it"),
    ("a ()", 4, "leave the parentheses out"),
    ('a "b c', 3, 'the quote " opened here is never closed'),
    ('a ) "b', 3, "this ) closes nothing"),
    ("„a", 1, "the quote „ opened here is never closed"),
    ('a ""', 3, '"" has no letter or digit to look for; leave it out'),
    ("a — b", 3, "— has no letter or digit"),
    ("a && b", 3, "write AND instead"),
    ("a | b", 3, "write OR instead"),
    ("NOT a", 1, "with this NOT the query matches stories that have none of its words"),
    ("NOT a AND NOT b", 1, 'join it by AND with a word or "phrase" that must be there'),
    ("a OR NOT b", 6, "with this NOT"),
    ("(a NOT b) OR (c OR NOT d)", 20, "with this NOT"),
    ("a OR NOT (b NOT NOT c)", 6, "with this NOT"),
    ("!a", 1, "write NOT a"),
    ("+a b", 1, "every word is required unless OR stands between; write a"),
    ("(a NOT " * 60 + "b" + ")" * 60, 1, "lie more than 20 levels deep"),
    ("(a OR (b " * 10 + "c OR d" + "))" * 10, 1, "write it flatter"),
    ("a " * 501, 1001, "more than 500 words and phrases"),
    ("a" + " NOT b" * 1200, 3001, "of which this is the first too many"),
]


@pytest.mark.parametrize(("text", "column", "part"), MISTAKES, ids=[text[:20] for text, _, _ in MISTAKES])
def test_a_mistake_is_shown_with_its_place_and_remedy(text: str, column: int, part: str) -> None:
    """A query that cannot be read names the column, what stands there and what would be right."""
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    sentence = str(caught.value)
    assert caught.value.column == column
    assert part in sentence
    assert sentence.startswith(f"Column {column}: ")
    assert sentence.endswith(".")


def test_a_mistake_on_a_later_line_names_the_line() -> None:
    """In a query of several lines the sentence counts lines, and columns in the line."""
    with pytest.raises(QueryError, match=r"^Line 2, column 5: OR stands after AND") as caught:
        parse_query("a\nAND OR b")
    assert caught.value.column == 7


def test_a_deep_but_plain_nest_is_read() -> None:
    """Parentheses that group nothing do not count as depth, however many."""
    assert parse_query("(" * 500 + "a" + ")" * 500) == A


ALIASES = {
    "kyiv": ["Kyiv", "Kiev", "Київ"],
    "shield": ["air defence", "air-defense", "ППО"],
    "east": ["Київ", "Львів"],
    "odd": ["—", "Riga"],
}


@pytest.mark.parametrize(
    ("text", "spellings", "alias"),
    [
        ("kiev", (("kiev",), ("kyiv",), ("киів",)), "kyiv"),
        ('"AIR DEFENSE"', (("air", "defense"), ("air", "defence"), ("ппо",)), "shield"),
        ("Київ", (("киів",), ("kyiv",), ("kiev",), ("львів",)), "kyiv, east"),
        ("Riga", (("riga",),), None),
        ("defence", (("defence",),), None),
        ("shield", (("shield",),), None),
    ],
)
def test_a_term_stands_for_the_spellings_of_its_row(
    text: str, spellings: tuple[tuple[str, ...], ...], alias: str | None
) -> None:
    """A term equal to a spelling stands for the whole row; the row's name and parts of phrases do not."""
    term = parse_query(text, ALIASES)
    assert isinstance(term, Term)
    assert (term.spellings, term.alias) == (spellings, alias)


@given(st.text(alphabet='abc"“() \n-*:~&@=/0NOTADRE', max_size=25) | st.text(max_size=25))
def test_any_text_is_a_query_or_a_mistake(text: str) -> None:
    """Whatever is typed, the answer is a tree or a QueryError whose column lies in the text."""
    assert _column(text) in range(len(text) + 2)


def _column(text: str) -> int:
    """Return the column of the mistake in a query, 0 where there is none."""
    try:
        parse_query(text)
    except QueryError as error:
        return error.column
    return 0
