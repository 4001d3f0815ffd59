"""One score of query and likeness: the rule that joins them."""

_ALONE = 0.9
"""How far from the threshold to 1 likeness must be where the query fails: from 0.5, that is 0.95, twice as far from
the archive's mean as the border is. With 0.75, 0.63 % of news from before the war was on the shipped topics."""


def joined(matched: bool | None, likeness: float | None, threshold: float) -> float | None:
    """Return how sure it is that a story is on a topic, in (0, 1], or None where it is not.

    matched tells whether the topic's query matches, None where it has none; likeness is None where it has no
    seeds. A match is worth one half, and likeness the other. Where the query fails likeness must be nine
    tenths of the way from the threshold to 1: seeds alone do not tell a topic from the story around it, and
    whoever wrote a query said more.
    """
    if likeness is None:
        return 1.0 if matched else None
    if matched:
        return (1 + likeness) / 2
    least = threshold if matched is None else threshold + _ALONE * (1 - threshold)
    return likeness if likeness >= least else None
