"""Finding the queries that may hold: by words, by how they begin, however many words were met before."""

from monitor.tag import parse_query
from monitor.tag.index import Index


def test_a_query_is_found_by_any_word_that_begins_so() -> None:
    """What is remembered of words hides no query, not even where it is forgotten since too many were met."""
    index = Index([parse_query("fer*"), parse_query("ferry harbour"), parse_query("lang:uk OR a")])
    for _ in range(2):
        assert index.may_hold({"ferries", "sail"}) == [0, 2]
        assert index.may_hold({"ferry", "harbour"}) == [0, 1, 2]
        assert index.may_hold({f"word{number}" for number in range(70_000)}) == [2]
    assert index.may_hold({"fe", "harbour"}) == [2]


def test_a_query_is_found_where_a_word_of_each_of_its_sets_is_there() -> None:
    """Of OR one spelling is enough, of AND and of a phrase each word is needed; facts alone need none."""
    queries = [
        '"north ferry" OR port',
        "(ferry OR boat) (port OR quay) sail",
        '"north ferry"',
        "site:a.example",
    ]
    index = Index([parse_query(query) for query in queries])
    assert index.may_hold({"port"}) == [0, 3]
    assert index.may_hold({"boat", "quay"}) == [3]
    assert index.may_hold({"boat", "quay", "sail"}) == [1, 3]
    assert index.may_hold({"north", "sail"}) == [0, 3]
    assert index.may_hold({"north", "ferry"}) == [0, 2, 3]


def test_a_very_long_word_is_found_and_not_remembered() -> None:
    """A text of words without end fills no memory, and hides no query."""
    index = Index([parse_query("ferr*")])
    assert index.may_hold({f"ferries{'s' * 100}"}) == [0]
    assert index.may_hold({f"ferries{'s' * 100}"}) == [0]
