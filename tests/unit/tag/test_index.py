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
