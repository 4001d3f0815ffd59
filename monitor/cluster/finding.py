"""Which events a story may belong to: those that are found by the terms that tell most about it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from operator import itemgetter

from monitor.cluster.likeness import Mass, Masses
from monitor.model.events import Member, Newcomer
from monitor.words import number_of

_SOUGHT = 12
"""By so many of its most telling terms a story's event is sought and found; with 8, ECB+ loses 0.03."""

_CANDIDATES = 4
"""With how many events a story is compared: those that share the most telling terms."""

_LEAST = 0.05
"""What share of a story's weight an event must have in common with it to be compared."""


def sought(stories: Iterable[Member], masses: Masses) -> list[Newcomer]:
    """Return stories with the terms by which their events are sought, the most telling first."""
    stories = list(stories)
    masses.weigh(stories)
    return [_sought(one, masses(one)) for one in stories]


def _sought(story: Member, own: Mass) -> Newcomer:
    share = own.share
    telling = sorted(own.terms.items(), key=itemgetter(1), reverse=True)[:_SOUGHT]
    return Newcomer(story, {number_of(term): weight / share for term, weight in telling})


def likely(terms: Mapping[int, float], events: Mapping[int, Collection[int]]) -> list[int]:
    """Return the events that share the most of a story's weight, the nearest first.

    terms are those by which it is sought with their weights, events those of the stories with a term.
    """
    shares: defaultdict[int, float] = defaultdict(float)
    for term, weight in terms.items():
        if found := events.get(term):
            square = weight**2
            for event in found:
                shares[event] += square
    near = [event for event, share in shares.items() if share >= _LEAST]
    return sorted(near, key=lambda event: (-shares[event], event))[:_CANDIDATES]


class Finder:
    """Events by the terms that find them, while stories are placed and events are put together."""

    def __init__(self, found: Mapping[int, AbstractSet[int]], known: AbstractSet[int]) -> None:
        self._events: defaultdict[int, set[int]] = defaultdict(set)
        self._terms: defaultdict[int, list[int]] = defaultdict(list)
        for term, events in found.items():
            for event in events & known:
                self._events[term].add(event)
                self._terms[event].append(term)

    def likely(self, terms: Mapping[int, float]) -> list[int]:
        """Return the events that share the most of a story's weight, the nearest first."""
        return likely(terms, self._events)

    def add(self, event: int, terms: Iterable[int]) -> None:
        """Let an event be found by terms."""
        mine = self._terms[event]
        for term in terms:
            found = self._events[term]
            if event not in found:
                found.add(event)
                mine.append(term)

    def merge(self, gone: int, into: int) -> None:
        """Let what found one event find another."""
        terms = self._terms.pop(gone, [])
        for term in terms:
            self._events[term].discard(gone)
        self.add(into, terms)
