"""What every format does with its items once their fields are found."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from monitor.model.entries import Entry, Words
from monitor.model.fetching import Document, Failed, Reason
from monitor.parse import dates, text

LIMIT = 10_000  # items of one document; a feed has tens, a whole archive has hundreds

_LONGEST_AUTHOR = 300
"""Characters of authors' names: room for a dozen names, and no more than a database indexes."""

_MAIL = re.compile(r"\S+@\S+")
_AROUND = " ()<>"

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
_PLAIN_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?/[\w.~%!$&'()*+,=:@/-]*(?:\?[\w.~%!$&'()*+,=:@/-]+)?",
    re.ASCII,
)
"""An absolute address that resolving and cleaning leave as it is."""

_INSIDE_ADDRESS = str.maketrans({"\t": None, "\n": None, "\r": None, " ": "%20"})

_Item = TypeVar("_Item")


def failed(document: Document, reason: Reason, detail: str) -> Failed:
    """Return why a document brought nothing, with what is known of the answer."""
    return Failed(reason, detail, http=document.http, size=len(document.body))


def collect(
    items: Sequence[_Item], read: Callable[[_Item], Entry]
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Read the items of a document in order; sentences say what of them was left out."""
    entries = tuple(filter(None, each(items, read)))
    return entries, left_out(min(len(items), LIMIT) - len(entries), len(items))


def each(items: Sequence[_Item], read: Callable[[_Item], Entry]) -> list[Entry | None]:
    """Read the items of a document in order, None for one that says nothing."""
    return [entry if _says_something(entry) else None for entry in map(read, items[:LIMIT])]


def left_out(silent: int, items: int) -> tuple[str, ...]:
    """Return sentences on the items that say nothing, and on those beyond the limit."""
    problems = []
    if silent:
        problems.append(f"{silent} of {items} items have neither guid, link, title nor text: left out.")
    if items > LIMIT:
        problems.append(f"The document has {items} items: only the first {LIMIT} were read.")
    return tuple(problems)


def _says_something(entry: Entry) -> bool:
    words = entry.words
    return bool(entry.guid or entry.link or words.title or words.summary or words.text)


def words(title: str, summary: str, content: str) -> Words:
    """Put cleaned wording in its places: what stands only once is the summary."""
    return Words(text.line(title), summary or content, content if summary and content != summary else "")


def guid(raw: object) -> str | None:
    """Return an identifier as the publisher gave it; numbers become their digits."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    return text.verbatim(str(raw)) or None


def language(*declared: object) -> str | None:
    """Return the first declared language that has the form of a BCP 47 tag, in lower case."""
    for raw in declared:
        tag = raw.strip().replace("_", "-").lower() if isinstance(raw, str) else ""
        if _LANGUAGE.fullmatch(tag):
            return tag
    return None


def author(names: Iterable[object]) -> str | None:
    """Return the names of an item's authors in a line, cleaned and each once; a long line is cut."""
    cleaned = (_name(name) for name in names if isinstance(name, str))
    return ", ".join(filter(None, dict.fromkeys(cleaned)))[:_LONGEST_AUTHOR].strip() or None


def _name(raw: str) -> str:
    bare = _MAIL.sub("", raw).strip(_AROUND) if "@" in raw else raw
    return text.line(text.plain(bare) if "&" in bare or text.marked(bare) else text.tidy(bare))


def dated(raws: Iterable[object], now: datetime) -> tuple[datetime | None, str | None]:
    """Return the first date given, when it is sane (DESIGN section 3, Time), and as it was written."""
    for raw in raws:
        if isinstance(raw, str) and (written := text.verbatim(raw)):
            return dates.sane(written, now), written
    return None, None


def address(raw: object, base: str) -> str | None:
    """Return an absolute http(s) address, resolved against base, or None where there is none.

    Tabs and line ends within it go and spaces are quoted, as browsers do (WHATWG URL).
    """
    if isinstance(raw, str) and _PLAIN_ADDRESS.fullmatch(raw):
        return raw
    if not isinstance(raw, str) or not (written := text.tidy(raw).translate(_INSIDE_ADDRESS)):
        return None
    try:
        parts = urlsplit(urljoin(base, written))
    except ValueError:
        return None
    return parts.geturl() if parts.scheme in {"http", "https"} and parts.hostname else None


def first_address(candidates: Iterable[tuple[object, str]]) -> str | None:
    """Return the first of (address, base) that is one."""
    return next((found for raw, base in candidates if (found := address(raw, base))), None)
