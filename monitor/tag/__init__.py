"""Tag what is on topic: a wording and what is known with it -> its tags, each with the words that earned it.

A matcher is compiled once from the topics and then reads any number of wordings; it gives at most
one tag a topic, and evidence for each that can be pointed at in the text. `query` reads the query
language and `writing` writes it, `aliases` says what a word stands for, `index` finds the topics that may
hold, `truth` decides them, `evidence` tells why. A new way to match is a new file and a line in MATCHERS.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from monitor.model.entries import Words
from monitor.model.topics import Facts, Tag, Topic
from monitor.tag.aliases import Aliases, Forms, no_forms
from monitor.tag.match import NO_FACTS, Tagger, evidence, holds, matches
from monitor.tag.query import parse_query, parse_rest, warnings
from monitor.tag.writing import write
from monitor.words import FoldedWords

__all__ = [
    "MATCHERS", "NO_FACTS", "Aliases", "Forms", "Matcher", "Tagger", "evidence", "holds", "matches",
    "no_forms", "parse_query", "parse_rest", "warnings", "write",
]  # fmt: skip


class Matcher(Protocol):
    """Topics, compiled: tells which of them a wording is about and why."""

    def __call__(
        self, words: Words, folded: FoldedWords | None = None, facts: Facts = NO_FACTS, /
    ) -> tuple[Tag, ...]:
        """Return the tags of the wording in the order of the topics; folded saves folding it again.

        A tag with a rest is none yet: its topic's query hangs on facts that are not known.
        """
        ...


class Compile(Protocol):
    """Makes a matcher of topics; QueryError where a query cannot be read."""

    def __call__(self, topics: Sequence[Topic], aliases: Aliases, forms: Forms = no_forms, /) -> Matcher:
        """Return the matcher; forms tells the inflected forms of a word."""
        ...


MATCHERS: Mapping[str, Compile] = {"query": Tagger}
