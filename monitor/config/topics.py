"""Topics and aliases: what they say, and what they say of seeds and of one another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from monitor.config.entries import read_all, spoken
from monitor.config.readers import Wrong, list_of, nearest, of_kind, shown, text
from monitor.config.sections import TopicEntry
from monitor.config.tables import Entry, Found, Place, Table, unknown
from monitor.errors import Problem, QueryError
from monitor.model.topics import Alias, Query, Topic
from monitor.tag.aliases import AliasTable
from monitor.tag.atoms import Asked
from monitor.tag.ordering import circle, shrinking
from monitor.tag.query import read_query, warnings

_SPELLINGS = list_of(text)
_ROW = (
    'such as ["Kyiv", "Kiev", "Київ"], '
    'or { spellings = ["Patriot"], with = ["missile"], without = ["party"] }'
)
_KEYS = ("spellings", "with", "without")


def read_aliases(table: Table, problems: list[Problem]) -> dict[str, Alias]:
    """Read the alias table: a name and every spelling that stands for it, with or without company."""
    aliases = {}
    for name, found in table.items():
        try:
            aliases[name] = _alias(found, problems)
        except Wrong as error:
            problems.append(found.place.problem(error.wrong, error.right or _ROW))
    return aliases


def _alias(found: Found, problems: list[Problem]) -> Alias:
    if not isinstance(found.value, dict):
        return Alias(_SPELLINGS.read(of_kind(found.value, list, _ROW)))
    problems += [unknown(found.place.under(key), key, _KEYS) for key in found.value if key not in _KEYS]
    if "spellings" not in found.value:
        raise Wrong("has no spellings", _ROW)
    return Alias(*(_SPELLINGS.read(found.value.get(key, [])) for key in _KEYS))


def read_topics(
    entries: list[Entry],
    aliases: Mapping[str, Alias],
    seeds: Path | None,
    problems: list[Problem],
    advice: list[str],
) -> tuple[Topic, ...]:
    """Read the topics; every query must parse and every seed must be there.

    To the advice are added sentences about what may be meant otherwise.
    """
    corpus, table = _corpus(seeds), AliasTable(aliases)
    items = read_all(TopicEntry, entries, lambda topic: topic.name, problems)
    asked = Asked("", seeds=corpus, topics={written.name for written, _ in items})
    topics, queries = [], dict[str, tuple[Query, Place]]()
    for written, item in items:
        if "query" not in item.table and not written.seeds:
            problems.append(item.place.problem("has neither a query nor seeds", "give one of them, or both"))
        if written.query is not None:
            read = _read(replace(asked, text=written.query), table, item.at("query"))
            if isinstance(read, Problem):
                problems.append(read)
            else:
                queries[written.name] = read, item.at("query")
                advice += (f'topic "{written.name}": {one}' for one in warnings(written.query))
        problems += _seed_problems(written.seeds, seeds, corpus, item.at("seeds"))
        topics.append(_topic(written))
    problems += _problems_together(queries)
    return tuple(topics)


def _topic(written: TopicEntry) -> Topic:
    return Topic(
        name=written.name,
        title=written.title or spoken(written.name),
        query=written.query,
        seeds=written.seeds,
        threshold=written.threshold,
        forms=written.forms,
    )


def _corpus(seeds: Path | None) -> set[str] | None:
    """Return the names of the seeds, or None where there is no folder or it cannot be read."""
    try:
        return {file.name for file in seeds.iterdir()} if seeds else None
    except OSError:
        return None


def _read(asked: Asked, table: AliasTable, place: Place) -> Query | Problem:
    """Read a query without the forms of its words: whether it can be read does not hang on them."""
    try:
        return read_query(asked.text, table, asked)
    except QueryError as error:
        return place.problem(str(error).rstrip("."))


def _problems_together(queries: Mapping[str, tuple[Query, Place]]) -> Iterator[Problem]:
    """Refuse topics that wait for one another, and tags that would have to be taken back."""
    read = {name: query for name, (query, _) in queries.items()}
    if around := circle(read):
        wrong = f"waits for its own tag: {' -> '.join(around)}"
        yield queries[around[0]][1].problem(wrong, "take one of these tag: out")
        return
    for name, other in shrinking(read):
        wrong = f"excludes tag:{other}, which a story may still get when more outlets carry it"
        yield queries[name][1].problem(
            wrong, "a tag is never taken back, so leave NOT out, or exclude by words"
        )


def _seed_problems(
    names: Iterable[str], seeds: Path | None, corpus: set[str] | None, place: Place
) -> Iterator[Problem]:
    for name in names:
        if seeds is None:
            yield place.problem(f"{shown(name)} is named but there is no seed corpus", "set [seeds] path")
        elif corpus is not None and name not in corpus:
            yield place.problem(f"there is no seed {shown(name)} in {seeds}", nearest(name, corpus))
