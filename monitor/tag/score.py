"""One score of query and likeness: the rule that joins them."""


def joined(matched: bool, likeness: float | None, threshold: float) -> float | None:
    """Return how sure it is that a story is on a topic, in (0, 1], or None where it is not.

    matched tells whether the topic's query matches, likeness is None where the topic has no seeds. Each is
    enough by itself. A match alone is worth one half, and likeness the other; without a query likeness counts whole.
    """
    if likeness is None:
        return 1.0 if matched else None
    if matched:
        return (1 + likeness) / 2
    return likeness if likeness >= threshold else None
