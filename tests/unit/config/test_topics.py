"""Topics that ask for one another, and aliases that ask for company: what is refused, and what is advised."""

from pathlib import Path

import pytest

from monitor.errors import ConfigurationError
from tests.unit.config.written import load_text

MISTAKES = [
    ({"a": "tag:b x", "b": "tag:c OR y", "c": "tag:a z"}, "waits for its own tag: "),
    (
        {"a": "x NOT tag:b", "b": "sources:>=3 y"},
        "topics[0].query: excludes tag:b, which a story",
    ),
    ({"a": "x NOT tag:b", "b": "tag:c y", "c": "sources:2"}, "topics[0].query: excludes tag:b"),
    ({"a": "x tag:d"}, "there is no topic d; there are a."),
    ({"a": "x @kyv"}, "there is no alias kyv; the nearest is @kyiv."),
]


def _topics(queries: dict[str, str]) -> str:
    return "\n".join(f"[[topics]]\nname = '{name}'\nquery = '{query}'" for name, query in queries.items())


@pytest.mark.parametrize(("queries", "part"), MISTAKES)
def test_topics_that_cannot_be_decided_are_refused(
    tmp_path: Path, queries: dict[str, str], part: str
) -> None:
    """Circles, tags that would be taken back, and names that are not there are problems."""
    with pytest.raises(ConfigurationError) as caught:
        load_text(tmp_path, "[aliases]\nkyiv = ['Kyiv']\n" + _topics(queries))
    assert part.rstrip(".") in str(caught.value)


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("{ spellings = ['X'], wiht = ['y'] }", 'aliases.x.wiht: is not a setting (did you mean "with"?)'),
        ("{ with = ['y'] }", "aliases.x: has no spellings (such as"),
        ("{ spellings = 'X' }", "aliases.x: is text, not a list"),
    ],
)
def test_a_row_of_aliases_says_what_is_wrong_with_it(tmp_path: Path, row: str, part: str) -> None:
    """A row is a list, or a table with spellings and company."""
    with pytest.raises(ConfigurationError) as caught:
        load_text(tmp_path, f"[aliases]\nx = {row}")
    assert part in str(caught.value)


def test_tags_of_topics_may_be_asked_for_and_small_operators_are_warned_of(tmp_path: Path) -> None:
    """Topics may build on one another without a circle; what may be meant otherwise is a warning."""
    settings = load_text(tmp_path, _topics({"a": "tag:b x", "b": "y and z", "c": "x -tag:b"}))
    (warning,) = settings.warnings
    assert warning.startswith('topic "b": and is looked for as a word here')
