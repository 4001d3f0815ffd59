"""Match wordings against the queries of all topics at once.

An index of the words that queries need finds those that may hold; only these are evaluated, in the order in
which topics ask for one another's tags. Places, and offsets in characters, cost more than the match itself,
so only what earned a tag is looked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError
from itertools import chain

from monitor.errors import QueryError
from monitor.model.entries import Words
from monitor.model.topics import Facts, Query, Span, Tag, Topic
from monitor.tag.aliases import Aliases, AliasTable, Forms, no_forms
from monitor.tag.atoms import Asked
from monitor.tag.evidence import cut, found_in, span
from monitor.tag.index import Index
from monitor.tag.ordering import circle, in_order, tags_asked
from monitor.tag.query import read_query
from monitor.tag.seen import Seen
from monitor.tag.truth import Ask, Known, Story, asking, rest, truth
from monitor.tag.writing import write
from monitor.words import FoldedWords

NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A topic with its query, read, and its place among all."""

    place: int
    topic: Topic
    query: Query


class _Asks(dict[int, Ask]):
    """Queries by their numbers, each made ready when it is asked first: most never are."""

    __slots__ = ("queries",)

    def __init__(self, queries: Iterable[Query]) -> None:
        super().__init__()
        self.queries = tuple(queries)

    def __missing__(self, number: int) -> Ask:
        ask = self[number] = asking(self.queries[number])
        return ask

    def __reduce__(self) -> tuple[type["_Asks"], tuple[Sequence[Query]]]:
        """Travel without what was made ready."""
        return _Asks, (self.queries,)


class Tagger:
    """The topics that have a query, compiled once; calling it tags a wording.

    A topic with seeds only gets no tags here. A query that cannot be read, and topics that wait for one
    another's tags, raise QueryError.
    """

    __slots__ = ("_asked_for", "_asks", "_compiled", "_index")

    def __init__(self, topics: Sequence[Topic], aliases: Aliases, forms: Forms = no_forms) -> None:
        table = AliasTable(aliases, forms)
        queries = {
            topic.name: read_query(topic.query, table, Asked(topic.query), inflected=topic.forms)
            for topic in topics
            if topic.query is not None
        }
        waiting = {
            topic.name: queries[topic.name] for topic in topics if "tag:" in (topic.query or "").lower()
        }
        asked_for = {name for query in waiting.values() for name in tags_asked(query)}
        about = {topic.name: (place, topic) for place, topic in enumerate(topics)}
        ordered = (*(name for name in queries if name not in waiting), *_ordered(waiting))
        self._compiled = [_Compiled(*about[name], queries[name]) for name in ordered]
        self._asks = _Asks(one.query for one in self._compiled)
        self._index = Index(self._asks.queries)
        self._asked_for: dict[str, Known] = {
            topic.name: None if topic.seeds else False for topic in topics if topic.name in asked_for
        }

    def __call__(
        self, words: Words, folded: FoldedWords | None = None, facts: Facts = NO_FACTS
    ) -> tuple[Tag, ...]:
        """Return a tag for each topic whose query holds or may yet, in the order of the topics."""
        seen, decided = Seen(folded or words.folded), dict(self._asked_for)
        story = Story(seen, facts, decided=decided)
        met: list[tuple[_Compiled, Story, Known]] = []
        for number in self._index.may_hold(seen.words):
            one = self._compiled[number]
            if story.threshold != one.topic.threshold:
                story = Story(seen, facts, one.topic.threshold, decided)
            known = self._asks[number](story)
            if known is not False:
                met.append((one, story, known))
                if one.topic.name in decided:
                    decided[one.topic.name] = known
        met.sort(key=lambda one: one[0].place)
        return _tags(met, words) if met else ()


def holds(query: Query, words: Words | FoldedWords, facts: Facts = NO_FACTS, threshold: float = 0.5) -> Known:
    """Tell whether one query holds of a story, None where that is not known yet."""
    folded = words.folded if isinstance(words, Words) else words
    return truth(query, Story(Seen(folded), facts, threshold))


def evidence(
    query: Query, words: Words, folded: FoldedWords | None = None, facts: Facts = NO_FACTS
) -> tuple[Span, ...]:
    """Return the words by which a query holds of a story, or may yet; none where it does not."""
    story = Story(Seen(folded or words.folded), facts)
    found = [] if truth(query, story) is False else found_in(query, story)
    at = cut(words, found)
    return tuple(span(one, words, at) for one in found)


def matches(query: Query, words: Words) -> bool:
    """Tell whether one query holds of a wording by its words alone."""
    return holds(query, words) is True


def _ordered(queries: Mapping[str, Query]) -> Sequence[str]:
    try:
        return in_order(queries)
    except CycleError:
        names = " -> ".join(circle(queries))
        raise QueryError(f"These topics wait for one another's tags: {names}.", 1) from None


def _tags(met: Sequence[tuple[_Compiled, Story, Known]], words: Words) -> tuple[Tag, ...]:
    """Return the tags of topics; the text is cut into words once for all of them."""
    found = [found_in(one.query, story) for one, story, _ in met]
    at = cut(words, chain.from_iterable(found))
    return tuple(
        Tag(
            one.topic.name,
            1.0,
            tuple(span(place, words, at) for place in places),
            rest="" if known else _rest(one, story),
        )
        for (one, story, known), places in zip(met, found, strict=True)
    )


def _rest(one: _Compiled, story: Story) -> str:
    still = rest(one.query, story)
    return "" if isinstance(still, bool) else write(still)
