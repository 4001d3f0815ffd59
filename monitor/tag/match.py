"""Match wordings against the queries of all topics at once.

Every spelling of every query stands in one index under its first word. One look-up of a wording's
words finds the spellings that may be there; only topics with one of them are evaluated, which is
enough because `query` refuses what would match a text with none of its words. Places, and offsets in
characters, cost more than the match itself, so only what earned a tag is looked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal, get_args

from monitor.model import And, Not, Or, Query, Span, Tag, Term, Topic, Words
from monitor.tag.aliases import AliasTable, Spelling
from monitor.tag.query import read_query
from monitor.words import FoldedWords, spans

Field = Literal["title", "summary", "text"]

_FIELDS: tuple[Field, ...] = get_args(Field)
_MOST_SPANS = 20
"""How many spans a tag shows, and so how many places of a spelling are worth keeping."""


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Where a spelling stands: the field by its number, and its tokens, the end excluded."""

    field: int
    start: int
    end: int


_Found = tuple[_Place, str]
"""A place and the term that stands there, as the query has it."""

Cut = Sequence[Sequence[tuple[int, int]]]
"""Where the tokens of each field begin and end in it, in characters."""


class Tagger:
    """The topics that have a query, compiled once; calling it tags a wording.

    A topic with seeds only gets no tags here. A query that cannot be read raises QueryError.
    """

    __slots__ = ("_index", "_queries", "_topics_of")

    def __init__(self, topics: Sequence[Topic], aliases: Mapping[str, Sequence[str]]) -> None:
        table = AliasTable(aliases)
        self._queries = [(t.name, read_query(t.query, table)) for t in topics if t.query is not None]
        self._topics_of: dict[Spelling, list[int]] = defaultdict(list)
        for number, (_, query) in enumerate(self._queries):
            for spelling in _spellings(query):
                self._topics_of[spelling].append(number)
        self._index = _index(self._topics_of)

    def __call__(self, words: Words, folded: FoldedWords | None = None) -> tuple[Tag, ...]:
        """Return a tag for each topic whose query matches, in the order of the topics."""
        there = _There(folded or words.folded, self._index)
        numbers = {
            number
            for word in there.begun
            for spelling in self._index[word]
            for number in self._topics_of[spelling]
        }
        met = [self._queries[number] for number in sorted(numbers) if _holds(self._queries[number][1], there)]
        marked = [(name, _evidence(query, there)) for name, query in met]
        cut = _cut(words, chain.from_iterable(found for _, found in marked))
        return tuple(Tag(name, 1.0, tuple(_span(one, words, cut) for one in found)) for name, found in marked)


def matches(query: Query, words: Words) -> bool:
    """Tell whether one query matches a wording."""
    return _holds(query, _There(words.folded, _index(_spellings(query))))


def _terms(query: Query) -> Iterator[Term]:
    match query:
        case Term():
            yield query
        case Not(part):
            yield from _terms(part)
        case _:
            for part in query.parts:
                yield from _terms(part)


def _spellings(query: Query) -> dict[Spelling, None]:
    return dict.fromkeys(spelling for term in _terms(query) for spelling in term.spellings)


def _index(spellings: Iterable[Spelling]) -> dict[str, list[Spelling]]:
    index: dict[str, list[Spelling]] = {}
    for spelling in spellings:
        index.setdefault(spelling[0], []).append(spelling)
    return index


class _There:
    """Which spellings of an index stand in a wording, and where: each is a run of words of one field.

    begun are the first words of spellings that stand there.
    """

    __slots__ = ("_fields", "begun")

    def __init__(self, folded: FoldedWords, index: Mapping[str, object]) -> None:
        self._fields = tuple(f" {getattr(folded, field)} " for field in _FIELDS)
        self.begun = {word for word in "".join(self._fields).split() if word in index}

    def __contains__(self, spelling: Spelling) -> bool:
        """Tell whether the words of a spelling stand next to each other in one field."""
        if len(spelling) == 1 or spelling[0] not in self.begun:
            return spelling[0] in self.begun
        run = f" {' '.join(spelling)} "
        return any(run in field for field in self._fields)

    def places(self, spelling: Spelling) -> Iterator[_Place]:
        """Yield where a spelling stands, in order."""
        run = f" {' '.join(spelling)} "
        for number, field in enumerate(self._fields):
            at = field.find(run)
            while at >= 0:
                start = field.count(" ", 0, at)
                yield _Place(number, start, start + len(spelling))
                at = field.find(run, at + 1)


def _cut(words: Words, found: Iterable[_Found]) -> Cut:
    """Return where the tokens of every field stand in it, as far as its last place."""
    ends = [0] * len(_FIELDS)
    for place, _ in found:
        ends[place.field] = max(ends[place.field], place.end)
    return tuple(spans(getattr(words, field), end) for field, end in zip(_FIELDS, ends, strict=True))


def _holds(query: Query, there: _There) -> bool:
    match query:
        case Term(spellings=spellings):
            return any(spelling in there for spelling in spellings)
        case And(parts):
            return all(_holds(part, there) for part in parts)
        case Or(parts):
            return any(_holds(part, there) for part in parts)
        case _:
            return not _holds(query.part, there)


def _reasons(query: Query, there: _There, wanted: bool = True) -> Iterator[Term]:
    """Yield the terms whose presence made the query come out as wanted."""
    if _holds(query, there) is not wanted:
        return
    match query:
        case Term():
            if wanted:
                yield query
        case Not(part):
            yield from _reasons(part, there, not wanted)
        case _:
            for part in query.parts:
                yield from _reasons(part, there, wanted)


def _evidence(query: Query, there: _There) -> list[_Found]:
    """Return the places that made a query match; where there are too many, every term's first ones."""
    found = sorted(
        (nth, place, term.text)
        for term in dict.fromkeys(_reasons(query, there))
        for nth, place in enumerate(_places(term, there))
    )
    return sorted((place, text) for _, place, text in found[:_MOST_SPANS])


def _places(term: Term, there: _There) -> Iterable[_Place]:
    """Return where a term stands; of spellings that begin at one place, the longest."""
    standing = (spelling for spelling in term.spellings if spelling in there)
    places = sorted(place for spelling in standing for place in islice(there.places(spelling), _MOST_SPANS))
    return {(place.field, place.start): place for place in places}.values()


def _span(found: _Found, words: Words, cut: Cut) -> Span:
    place, term = found
    field = _FIELDS[place.field]
    start, end = cut[place.field][place.start][0], cut[place.field][place.end - 1][1]
    return Span(term, getattr(words, field)[start:end], field, start, end)
