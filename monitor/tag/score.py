"""One score of query and likeness: the rule that joins them."""

from monitor.model.topics import Topic

_ALONE = 0.9
"""How far from the threshold to 1 likeness must be where the query fails: from 0.5, that is 0.95, twice as
far from the archive's mean as the border. With 0.75, 0.63 % of news from before the war was on it."""


def joined(topic: Topic, matched: bool, likeness: float | None) -> float | None:
    """Return how sure it is that a story is on a topic, in (0, 1], or None where it is not.

    matched tells whether the topic's query matches; likeness is None where the topic has no seeds. Where
    there are both, each is worth one half. If then the query fails, likeness must be nine tenths of the way
    from the threshold to 1: seeds alone do not tell a topic from the story around it, and whoever wrote a
    query said more.
    """
    if likeness is None:
        return 1.0 if matched else None
    if topic.query is None:
        return likeness if likeness >= topic.threshold else None
    if matched or likeness >= topic.threshold + _ALONE * (1 - topic.threshold):
        return (matched + likeness) / 2
    return None
