"""The words by which a query holds, as they stand in the story."""

from collections.abc import Iterable, Mapping, Sequence

from monitor.model.entries import Words
from monitor.model.topics import And, Near, Not, Or, Query, Span, Term
from monitor.tag.seen import FIELDS, Place
from monitor.tag.truth import Story, truth
from monitor.words import spans

_MOST_SPANS = 20
"""How many spans a tag shows, and so how many places of a spelling are worth keeping."""

Found = tuple[Place, Term]
"""A place and the term that stands there."""

Cut = Sequence[Mapping[int, tuple[int, int]]]
"""Where the tokens of each field that are asked for begin and end in it, in characters."""


def found_in(query: Query, story: Story) -> list[Found]:
    """Return the places by which a query holds, or may yet; of too many every term's first ones."""
    reasons: list[tuple[Term, Sequence[Place]]] = []
    _give_reasons(query, story, True, True, reasons)
    places = [
        (nth, place, number, term)
        for number, (term, there) in enumerate(reasons)
        for nth, place in enumerate(there)
    ]
    if len(places) > _MOST_SPANS:
        places.sort(key=lambda one: one[:3])
    once = {
        (place.field, place.start, term.text): (place, term) for _, place, _, term in places[:_MOST_SPANS]
    }
    return sorted(once.values(), key=lambda one: (one[0], one[1].text))


def cut(words: Words, found: Iterable[Found]) -> Cut:
    """Return where the first and last tokens of places stand in their fields."""
    asked: tuple[set[int], ...] = tuple(set() for _ in FIELDS)
    for place, _ in found:
        asked[place.field].update((place.start, place.end - 1))
    return tuple(spans(getattr(words, field), tokens) for field, tokens in zip(FIELDS, asked, strict=True))


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


def _give_reasons(
    query: Query, story: Story, wanted: bool, sure: bool, to: list[tuple[Term, Sequence[Place]]]
) -> None:
    """Tell of the terms whose presence made the query come out as wanted, or may yet, and where they stand.

    sure: it is known that it did, or may. Else only of parts that must all be as wanted that has to be asked:
    of the others each tells of itself.
    """
    match query:
        case Term():
            if wanted and (places := story.seen.places(query, _MOST_SPANS)):
                to.append((query, _longest(places)))
        case And(parts) | Or(parts):
            every = isinstance(query, And) is wanted
            if every and not sure and truth(query, story) is (not wanted):
                return
            for part in parts:
                _give_reasons(part, story, wanted, sure and every, to)
        case Near(terms):
            if wanted:
                for together in story.seen.close(query):
                    to += ((term, (place,)) for place, term in zip(together, terms, strict=True))
        case Not(part):
            _give_reasons(part, story, not wanted, sure, to)
        case _:
            return


def _longest(places: Sequence[Place]) -> Sequence[Place]:
    """Return of places that begin together the longest."""
    if len(places) == 1:
        return places
    return tuple({(place.field, place.start): place for place in places}.values())
