"""Writing a tree in the query language."""

import pytest
from hypothesis import given

from monitor.model.topics import Query
from monitor.tag import parse_query, write
from tests.unit.tag.asking import QUERIES, read

WRITTEN = [
    ('Air-defence  "b  c"', 'Air-defence AND "b c"'),
    ("a -(b OR «c d»)", 'a AND NOT (b OR "c d")'),
    ("text:(rail* =c)", "text:rail* AND text:=c"),
    ('"a b"~5', "=a NEAR/5 =b"),
    ("a NEAR b", "a NEAR/10 b"),
    ("source:'BBC' lang:EN", "source:'BBC' AND lang:EN"),
    ('author:"Ann Smith" a', 'author:"Ann Smith" AND a'),
    ("sources:>2 like:seed.md", "sources:>=3 AND like:seed.md"),
    (
        "a before:2026-03-02 after:2026-03-01T06:00+02:00",
        "a AND before:2026-03-02 AND after:2026-03-01T04:00:00+00:00",
    ),
    ("@kyiv AND Patriot", '@kyiv AND Patriot AND (missile OR "air defence") AND NOT party'),
]


@pytest.mark.parametrize(("text", "written"), WRITTEN)
def test_a_tree_is_written_as_a_person_would(text: str, written: str) -> None:
    """Operators are in words, times in UTC, quotes plain, and a name's company stands beside it."""
    assert write(read(text)) == written


@given(QUERIES)
def test_what_is_written_reads_back_as_the_same_tree(query: Query) -> None:
    """Reading what a tree is written as gives the tree again, whatever it asks."""
    assert read(write(query)) == query


def test_a_search_is_written_so_that_it_means_the_same_later() -> None:
    """A time counted from now is written as the moment that it was."""
    assert write(read("a since:90m")) == "a AND since:2026-03-02T10:30:00+00:00"
    assert parse_query(write(read("a since:2d"))) == parse_query("a since:2026-02-28T12:00")
