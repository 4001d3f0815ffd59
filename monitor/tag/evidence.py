"""The words by which a query holds, as they stand in the story."""

from collections.abc import Iterable, Iterator, Sequence

from monitor.model import And, Near, Not, Or, Query, Span, Term, Words
from monitor.tag.seen import FIELDS, Place
from monitor.tag.truth import Story, truth
from monitor.words import spans

_MOST_SPANS = 20
"""How many spans a tag shows, and so how many places of a spelling are worth keeping."""

Found = tuple[Place, Term]
"""A place and the term that stands there."""

Cut = Sequence[Sequence[tuple[int, int]]]
"""Where the tokens of each field begin and end in it, in characters."""


def found_in(query: Query, story: Story) -> list[Found]:
    """Return the places that made a query match; where there are too many, every term's first ones."""
    places = [
        (nth, place, number, term)
        for number, (term, there) in enumerate(_reasons(query, story))
        for nth, place in enumerate(there)
    ]
    places.sort(key=lambda one: one[:3])
    once = {(place.field, place.start, term): (place, term) for _, place, _, term in places[:_MOST_SPANS]}
    return sorted(once.values(), key=lambda one: (one[0], one[1].text))


def cut(words: Words, found: Iterable[Found]) -> Cut:
    """Return where the tokens of every field stand in it, as far as its last place."""
    ends = [0] * len(FIELDS)
    for place, _ in found:
        ends[place.field] = max(ends[place.field], place.end)
    return tuple(spans(getattr(words, field), end) for field, end in zip(FIELDS, ends, strict=True))


def span(found: Found, words: Words, at: Cut) -> Span:
    """Return a place as it is shown."""
    place, term = found
    field = FIELDS[place.field]
    start, end = at[place.field][place.start][0], at[place.field][place.end - 1][1]
    matched = getattr(words, field)[start:end]
    return Span(term.text.strip('"='), matched, field, start, end, _alias(term, place))


def _alias(term: Term, place: Place) -> str | None:
    """Return the row by which a spelling stands for a term, None where it is the term's own."""
    if term.alias is None or place.spelling in term.spellings[: term.own]:
        return None
    return term.alias


def _reasons(query: Query, story: Story, wanted: bool = True) -> Iterator[tuple[Term, Sequence[Place]]]:
    """Yield the terms whose presence made the query come out as wanted, or may yet, and where they stand."""
    if truth(query, story) is (not wanted):
        return
    match query:
        case Term():
            if wanted:
                yield query, _longest(story.seen.places(query, _MOST_SPANS))
        case Near(terms):
            if wanted:
                for together in story.seen.close(query):
                    yield from ((term, (place,)) for place, term in zip(together, terms, strict=True))
        case Not(part):
            yield from _reasons(part, story, not wanted)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _reasons(part, story, wanted)
        case _:
            return


def _longest(places: Sequence[Place]) -> Sequence[Place]:
    """Return of places that begin together the longest."""
    return tuple({(place.field, place.start): place for place in places}.values())
