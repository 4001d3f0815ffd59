"""One score: how a query and likeness to seeds combine."""

from dataclasses import replace

from monitor.model import Likeness, Tag


def combined(matched: float, likeness: float | None) -> float:
    """Return the score of a story that a query matched; likeness, where the topic has seeds, tells the rest."""
    return matched if likeness is None else (matched + likeness) / 2


def joined(topic: str, known: Tag | None, likeness: Likeness) -> Tag:
    """Return the tag of a story that is like its topic, and may bear a query's tag already."""
    if known is None or not known.evidence:
        return replace(known or Tag(topic, 0.0), score=likeness.score, likeness=likeness)
    return replace(known, score=combined(1.0, likeness.score), likeness=likeness)
