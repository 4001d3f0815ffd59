"""The same headline: one title without section and outlet, over leads that do not speak of something else."""

from collections.abc import Iterator

from monitor.dedupe.hashed import hashed
from monitor.dedupe.likeness import SHORT, SOON, Alike, Between, Reading, by_length, clashing, contained
from monitor.dedupe.title import is_telling
from monitor.model.entries import Entry

RULE = "headline"
"""The name of the rung."""
SAYS = "the same headline"
"""What it says of two stories."""

_LEAD = 40
"""How many words of a body are its lead."""
_SAYS = 8
"""A shorter lead says too little to gainsay the title."""
_AKIN = 0.25
"""How many of the shorter lead's longer words the other has; leads on two subjects share a tenth."""
_REPEATED = 0.8
"""How much of a body one outlet repeats under one title where it is not a serial item."""
_LONG = 4


def keys(_entry: Entry, title: str, _body: list[str]) -> Iterator[int]:
    """Propose stories with this title, where it is a telling one."""
    if is_telling(title):
        yield hashed(RULE, title.encode())


def same(one: Reading, other: Reading, between: Between) -> Alike | None:
    """Tell whether two items under one headline are one story.

    Between outlets the leads must share words, where both say something. One outlet gives one title to many
    days' items: there the text must be repeated, with little text the time be short, and a bare title be
    somebody else's too or the time be short.
    """
    score = _within(one, other, between) if between.same_outlet else _between(one, other)
    return Alike(round(score, 3), other.words.title) if score else None


def _within(one: Reading, other: Reading, between: Between) -> float:
    short, long = by_length(one, other)
    if len(long.body) < _SAYS:
        return float(between.dated and (between.elsewhere or between.apart <= SOON))
    if len(short.body) < SHORT and between.apart > SOON:
        return 0.0
    likeness = 0.0 if clashing(one.marks, other.marks) else contained(short, long)
    return likeness if likeness >= _REPEATED else 0.0


def _between(one: Reading, other: Reading) -> float:
    if min(len(one.body), len(other.body)) < _SAYS:
        return 1.0
    said, heard = _significant(one), _significant(other)
    akin = len(said & heard) / max(1, min(len(said), len(heard)))
    return akin if akin >= _AKIN else 0.0


def _significant(one: Reading) -> set[str]:
    return {word for word in one.body[:_LEAD] if len(word) >= _LONG or not word.isalpha()}
