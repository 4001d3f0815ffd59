"""What a query asks beside words: who says it, where, in which language, when, how many, like what."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Literal, cast
from urllib.parse import urlsplit

from lark import Token

from monitor.errors import QueryError
from monitor.model.topics import Dated, Fact, Field, Like, Outlets, Query
from monitor.tag.mistakes import instead, nearest, query_error
from monitor.words import folded

WORD_FIELDS: Mapping[str, tuple[Field, ...]] = {"title": ("title",), "text": ("summary", "text")}
UNBOUND = frozenset({"before", "after", "since"})
"""Fields that hold of nearly every story, so that a query needs something beside them."""

_ELSEWHERE = {
    "intitle": "title", "headline": "title", "allintitle": "title", "body": "text", "intext": "text",
    "content": "text", "language": "lang", "feed": "source", "outlet": "source", "publisher": "source",
    "host": "site", "domain": "site", "url": "site", "inurl": "site", "http": "site", "https": "site",
    "by": "author", "from": "author", "topic": "tag", "label": "tag", "until": "before", "date": "after",
    "outlets": "sources", "seed": "like",
}  # fmt: skip
"""What other search boxes call them."""

_HOST = re.compile(r"(?=.{1,253}$)[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*")
_LANGUAGE = re.compile(r"([a-z]{2,3})([-_][a-z0-9]+)*", re.IGNORECASE)
_NUMBER = re.compile(r"(>=|>|)([0-9]{1,6})")
_AGO = re.compile(r"([0-9]{1,5})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query's text and what may be asked in it; see `parse_query`. A rest was read before, and may all."""

    text: str
    now: datetime | None = None
    seeds: Collection[str] | None = None
    topics: Collection[str] | None = None
    rest: bool = False

    def error(self, position: int, sentence: str) -> QueryError:
        """Return the error at an offset of the text."""
        return query_error(self.text, position, sentence)


@dataclass(frozen=True, slots=True)
class _Said:
    """A field with its value: where the value stands, and whether under NOT."""

    field: str
    value: str
    place: int
    asked: Asked
    negated: bool

    def error(self, sentence: str) -> QueryError:
        return self.asked.error(self.place, sentence)


def field_named(name: str, token: Token, asked: Asked) -> str:
    """Return the field of a name; QueryError names the nearest one."""
    lower = name.lower()
    if lower in WORD_FIELDS or lower in _READERS:
        return lower
    known = (*WORD_FIELDS, *_READERS)
    likely = _ELSEWHERE.get(lower) or nearest(lower, known)
    advice = f"did you mean {likely}:?" if likely else f"there are {', '.join(f'{one}:' for one in known)}."
    quoted = "Put it in quotes to look for the words."
    raise asked.error(token.start_pos or 0, f"there is no field {name}:; {advice} {quoted}")


def fact_of(field: str, value: str, place: int, asked: Asked, *, negated: bool) -> Query:
    """Return what a field's value asks; QueryError where the field has no such value."""
    return _READERS[field](_Said(field, value, place, asked, negated))


def _named(said: _Said) -> Fact:
    if "*" in said.value:
        raise said.error(f"a star stands after words only, not after {said.field}:; write the whole name.")
    if not (value := folded(said.value)):
        raise said.error(
            f"{said.value} has no letter or digit to look for; write a name after {said.field}:."
        )
    return Fact(cast('Literal["source", "author"]', said.field), value, said.value)


def _site(said: _Said) -> Fact:
    host = said.value.lower().removeprefix("*.").rstrip(".").removeprefix("www.")
    if not _HOST.fullmatch(host):
        found = (urlsplit(host if "://" in host else f"//{host}").hostname or "").removeprefix("www.")
        right = f"site:{found}" if _HOST.fullmatch(found) else "site:bbc.co.uk"
        raise said.error(f"{said.value} is no host; write only that, as in {right}.")
    return Fact("site", (_ascii(host),), said.value)


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _language(said: _Said) -> Fact:
    if not (match := _LANGUAGE.fullmatch(said.value)):
        raise said.error(
            f"{said.value} is no language; write its code of two letters, as in lang:uk or lang:en."
        )
    return Fact("lang", (match[1].lower(),), said.value)


def _tag(said: _Said) -> Fact:
    if said.asked.topics is not None and said.value not in said.asked.topics:
        raise said.error(f"there is no topic {said.value}; {instead(said.value, said.asked.topics, 'tag:')}")
    return Fact("tag", (said.value,), said.value)


def _like(said: _Said) -> Like:
    seeds = said.asked.seeds
    if seeds is None:
        return Like(said.value)
    by_name = {PurePath(name).stem: name for name in seeds} | {name: name for name in seeds}
    if said.value not in by_name:
        raise said.error(f"there is no seed {said.value}; {instead(said.value, seeds, 'like:')}")
    return Like(by_name[said.value])


def _outlets(said: _Said) -> Outlets:
    if not (match := _NUMBER.fullmatch(said.value)) or not int(match[2]):
        sentence = f"{said.value} is no number of outlets; write how many at least, as in sources:>=3."
        raise said.error(sentence)
    if said.negated and said.asked.now is None and not said.asked.rest:
        sentence = (
            "in a topic sources: cannot stand under NOT, since a story's outlets only grow in number "
            "and a tag is never taken back; leave it out."
        )
        raise said.error(sentence)
    return Outlets(int(match[2]) + (match[1] == ">"))


def _before(said: _Said) -> Dated:
    return Dated("at", before=_moment(said))


def _after(said: _Said) -> Dated:
    return Dated("at", since=_moment(said))


def _since(said: _Said) -> Dated:
    return Dated("first_seen", since=_moment(said))


def _moment(said: _Said) -> datetime:
    if match := _AGO.fullmatch(said.value.lower()):
        return _ago(said, timedelta(**{_UNITS[match[2]]: int(match[1])}))
    try:
        found = datetime.fromisoformat(said.value) if _DAY.fullmatch(said.value) else None
        if found:
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    ago = "" if said.asked.now is None else ", or how long ago: 24h, 7d"
    sentence = f"{said.value} is no date; write the day as {said.field}:2025-12-18, with a time as "
    raise said.error(f"{sentence}{said.field}:2025-12-18T06:00{ago}.")


def _ago(said: _Said, span: timedelta) -> datetime:
    if said.asked.now is None:
        sentence = (
            f"{said.value} is counted from now, and a topic has no now: it is asked of every story as it "
            f"comes; write a date, as in {said.field}:2025-12-18, or leave it out."
        )
        raise said.error(sentence)
    try:
        return said.asked.now - span
    except OverflowError:
        raise said.error(
            f"{said.value} ago there were no dates yet; write a shorter time, as in 7d."
        ) from None


_READERS: Mapping[str, Callable[[_Said], Query]] = {
    "source": _named,
    "site": _site,
    "lang": _language,
    "author": _named,
    "tag": _tag,
    "before": _before,
    "after": _after,
    "since": _since,
    "sources": _outlets,
    "like": _like,
}
