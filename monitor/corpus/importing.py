"""Take in an archive: documents, one JSON object a line (DESIGN section 5, Records)."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor.clock import Clock
from monitor.dedupe import mark_archived, without
from monitor.model.documents import ImportRecord
from monitor.model.entries import Entry, Words
from monitor.model.stories import Appearance, Batch
from monitor.model.topics import Tag
from monitor.parse.text import line as one_line
from monitor.parse.text import tidy, verbatim
from monitor.pipeline.judging import judge_batches
from monitor.store import Store, sources
from monitor.tag import Matcher
from monitor.tag.facts import facts_of

if TYPE_CHECKING:
    from monitor.pipeline.placing import Late

_CHUNK = 500
_LONGEST_SOURCE = 400


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out: its number, from 1, and why."""

    number: int
    reason: str


@dataclass(slots=True)
class Imported:
    """What an import came to so far."""

    records: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    bad: list[BadLine] = field(default_factory=list)


def take_in(
    store: Store,
    lines: Iterable[bytes],
    tagger: Matcher,
    clock: Clock,
    off: Sequence[str] = (),
    *,
    late: "Late | None" = None,
) -> Iterator[Imported]:
    """Store an archive's documents and place them; yield the account after every part that is safely stored.

    What is known already changes nothing; the same id with other words is a revision. off are the rules of
    deduplication that are off; late gives the tags that hang on events.
    """
    account = Imported()
    numbered = enumerate(lines, start=1)
    rows: dict[str, int] = {}
    while part := list(islice(numbered, _CHUNK)):
        records = list(_records(part, account))
        with store.write() as lane:
            now, batches, names = clock(), [], []
            for source, appearances in _runs(records):
                if source not in rows:
                    rows[source] = sources.source_row(lane, "press", source)
                names.append(source)
                batches.append(Batch(rows[source], without(appearances, off), now, imported=True))
            tagging = _tagging(batches, tagger, names)
            for verdicts in judge_batches(lane, batches, tagging, late):
                account.kinds.update(verdict.kind for verdict in verdicts)
        account.records += len(records)
        yield account
    while _place(store, clock, late):
        yield account


def _tagging(
    batches: Sequence[Batch], tagger: Matcher, names: Sequence[str]
) -> Callable[[Appearance], Sequence[Tag]]:
    """Return what tags the appearances of batches, each of the source with its name."""
    of = {
        id(one): (name, batch.seen_at)
        for batch, name in zip(batches, names, strict=True)
        for one in batch.appearances
    }

    def tags(one: Appearance) -> Sequence[Tag]:
        name, now = of[id(one)]
        return tagger(one.entry.words, one.folded, facts_of(one.entry, (name,), now))

    return tags


def _place(store: Store, clock: Clock, late: "Late | None") -> int:
    from monitor.pipeline.placing import place_waiting

    with store.write() as lane:
        return place_waiting(lane, clock(), late)


def _records(part: Iterable[tuple[int, bytes]], account: Imported) -> Iterator[ImportRecord]:
    for number, line in part:
        if not line.strip():
            continue
        try:
            yield record(line)
        except ValueError as error:
            account.bad.append(BadLine(number, str(error)))


def _runs(records: Iterable[ImportRecord]) -> Iterator[tuple[str, tuple[Appearance, ...]]]:
    """Cut records into runs of one source in which no identity comes twice, keeping their order."""
    source: str | None = None
    run: list[Appearance] = []
    seen: set[str] = set()
    for one in records:
        appearance = mark_archived(_entry(one), one.source)
        if run and (one.source != source or not seen.isdisjoint(appearance.identities)):
            yield source or "", tuple(run)
            run, seen = [], set()
        source = one.source
        run.append(appearance)
        seen.update(appearance.identities)
    if run:
        yield source or "", tuple(run)


def _entry(one: ImportRecord) -> Entry:
    return Entry(one.words, guid=one.id, link=one.url, published=one.published, language=one.language)


def record(line: bytes) -> ImportRecord:
    """Read one line; raises ValueError with a sentence that says what is wrong with it."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  # one kind of error for one kind of caller
    texts = {
        name: _text(fields, name) for name in ("id", "source", "url", "title", "summary", "text", "language")
    }
    title, url = one_line(tidy(texts["title"])), _address(texts["url"])
    words = Words(title, tidy(texts["summary"]), tidy(texts["text"]))
    if fields.get("title") is None:
        raise ValueError("title is missing")
    if not (title or words.summary or words.text):
        raise ValueError("title is empty and there is no summary or text either")
    if not texts["id"] and not url:
        raise ValueError("one of id and url is needed")
    return ImportRecord(
        words=words,
        source=_source(texts["source"], url),
        id=texts["id"] or None,
        url=url,
        language=texts["language"] or None,
        published=_time(_text(fields, "published")),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"{name} is {type(value).__name__}, not text")  # noqa: TRY004  # as above
    return tidy(value) if name in {"id", "source", "language"} else value


def _address(written: str) -> str | None:
    url = verbatim(written)
    if not url:
        return None
    if not _host(url) or urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError(f"url {url!r} is not an http address")
    return url


def _source(named: str, url: str | None) -> str:
    source = named or _host(url) or "archive"
    if len(source) > _LONGEST_SOURCE:
        raise ValueError(f"source has more than {_LONGEST_SOURCE} characters")
    return source


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url.strip()).hostname if url else None
    except ValueError:
        return None


def _time(written: str) -> datetime | None:
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise ValueError(
            f"published {written!r} is not an RFC 3339 time such as 2025-12-18T06:00:00Z"
        ) from error
    if moment.tzinfo is None:
        raise ValueError(f"published {written!r} has no zone; RFC 3339 wants one, such as a Z at the end")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"published {written!r} is outside the years 1 to 9999") from error
