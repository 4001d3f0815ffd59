"""What a topic's definition is: what decides which stories bear its tag, and nothing else."""

import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b

from monitor.model import And, Fact, Like, Near, Not, Or, Outlets, Query, Term, Topic
from monitor.tag.writing import write


def definition(topic: Topic, query: Query | None, seeds: Mapping[str, str]) -> str:
    """Return a digest that changes when the topic's query, what its words stand for, its seeds, its threshold do.

    seeds are digests of the words of seeds by name. Its title, its place among the topics and the order of
    spellings are no part of it.
    """
    written = write(query) if query else None
    terms = sorted({(term.text, tuple(sorted(term.spellings))) for term in _terms(query)}) if query else []
    named = sorted({*topic.seeds, *likes(query)})
    about = [written, terms, [(name, seeds.get(name)) for name in named]]
    if named:
        about.append(topic.threshold)
    return blake2b(json.dumps(about).encode(), digest_size=12).hexdigest()


def parts(query: Query) -> Iterator[Query]:
    """Yield a query and everything in it."""
    yield query
    match query:
        case And(inner) | Or(inner) | Near(inner):
            for part in inner:
                yield from parts(part)
        case Not(part):
            yield from parts(part)


def _terms(query: Query) -> Iterator[Term]:
    return (part for part in parts(query) if isinstance(part, Term))


def likes(query: Query | None) -> set[str]:
    """Return the seeds that a query asks likeness to."""
    return {part.seed for part in parts(query) if isinstance(part, Like)} if query else set()


def is_late(query: Query) -> bool:
    """Tell whether a query asks what is known only of a story that has its event."""
    return any(
        isinstance(part, Like | Outlets) or (isinstance(part, Fact) and part.field == "tag")
        for part in parts(query)
    )


def weakened(query: Query) -> Query | None:
    """Return what a query asks for surely: of late parts it is not known, so they are left out.

    None where it asks for nothing surely.
    """
    match query:
        case And(inner):
            kept = tuple(part for one in inner if (part := weakened(one)) is not None)
            return And(kept) if len(kept) > 1 else kept[0] if kept else None
        case Or(inner):
            some = [weakened(one) for one in inner]
            return None if None in some else Or(tuple(part for part in some if part is not None))
        case _:
            return None if is_late(query) else query
