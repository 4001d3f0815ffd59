"""The lists of the configuration: how each is read, and the digests."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from monitor.config.readers import nearest, shown
from monitor.config.sections import DigestEntry, RecipientEntry
from monitor.config.tables import Entry, Found, Place, read_table
from monitor.errors import Problem
from monitor.model.digests import DigestPlan, Recipient

T = TypeVar("T")


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
