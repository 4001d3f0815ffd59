"""Reading queries: what they mean, and what is said of those that cannot be read."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.model.topics import Alias, And, Dated, Fact, Like, Near, Not, Or, Outlets, Query, Term
from monitor.tag import parse_query, warnings
from monitor.words import folded

SEEDS = {"seed.md", "other.txt"}
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
    ("a -b", And((A, Not(B)))),
    ("a -(b OR c)", And((A, Not(Or((B, C)))))),
    ("(a b) (a c)", And((A, B, C))),
    ("a OR (b OR a)", Or((A, B))),
    ("=a", Term("=a", (("a",),))),
    ("rail*", Term("rail*", (("rail",),), prefix=True)),
    ("High-rail*", Term("High-rail*", (("high", "rail"),), prefix=True)),
    ("title:a", Term("a", (("a",),), fields=("title",))),
    ("TEXT:(a OR b)", Or(tuple(Term(word, ((word,),), fields=("summary", "text")) for word in "ab"))),
    ("a NEAR b", Near((A, B), 10)),
    ("a NEAR/0 b NEAR/0 c", Near((A, B, C), 0)),
    ('"b a"~3', Near((Term("=b", (("b",),)), Term("=a", (("a",),))), 3)),
    ('source:"The BBC"', Fact("source", ("the", "bbc"), "The BBC")),
    ("site:www.BBC.co.uk", Fact("site", ("bbc.co.uk",), "www.BBC.co.uk")),
    ("lang:pt-BR", Fact("lang", ("pt",), "pt-BR")),
    ("author:(Ann OR Zoë)", Or((Fact("author", ("ann",), "Ann"), Fact("author", ("zoe",), "Zoë")))),
    ("tag:early", Fact("tag", ("early",), "early")),
    ("like:seed", Like("seed.md")),
    ("like:other.txt", Like("other.txt")),
    ("sources:>=3", Outlets(3)),
    ("sources:>3", Outlets(4)),
    ("sources:3", Outlets(3)),
    ("a before:2026-03-02", And((A, Dated("at", before=datetime(2026, 3, 2, tzinfo=UTC))))),
    ("a after:2026-03-02T06:30", And((A, Dated("at", since=datetime(2026, 3, 2, 6, 30, tzinfo=UTC))))),
    (
        'a since:"2026-03-02 08:30+02:00"',
        And((A, Dated("first_seen", since=datetime(2026, 3, 2, 6, 30, tzinfo=UTC)))),
    ),
    ("NOT NOT sources:2", Outlets(2)),
    ("C++", Term("C++", (("c",),))),
    ("київ", Term("київ", (("киів",),))),
]


@pytest.mark.parametrize(("text", "tree"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_a_query_is_read_as_its_tree(text: str, tree: Query) -> None:
    """Words, phrases, operators and parentheses bind as the language says."""
    assert parse_query(text, seeds=SEEDS) == tree


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
    ("titel:a", 1, "there is no field titel:; did you mean title:?"),
    ("intitle:a", 1, "did you mean title:?"),
    ("a https://a.example/b", 3, "there is no field https:; did you mean site:?"),
    ("12:30", 1, "there are title:, text:, source:"),
    ("title: a", 6, "no word follows this colon; write it right after, without a space"),
    ("lang: a", 1, "lang: is followed by nothing; write what you look for right after the colon"),
    ("title:(a lang:uk)", 10, "lang: stands within title: already; write it outside the parentheses"),
    ("lang:ukrainian a", 6, "ukrainian is no language; write its code of two letters, as in lang:uk"),
    (
        "site:https://www.a.example/b",
        6,
        "https://www.a.example/b is no host; write only that, as in site:a.example",
    ),
    ("site:a_,b", 6, "a_,b is no host; write only that, as in site:bbc.co.uk"),
    ("source:—", 8, "— has no letter or digit to look for; write a name after source:"),
    ("author:Smi*", 8, "a star stands after words only, not after author:; write the whole name"),
    ("a before:yesterday", 10, "yesterday is no date; write the day as before:2025-12-18"),
    ("a after:2025-13-01", 9, "2025-13-01 is no date; write the day as after:2025-12-18"),
    ("a since:24h", 9, "24h is counted from now, and a topic has no now"),
    ("sources:many", 9, "many is no number of outlets; write how many at least, as in sources:>=3"),
    ("sources:<3", 9, "<3 is no number of outlets"),
    ("sources:0", 9, "0 is no number of outlets"),
    ("a NOT sources:>=3", 15, "in a topic sources: cannot stand under NOT"),
    ("like:sed.md", 6, "there is no seed sed.md; the nearest is like:seed.md."),
    ("tag:eary", 5, "there is no topic eary; the nearest is tag:early."),
    ("@kyv", 1, "there is no alias kyv; the nearest is @kyiv."),
    ("@odd", 1, "the alias odd has no spelling to look for; give it one"),
    ("ra*", 1, "ra* would find too much; write at least 3 letters before the star"),
    ("rail*way", 1, "a star stands only at the end of what a word begins with; write rail*"),
    ("*way", 1, "write the words, as in (ferry OR ferries)"),
    ("a NEAR/x b", 3, "NEAR/x is no distance; write how many other words may stand between, from 0 to 100"),
    ("a NEAR/999 b", 3, "NEAR/999 is no distance"),
    ('"a b c d e f g h i j k"~5', 1, "11 words are asked to be near each other; write at most 10"),
    (" NEAR ".join("abcdefghijk"), 3, "11 words are asked to be near each other"),
    ("a NEAR/2 b NEAR/3 c", 12, "NEAR/3 differs from the NEAR/2 before it; write the same distance for all"),
    ("(a OR b) NEAR c", 10, "write (a NEAR c) OR (b NEAR c)"),
    ("title:a NEAR text:b", 9, "must stand in one field, and these are asked of different ones"),
    ("a NEAR lang:uk", 3, 'NEAR joins words and "phrases" only'),
    ("NEAR a", 1, "NEAR stands at the start"),
    ("a NEAR/5", 3, "leave NEAR/5 out, or write what follows it"),
    (
        '"a b"~many',
        6,
        "~many is no distance; write how many other words may stand between, from 0 to 100, as in ~5",
    ),
    ('"a"~5', 4, "~ asks how near the words of a phrase stand, and this has less than two; leave it out"),
    ('"a b" ~5', 7, '~ stands right after the quotes of words that are near each other; as in "two words"~5'),
    ("boat~2", 1, 'write them in quotes: "boat …"~2'),
    (
        "before:2026-01-01",
        1,
        "with this before:2026-01-01 the query matches stories that have none of its words",
    ),
    ("a OR after:2026-01-01", 6, "with this after:2026-01-01 the query matches"),
    ("NOT lang:uk", 1, "with this NOT the query matches"),
    ("a -", 3, "- has no letter or digit to look for; write NOT instead"),
    ("-(a", 2, "this ( is never closed"),
]


@pytest.mark.parametrize(("text", "column", "part"), MISTAKES, ids=[text[:20] for text, _, _ in MISTAKES])
def test_a_mistake_is_shown_with_its_place_and_remedy(text: str, column: int, part: str) -> None:
    """A query that cannot be read names the column, what stands there and what would be right."""
    with pytest.raises(QueryError) as caught:
        parse_query(
            text, {"kyiv": ["Kyiv"], "odd": ["—"]}, seeds={"seed.md", "other.txt"}, topics={"early", "late"}
        )
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


NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "ago"), [("90m", 90), ("24h", 24 * 60), ("7d", 7 * 24 * 60), ("2W", 2 * 7 * 24 * 60)]
)
def test_a_search_may_count_times_from_now(written: str, ago: int) -> None:
    """What a topic may not say, how long ago, a search may."""
    since = Dated("first_seen", since=NOW - timedelta(minutes=ago))
    assert parse_query(f"a since:{written}", now=NOW) == And((A, since))


def test_a_search_may_exclude_by_outlets_and_explains_dates() -> None:
    """Outlets under NOT are a question that a search can answer; what is no date is told what else is."""
    assert parse_query("a NOT sources:>=3", now=NOW) == And((A, Not(Outlets(3))))
    with pytest.raises(QueryError, match="or how long ago: 24h, 7d"):
        parse_query("a since:soon", now=NOW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a and b", ["and is looked for as a word here; write AND in capitals"]),
        ("a or b or c NOT d", ["or is looked for"]),
        ("not a", []),
        ('"a and b"', []),
        ("a AND b", []),
        ("a near b", ["near is looked for"]),
    ],
)
def test_operators_in_lower_case_are_words_and_warned_of(text: str, said: list[str]) -> None:
    """What stands between words in lower case may be meant as an operator."""
    found = warnings(text)
    assert len(found) == len(said)
    assert all(sentence.startswith(begin) for sentence, begin in zip(found, said, strict=True))


def _forms(word: str) -> tuple[str, ...]:
    return {
        "missile": ("missiles",),
        "missiles": ("missile",),
        "об єкт": ("об єкти",),
        "kyiv": ("kyivs",),
    }.get(word, ())


ROWS = {
    "missile": Alias(("missile", "air-to-air rocket")),
    "patriot": Alias(("Patriot", "Петріот"), ("missile", "two words"), ("party", "football")),
}


@pytest.mark.parametrize(
    ("text", "spellings", "own"),
    [
        ("Missiles", ["missiles", "missile", "air to air rocket"], 2),
        ("missile", ["missile", "missiles", "air to air rocket"], 2),
        ("@missile", ["missile", "missiles", "air to air rocket"], 0),
        ('"missile"', ["missile", "air to air rocket"], 1),
        ("=missile", ["missile"], 1),
        ("об'єкт", ["об єкт", "об єкти"], 1 + 1),
        ("missile*", ["missile"], 1),
    ],
)
def test_a_bare_word_stands_for_its_forms_and_those_of_its_row(
    text: str, spellings: list[str], own: int
) -> None:
    """Quotes take the spellings of the row as they stand, and what is exact stands for itself."""
    term = parse_query(text, ROWS, forms=_forms)
    assert isinstance(term, Term)
    assert [" ".join(spelling) for spelling in term.spellings] == spellings
    assert term.own == own


def test_a_name_that_others_bear_asks_for_its_company() -> None:
    """One of the words it comes with must be there, none of those it is excluded by, in whatever field."""
    plain, two, party, football = (
        Term(text, tuple(map(folded, spellings)), alias, own=own)
        for text, spellings, alias, own in (
            ("missile", ["missile", "missiles", "air-to-air rocket"], "missile", 2),
            ('"two words"', ["two words"], None, 1),
            ("party", ["party"], None, 1),
            ("football", ["football"], None, 1),
        )
    )
    asked = (Or((plain, two)), Not(Or((party, football))))
    patriot = (("patriot",), ("петріот",))
    title = Term("Patriot", patriot, "patriot", ("title",))
    assert parse_query("title:Patriot", ROWS, forms=_forms) == And((title, *asked))
    near = Near((Term("Patriot", patriot, "patriot"), A), 3)
    assert parse_query("Patriot NEAR/3 a", ROWS, forms=_forms) == And((near, *asked))


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Буданов", ["budanov"]),
        ('"Василь Малюк"', ["vasyl maliuk", "vasil maliuk", "vasil malyuk"]),
        ("Хмельницький", ["khmelnytskyi", "khmelnitskii", "khmelnitskiy"]),
        ("Єрмак", ["yermak", "iermak"]),
        ("Згурський", ["zghurskyi"]),
        ("Ёлкин", ["elkin"]),
        ("дим", []),
        ("Дим", []),
        ("Smith", []),
    ],
)
def test_a_cyrillic_name_stands_for_itself_in_latin_letters(text: str, latin: list[str]) -> None:
    """Names are transliterated as passports and newspapers do; words and what is Latin already are not."""
    term = parse_query(text)
    assert isinstance(term, Term)
    made = [" ".join(spelling) for spelling in term.spellings[1:]]
    assert set(latin) <= set(made)
    assert bool(latin) is bool(made)
    assert term.alias == ("transliteration" if latin else None)
