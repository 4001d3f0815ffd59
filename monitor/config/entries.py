"""The lists of the configuration (topics, digests, aliases) and what they say of one another."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from monitor.config.readers import Wrong, list_of, nearest, shown, text
from monitor.config.sections import DigestEntry, RecipientEntry, TopicEntry
from monitor.config.tables import Entry, Found, Place, Table, read_table
from monitor.errors import Problem, QueryError
from monitor.model import DigestPlan, Recipient, Topic
from monitor.tag.query import parse_query

T = TypeVar("T")
_SPELLINGS = list_of(text)


def read_aliases(table: Table, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    """Read the alias table: a name and every spelling that stands for it."""
    aliases = {}
    for name, found in table.items():
        try:
            aliases[name] = _SPELLINGS.read(found.value)
        except Wrong as error:
            problems.append(
                found.place.problem(error.wrong, error.right or 'such as ["Kyiv", "Kiev", "Київ"]')
            )
    return aliases


def read_topics(
    entries: list[Entry], aliases: Mapping[str, tuple[str, ...]], seeds: Path | None, problems: list[Problem]
) -> tuple[Topic, ...]:
    """Read the topics; every query must parse and every seed must be there."""
    corpus = _corpus(seeds)
    topics = []
    for written, item in read_all(TopicEntry, entries, lambda topic: topic.name, problems):
        if "query" not in item.table and not written.seeds:
            problems.append(item.place.problem("has neither a query nor seeds", "give one of them, or both"))
        problems += _query_problems(written.query, aliases, item.at("query"))
        problems += _seed_problems(written.seeds, seeds, corpus, item.at("seeds"))
        title = written.title or spoken(written.name)
        topics.append(Topic(written.name, title, written.query, written.seeds, written.threshold))
    return tuple(topics)


def _corpus(seeds: Path | None) -> set[str] | None:
    """Return the names of the seeds, or None where there is no folder or it cannot be read."""
    try:
        return {file.name for file in seeds.iterdir()} if seeds else None
    except OSError:
        return None


def _query_problems(
    query: str | None, aliases: Mapping[str, tuple[str, ...]], place: Place
) -> Iterator[Problem]:
    try:
        if query is not None:
            parse_query(query, aliases)
    except QueryError as error:
        yield place.problem(str(error).rstrip("."))


def _seed_problems(
    names: Iterable[str], seeds: Path | None, corpus: set[str] | None, place: Place
) -> Iterator[Problem]:
    for name in names:
        if seeds is None:
            yield place.problem(f"{shown(name)} is named but there is no seed corpus", "set [seeds] path")
        elif corpus is not None and name not in corpus:
            yield place.problem(f"there is no seed {shown(name)} in {seeds}", nearest(name, corpus))


def read_digests(
    entries: list[Entry], topics: Iterable[str] | None, problems: list[Problem]
) -> tuple[DigestPlan, ...]:
    """Read the digests; topics are the names that exist, None where that is not known."""
    plans = []
    known = None if topics is None else tuple(topics)
    for written, item in read_all(DigestEntry, entries, lambda digest: digest.name, problems):
        problems += topic_problems(written.topics, known, item.at("topics"))
        plans.append(
            DigestPlan(
                name=written.name,
                title=written.title or spoken(written.name),
                topics=written.topics or tuple(known or ()),
                schedule=written.schedule,
                timezone=written.timezone,
                to=_recipients(written.to, item.at("to"), problems),
                send_empty=written.send_empty,
            )
        )
    return tuple(plans)


def topic_problems(names: Iterable[str], known: tuple[str, ...] | None, place: Place) -> Iterator[Problem]:
    """Refuse topics that do not exist; known is None where that cannot be told."""
    for name in names:
        if known is not None and name not in known:
            right = nearest(name, known) or f"topics: {', '.join(known) or 'none'}"
            yield place.problem(f"there is no topic {shown(name)}", right)


def _recipients(raw: Iterable[object], place: Place, problems: list[Problem]) -> tuple[Recipient, ...]:
    entries = []
    for index, value in enumerate(raw):
        at = Place(place.file, f"{place.key}[{index}]", place.folder, place.label)
        if isinstance(value, str):
            entries.append(Entry({"address": Found(value, at)}, at))
        elif isinstance(value, dict):
            entries.append(Entry({key: Found(item, at.under(key)) for key, item in value.items()}, at))
        else:
            problems.append(at.problem("is no recipient", 'an address in quotes or { address = "…" }'))
    read = read_all(RecipientEntry, entries, lambda reader: reader.address.casefold(), problems)
    return tuple(Recipient(who.address, who.timezone, who.language) for who, _ in read)


def read_all(
    kind: type[T], entries: Iterable[Entry], identity: Callable[[T], str], problems: list[Problem]
) -> list[tuple[T, Entry]]:
    """Read entries of one kind; no two may have the same identity."""
    first: dict[str, Entry] = {}
    read = []
    for item in entries:
        value = read_table(kind, item.table, item.place, problems)
        same = first.setdefault(identity(value), item) if identity(value) else item
        if same is not item:
            problems.append(
                item.place.problem(f"is there twice: {same.place.file}: {same.place.key}", "keep one")
            )
        read.append((value, item))
    return read


def spoken(name: str) -> str:
    """Return a name as a title."""
    words = name.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]
