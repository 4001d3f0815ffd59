"""Queries of every kind, as written, and stories that some of them are about."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from monitor.model.entries import Words
from monitor.model.topics import Alias, Facts, Query
from monitor.tag import parse_query
from monitor.words import folded

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALIASES = {
    "kyiv": Alias(("Kyiv", "Kiev", "Київ")),
    "shield": Alias(("air defence", "air defence system", "ППО")),
    "patriot": Alias(("Patriot", "Петріот"), ("missile", "air defence"), ("party",)),
}
FORMS = {"ferry": ("ferries",), "ferries": ("ferry",), "missile": ("missiles",), "ппо": ("ппошний",)}
TOPICS = ("early", "late")


def forms(word: str) -> tuple[str, ...]:
    """Return the forms of a few words."""
    return FORMS.get(word, ())


def read(text: str, now: datetime | None = NOON) -> Query:
    """Read a query with the aliases and forms of these tests, as a search unless now is None."""
    return parse_query(text, ALIASES, forms=forms, now=now)


SAID = ["a", "b", "ferry", "ferries", "Łódź", "KIEV", "Kyiv", "air", "defence", "system", "missiles", "party"]
TEXTS = st.lists(st.sampled_from([*SAID, "air-defence", "Patriot", "ППО", "—"]), max_size=8).map(" ".join)
WORDINGS = st.builds(Words, TEXTS, TEXTS, TEXTS)

_BARE = st.sampled_from(
    [*SAID, "air-defence", "Patriot", "ППО", "=ferry", "=KIEV", "@kyiv", "@patriot", "fer*"]
)
_PHRASE = st.lists(st.sampled_from(SAID), min_size=1, max_size=2).map(lambda words: f'"{" ".join(words)}"')
_WORD = _BARE | _PHRASE
_FIELD = st.sampled_from(["", "", "", "title:", "text:"])
_TERM = st.tuples(_FIELD, _WORD).map("".join)
_NEAR = st.tuples(
    _FIELD, st.lists(_WORD, min_size=2, max_size=3), st.sampled_from([" NEAR ", " NEAR/0 ", " NEAR/2 "])
).map(lambda parts: parts[2].join(f"{parts[0]}{word}" for word in parts[1]))
_CLOSE = st.tuples(_FIELD, st.lists(st.sampled_from(SAID), min_size=2, max_size=3), st.integers(0, 3)).map(
    lambda parts: f'{parts[0]}"{" ".join(parts[1])}"~{parts[2]}'
)
_FACT = st.sampled_from(
    [
        "source:bbc",
        'source:"BBC News"',
        "site:bbc.co.uk",
        "lang:uk",
        'author:"Ann Smith"',
        "tag:early",
        "tag:late",
    ]
)
_LATE = st.sampled_from(["sources:>=2", "like:seed.md"])
_DATE = st.sampled_from(["before:2026-03-02", "after:2026-03-02", "since:2026-03-02T06:00", "before:6h"])
_LEAF = _TERM | _NEAR | _CLOSE | _FACT | _LATE

ASKED: st.SearchStrategy[str] = st.recursive(
    _LEAF,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})")
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' '.join(parts)})")
        | st.tuples(_LEAF, inner).map(lambda pair: f"({pair[0]} NOT {pair[1]})")
        | st.tuples(inner, _DATE).map(lambda pair: f"({pair[0]} {pair[1]})")
    ),
    max_leaves=8,
)
QUERIES = ASKED.map(read)

NAMES = st.lists(st.sampled_from(["BBC News", "BBC", "Ann Smith", "Anna Smith"]), max_size=2).map(
    lambda names: tuple(" ".join(folded(name)) for name in names)
)
FACTS = st.builds(
    Facts,
    sources=NAMES,
    hosts=st.sampled_from([(), ("bbc.co.uk",), ("news.bbc.co.uk", "a.example"), ("notbbc.co.uk",)]),
    language=st.sampled_from([None, "uk", "en"]),
    authors=NAMES,
    at=st.none() | st.integers(-24, 24).map(lambda hours: NOON + timedelta(hours=hours)),
    first_seen=st.none() | st.integers(-24, 24).map(lambda hours: NOON + timedelta(hours=hours)),
    tags=st.none() | st.sets(st.sampled_from(TOPICS)),
    outlets=st.none() | st.integers(1, 3),
    likes=st.none() | st.sampled_from([{}, {"seed.md": 0.4}, {"seed.md": 0.5}]),
)
