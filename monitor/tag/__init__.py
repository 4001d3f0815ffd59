"""Tag what is on topic: a wording -> its tags, each with the words that earned it.

A matcher is compiled once from the topics and then reads any number of wordings; it gives at most
one tag a topic, and evidence for each that can be pointed at in the text. `query` reads the query
language, `aliases` the table of spellings, `match` finds all topics' terms in one pass. A new way
to match is a new file and a line in MATCHERS.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from monitor.model import Tag, Topic, Words
from monitor.tag.match import Tagger, matches
from monitor.tag.query import parse_query
from monitor.words import FoldedWords

__all__ = ["MATCHERS", "Matcher", "Tagger", "matches", "parse_query"]


class Matcher(Protocol):
    """Topics, compiled: tells which of them a wording is about and why."""

    def __call__(self, words: Words, folded: FoldedWords | None = None, /) -> tuple[Tag, ...]:
        """Return the tags of the wording in the order of the topics; folded saves folding it again."""
        ...


Compile = Callable[[Sequence[Topic], Mapping[str, Sequence[str]]], Matcher]

MATCHERS: Mapping[str, Compile] = {"query": Tagger}
