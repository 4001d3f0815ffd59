"""Other parsers' test suites as checks on ours: what each file expects of the values that we keep."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from monitor.model.entries import Entry, ParsedFeed, Words
from monitor.model.fetching import Document, Failed
from monitor.parse import parse
from monitor.parse.text import line, plain, tidy

NOW = datetime(2027, 1, 1, tzinfo=UTC)
ADDRESS = "http://127.0.0.1:8097/feeds/feed.xml"

_LEFT_OUT = re.compile(r"of (\d+) items have neither")
_ITEM_ENDS = re.compile(rb"</(item|entry)>", re.IGNORECASE)
_NOTHING = Entry(Words(""))


@dataclass(frozen=True, slots=True)
class Check:
    """One value that a suite expects of a file: of which field, of which item (None: the feed's own)."""

    field: str
    item: int | None
    expected: Any


@dataclass(frozen=True, slots=True)
class Case:
    """One input of a suite with all that it expects of what we keep."""

    name: str
    document: Document
    checks: tuple[Check, ...] = ()
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where we and a suite differ."""

    suite: str
    case: str
    check: Check
    ours: Any

    def __str__(self) -> str:
        """Return the mismatch as a line."""
        place = "" if self.check.item is None else f" of item {self.check.item}"
        said = f"{self.check.field}{place} is {self.ours!r}, expected {self.check.expected!r}"
        return f"{self.suite}: {self.case}: {said}"


@dataclass(slots=True)
class Tally:
    """What a suite came to."""

    inputs: int = 0
    checks: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)


def tally(suite: str, cases: Iterator[Case]) -> Tally:
    """Parse every case of a suite and compare."""
    result = Tally()
    for case in cases:
        parsed = parse(case.document, NOW)
        result.inputs += 1
        result.checks += len(case.checks) + case.fails
        if case.fails and isinstance(parsed, ParsedFeed):
            result.mismatches.append(
                Mismatch(suite, case.name, Check("fails", None, expected=True), ours=False)
            )
        for check in case.checks:
            ours = _ours(check, parsed, case)
            if not _agrees(check, ours, case):
                result.mismatches.append(Mismatch(suite, case.name, check, ours))
    return result


def _ours(check: Check, parsed: ParsedFeed | Failed, case: Case) -> Any:
    if isinstance(parsed, Failed):
        return 0 if check.field == "count" else None
    if check.item is None:
        return _count(parsed) if check.field == "count" else getattr(parsed, check.field)
    entries = parsed.entries if check.item < len(parsed.entries) else _with_titles(case.document)
    return _of_entry(entries[check.item] if check.item < len(entries) else _NOTHING, check.field)


def _count(parsed: ParsedFeed) -> int:
    """Return how many items the document had, those included that say nothing and were left out."""
    left_out = next(filter(None, map(_LEFT_OUT.search, parsed.problems)), None)
    return int(left_out[1]) if left_out else len(parsed.entries)


def _with_titles(document: Document) -> tuple[Entry, ...]:
    """Return the entries, each with a last title: many files test one field of an item that says nothing."""
    titled = replace(document, body=_ITEM_ENDS.sub(rb"<title>-</title></\1>", document.body))
    parsed = parse(titled, NOW)
    return parsed.entries if isinstance(parsed, ParsedFeed) else ()


def _of_entry(entry: Entry, name: str) -> Any:
    if name == "content":
        return (entry.words.summary, entry.words.text)
    return getattr(entry.words if hasattr(entry.words, name) else entry, name)


def _agrees(check: Check, ours: Any, case: Case) -> bool:
    if check.field == "content":
        return any(line(text) in _cleanings(check.expected) for text in ours)
    if check.field in {"title", "summary"}:
        return line(ours or "") in _cleanings(check.expected)
    if check.field in {"link", "site"} and ours and check.expected:
        return _same_address(ours, urljoin(case.document.url, check.expected))
    return bool(ours == check.expected) or not (ours or check.expected)


def _cleanings(expected: Any) -> set[str]:
    """Give the ways in which another parser's text, HTML or plain, may read once it is cleaned as ours is."""
    said = str(expected or "")
    return {line(plain(said)), line(tidy(said))}


def _same_address(one: str, other: str) -> bool:
    first, second = urlsplit(one), urlsplit(other)
    return first._replace(netloc=first.netloc.lower(), path=first.path or "/") == second._replace(
        netloc=second.netloc.lower(), path=second.path or "/"
    )
