"""Nearly the same text: wire copies with their edits and boilerplate, and summaries of the text.

A body is proposed by its first eight words and by a few of its runs of five words: those whose checksums are
the smallest (the bottom-k sketch of Broder, "On the resemblance and containment of documents", 1997). Two
texts that share half of their runs share one of eight such with 0.996, and chance shares none: so each run is
a key of its own, and no band need be longer. Whether two are one is told by comparing their words.
"""

from collections.abc import Iterator
from zlib import crc32

from monitor.dedupe.hashed import hashed
from monitor.dedupe.likeness import (
    SHORT,
    SOON,
    Alike,
    Between,
    Reading,
    agreeing,
    by_length,
    clashing,
    contained,
)
from monitor.model.entries import Entry

RULE = "near"
"""The name of the rung."""
SAYS = "nearly the same text"
"""What it says of two stories."""

_RUN = 5
_KEPT = 8
_EVERY = 4
"""A short body keeps one of four runs."""
_OPENING = 8
SKETCHED = 128
"""How many words of a body are sketched; what is longer is known by its beginning."""

_LEAST = 12
"""Bodies of fewer words are compared by no measure."""
_SHORT, _LONG = 30, 100
_ALIKE_SHORT, _ALIKE_LONG = 0.8, 0.6
"""How much of the shorter body the longer must have, by its words; between the two in proportion."""
_REPEATED = 0.9
"""How much two bodies of one outlet must have in common, both ways."""
_SUMMARY = 0.5
"""A body of less than this part of the other is a summary: it must come from the beginning."""
_STRANGE = 0.25
"""How many of its names and numbers each body may have for itself: a template fills in others every time."""
_NAMING = 2
"""A short body with fewer names and numbers is standing text: only its title tells it from the next one."""


def keys(_entry: Entry, _title: str, body: list[str]) -> Iterator[int]:
    """Propose stories whose bodies begin alike or share one of the runs that stand for this one."""
    if len(body) < _LEAST:
        return
    words = " ".join(body).encode().split()
    yield hashed("opening", b" ".join(words[:_OPENING]))
    runs = list(map(b" ".join, zip(*(words[start:] for start in range(_RUN)), strict=False)))
    sums = dict(zip(map(crc32, runs), runs, strict=True))
    for one in sorted(sums)[: min(_KEPT, len(runs) // _EVERY)]:
        yield hashed(RULE, sums[one])


def same(one: Reading, other: Reading, between: Between) -> Alike | None:
    """Tell whether two bodies are one text, edited, cut or added to."""
    short, long = by_length(one, other)
    if len(short.body) < _LEAST or clashing(one.numbers, other.numbers) or _strange(short, long):
        return None
    alike = _repeated(short, long, between) if between.same_outlet else _carried(short, long)
    if not alike:
        return None
    return Alike(round(alike, 3), f"{alike:.0%} of {len(short.body)} words: {agreeing(short, long)}")


def _strange(one: Reading, other: Reading) -> bool:
    """Tell whether each names much that the other does not: one make, filled with other names and numbers."""
    mine, theirs = len(one.marks - other.marks), len(other.marks - one.marks)
    return mine > _STRANGE * len(one.marks) and theirs > _STRANGE * len(other.marks)


def _repeated(short: Reading, long: Reading, between: Between) -> float:
    """Return how alike two bodies of one outlet are, 0 where they are two items of one make."""
    if len(short.body) < SHORT and between.apart > SOON:
        return 0.0
    shared = len(short.title & long.title)
    if clashing(short.marks, long.marks) or shared < _REPEATED * max(len(short.title), len(long.title)):
        return 0.0
    alike = contained(short, long) * len(short.shingles) / len(long.shingles)
    return alike if alike >= _REPEATED else 0.0


def _carried(short: Reading, long: Reading) -> float:
    """Return how alike the bodies of two outlets are, 0 where they are not one text."""
    summary = len(short.body) < _SUMMARY * len(long.body)
    if (summary or len(short.body) < SHORT) and not _titled_alike(short, long):
        return 0.0
    if summary:
        long = long.beginning(2 * len(short.body))
    alike = contained(short, long)
    return alike if alike >= _wanted(len(short.body)) else 0.0


def _titled_alike(short: Reading, long: Reading) -> bool:
    """Tell whether titles, where both have one, share a word; under standing text they must be the same."""
    shared = short.title & long.title
    if len(short.body) < SHORT and len(short.marks) < _NAMING:
        return len(shared) >= _REPEATED * max(len(short.title), len(long.title))
    return not (short.title and long.title) or any(len(word) >= 4 for word in shared)


def _wanted(words: int) -> float:
    part = min(1.0, max(0.0, (words - _SHORT) / (_LONG - _SHORT)))
    return _ALIKE_SHORT + part * (_ALIKE_LONG - _ALIKE_SHORT)
