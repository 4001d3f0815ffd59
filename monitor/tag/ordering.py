"""Topics that ask for one another's tags: in which order they are decided, and what cannot be."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from monitor.model.topics import And, Fact, Not, Or, Outlets, Query


def in_order(queries: Mapping[str, Query]) -> tuple[str, ...]:
    """Return the names of topics, each after those whose tags it asks for; CycleError where they circle."""
    needs = {
        name: [asked for asked, _ in _tags(query) if asked in queries] for name, query in queries.items()
    }
    return tuple(TopologicalSorter(needs).static_order())


def circle(queries: Mapping[str, Query]) -> tuple[str, ...]:
    """Return names of topics each of which waits for the tag of the next, the first once more at the end."""
    try:
        in_order(queries)
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()


def shrinking(queries: Mapping[str, Query]) -> Iterator[tuple[str, str]]:
    """Yield a topic with another whose tag it excludes though that may still come as outlets are added.

    The tag that was given before would have to be taken back. The topics must not circle.
    """
    growing: set[str] = set()
    for name in in_order(queries):
        asked = tuple(_tags(queries[name]))
        if _outlets(queries[name]) or any(other in growing for other, _ in asked):
            growing.add(name)
        yield from ((name, other) for other, negated in asked if negated and other in growing)


def tags_asked(query: Query) -> Iterator[str]:
    """Yield the topics whose tags a query asks for."""
    return (name for name, _ in _tags(query))


def _tags(query: Query, negated: bool = False) -> Iterator[tuple[str, bool]]:
    match query:
        case Fact("tag", (name,)):
            yield name, negated
        case Not(part):
            yield from _tags(part, not negated)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _tags(part, negated)
        case _:
            return


def _outlets(query: Query) -> bool:
    match query:
        case Outlets():
            return True
        case Not(part):
            return _outlets(part)
        case And(parts) | Or(parts):
            return any(map(_outlets, parts))
        case _:
            return False
