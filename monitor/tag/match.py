"""Match wordings against the queries of all topics at once.

Every spelling of every query stands in one index under its first token. One pass over a wording's
tokens finds the spellings that are there; only topics with one of them are evaluated, which is
enough because `query` refuses what would match a text with none of its words. Offsets in
characters cost more than the match itself, so only a wording that gets a tag is cut for them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal, get_args

from monitor.model import And, Not, Or, Query, Span, Tag, Term, Topic, Words
from monitor.tag.aliases import AliasTable, Spelling
from monitor.tag.query import read_query
from monitor.words import FoldedWords, Token, fold_words, tokens

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


Hits = Mapping[Spelling, Sequence[_Place]]
Cut = Sequence[Sequence[Token]]


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
        folded = folded or fold_words(words.title, words.summary, words.text)
        there = _There(folded)
        begun = there.of(self._index)
        numbers = {n for word in begun for spelling in self._index[word] for n in self._topics_of[spelling]}
        met = [self._queries[number] for number in sorted(numbers) if _holds(self._queries[number][1], there)]
        if not met:
            return ()
        hits = _find(self._index, folded)
        cut = _cut(words, hits)
        return tuple(Tag(name, 1.0, _evidence(query, hits, words, cut)) for name, query in met)


def matches(query: Query, words: Words) -> bool:
    """Tell whether one query matches a wording."""
    return _holds(query, _There(fold_words(words.title, words.summary, words.text)))


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
    """Which spellings stand in a wording, each a run of words of one field."""

    __slots__ = ("_fields", "_whole")

    def __init__(self, folded: FoldedWords) -> None:
        self._fields = tuple(f" {getattr(folded, field)} " for field in _FIELDS)
        self._whole = "".join(self._fields)

    def of(self, index: Mapping[str, object]) -> Iterable[str]:
        """Return the words of an index that stand there."""
        return {word for word in self._whole.split() if word in index}

    def __contains__(self, spelling: Spelling) -> bool:
        """Tell whether the words of a spelling stand next to each other in one field."""
        run = f" {' '.join(spelling)} "
        return any(run in field for field in self._fields)


def _find(index: Mapping[str, Sequence[Spelling]], folded: FoldedWords) -> Hits:
    hits: dict[Spelling, list[_Place]] = {}
    for number, field in enumerate(_FIELDS):
        run = tuple(getattr(folded, field).split())
        for start in [place for place, word in enumerate(run) if word in index]:
            for spelling in index[run[start]]:
                end = start + len(spelling)
                if run[start:end] == spelling and len(places := hits.setdefault(spelling, [])) < _MOST_SPANS:
                    places.append(_Place(number, start, end))
    return hits


def _cut(words: Words, hits: Hits) -> Cut:
    """Cut every field into tokens, as far as its last hit."""
    ends = [0] * len(_FIELDS)
    for place in chain.from_iterable(hits.values()):
        ends[place.field] = max(ends[place.field], place.end)
    return tuple(
        tuple(islice(tokens(getattr(words, field)), end)) for field, end in zip(_FIELDS, ends, strict=True)
    )


def _holds(query: Query, hits: Hits | _There) -> bool:
    match query:
        case Term(spellings=spellings):
            return any(spelling in hits for spelling in spellings)
        case And(parts):
            return all(_holds(part, hits) for part in parts)
        case Or(parts):
            return any(_holds(part, hits) for part in parts)
        case _:
            return not _holds(query.part, hits)


def _reasons(query: Query, hits: Hits, wanted: bool = True) -> Iterator[Term]:
    """Yield the terms whose presence made the query come out as wanted."""
    if _holds(query, hits) is not wanted:
        return
    match query:
        case Term():
            if wanted:
                yield query
        case Not(part):
            yield from _reasons(part, hits, not wanted)
        case _:
            for part in query.parts:
                yield from _reasons(part, hits, wanted)


def _evidence(query: Query, hits: Hits, words: Words, cut: Cut) -> tuple[Span, ...]:
    """Return the spans that made a query match; where there are too many, every term's first ones."""
    found = sorted(
        (nth, place, term.text)
        for term in dict.fromkeys(_reasons(query, hits))
        for nth, place in enumerate(_places(term, hits))
    )
    kept = sorted((place, text) for _, place, text in found[:_MOST_SPANS])
    return tuple(_span(place, text, words, cut) for place, text in kept)


def _places(term: Term, hits: Hits) -> Iterable[_Place]:
    """Return where a term stands; of spellings that begin at one place, the longest."""
    places = sorted(place for spelling in term.spellings for place in hits.get(spelling, ()))
    return {(place.field, place.start): place for place in places}.values()


def _span(place: _Place, term: str, words: Words, cut: Cut) -> Span:
    field = _FIELDS[place.field]
    start, end = cut[place.field][place.start].start, cut[place.field][place.end - 1].end
    return Span(term, getattr(words, field)[start:end], field, start, end)
