"""What a topic's definition is: what decides which stories bear its tag, and nothing else."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from pathlib import PurePath
from typing import Any

from monitor.model.topics import And, Fact, Like, Near, Not, Or, Outlets, Query, Term, Topic
from monitor.tag.aliases import Aliases, AliasTable, Forms, no_forms
from monitor.tag.atoms import Asked
from monitor.tag.match import Tagger
from monitor.tag.ordering import in_order, tags_asked
from monitor.tag.query import parse_query, read_query
from monitor.tag.writing import write

_LATE = re.compile(r"\b(sources|like|tag):", re.IGNORECASE)
_LIKE = re.compile(r"\blike:", re.IGNORECASE)


class Definitions:
    """The topics as they are defined today, each compiled by itself where it is asked for."""

    def __init__(self, topics: Sequence[Topic], aliases: Aliases, forms: Forms = no_forms) -> None:
        self._topics = {topic.name: topic for topic in topics}
        self._aliases = aliases
        self._forms = forms
        self._table = AliasTable(aliases, forms)
        self._queries: dict[str, Query | None] = {}
        self._matchers: dict[str, Tagger] = {}
        self._digests: tuple[Mapping[str, str], dict[str, str]] = ({}, {})

    def __getitem__(self, name: str) -> Topic:
        """Return a topic."""
        return self._topics[name]

    def query(self, name: str) -> Query | None:
        """Return the query of a topic, read."""
        if name not in self._queries:
            self._queries[name] = self.read(self._topics[name])
        return self._queries[name]

    def read(self, topic: Topic) -> Query | None:
        """Read the query of a topic, which may be another one than is defined."""
        if topic.query is None:
            return None
        return read_query(topic.query, self._table, Asked(topic.query), inflected=topic.forms)

    def search(self, topic: Topic, now: datetime, seeds: Collection[str]) -> Query:
        """Read the query of a search, which may ask for times before now and for any seed and topic."""
        asked = Asked(topic.query or "", now, seeds, self._topics)
        return read_query(asked.text, self._table, asked, inflected=topic.forms)

    def matcher(self, name: str) -> Tagger:
        """Return what tags wordings with one topic only."""
        if name not in self._matchers:
            self._matchers[name] = Tagger([self._topics[name]], self._aliases, self._forms)
        return self._matchers[name]

    def digests(self, seeds: Mapping[str, str]) -> Mapping[str, str]:
        """Return the digests of all definitions; seeds are digests of the words of seeds by name."""
        known, digests = self._digests
        if not digests or known != seeds:
            digests = self._digested(seeds)
            self._digests = seeds, digests
        return digests

    def _digested(self, seeds: Mapping[str, str]) -> dict[str, str]:
        """Return the digests, each after those of the topics whose tags it asks for, which are part of it."""
        queries = {name: query for name in self._topics if (query := self.query(name)) is not None}
        found = {name: digest(one, None, seeds) for name, one in self._topics.items() if name not in queries}
        for name in in_order(queries):
            own = digest(self._topics[name], queries[name], seeds)
            needs = [found[one] for one in sorted(set(tags_asked(queries[name]))) if one in found]
            found[name] = _hashed([own, *needs]) if needs else own
        return found


def seeds_asked(topics: Iterable[Topic], aliases: Aliases) -> set[str]:
    """Return the seeds that the queries of topics ask likeness to."""
    asking = (topic.query for topic in topics if topic.query and _LIKE.search(topic.query))
    return {seed for query in asking for seed in likes(parse_query(query, aliases))}


def digest(topic: Topic, query: Query | None, seeds: Mapping[str, str]) -> str:
    """Return what changes when a topic's query, what its words stand for, its seeds or its threshold do.

    Its title, its place among the topics and the order of spellings are no part of it.
    """
    written = write(query) if query else None
    words = sorted({(term.text, tuple(sorted(term.spellings))) for term in terms(query)}) if query else []
    seeds = {PurePath(name).stem: one for name, one in seeds.items()} | dict(seeds)
    named = sorted({*topic.seeds, *likes(query)})
    about: list[Any] = [written, words, [(name, seeds.get(name)) for name in named]]
    if named:
        about.append(topic.threshold)
    return _hashed(about)


def _hashed(about: list[Any]) -> str:
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


def terms(query: Query) -> Iterator[Term]:
    """Yield the words and phrases of a query."""
    return (part for part in parts(query) if isinstance(part, Term))


def likes(query: Query | None) -> set[str]:
    """Return the seeds that a query asks likeness to."""
    return {part.seed for part in parts(query) if isinstance(part, Like)} if query else set()


def may_be_late(written: str) -> bool:
    """Tell whether a query, as written, may be late; it is not read for it."""
    return bool(_LATE.search(written))


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
