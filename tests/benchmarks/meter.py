"""Where CPU time goes, thread by thread; what is measured is wrapped, not changed."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from time import thread_time
from typing import Any

import sqlalchemy as sa

from monitor.model.entries import Words
from monitor.model.topics import Facts, Tag
from monitor.store import Lane, Store
from monitor.tag import NO_FACTS, Matcher
from monitor.words import FoldedWords


class Meter:
    """CPU seconds by stage; a stage inside another is not counted twice."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._threads = threading.local()
        self._lock = threading.Lock()

    def begin(self, stage: str) -> None:
        """Count what this thread does from now on as a stage's."""
        self._charge()
        self._stages().append(stage)

    def end(self) -> None:
        """Go back to the stage before."""
        self._charge()
        self._stages().pop()

    def _stages(self) -> list[str]:
        stages: list[str] = self._threads.__dict__.setdefault("stages", [])
        return stages

    def _charge(self) -> None:
        now = thread_time()
        if stages := self._stages():
            with self._lock:
                self.spent[stages[-1]] += now - self._threads.since
        self._threads.since = now


class MeteredStore:
    """A store whose lane is metered as `decide`."""

    def __init__(self, store: Store, meter: Meter) -> None:
        self._store = store
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def write(self) -> Iterator[Lane]:
        """Give the lane."""
        self._meter.begin("decide")
        try:
            with self._store.write() as lane:
                yield lane
        finally:
            self._meter.end()


class MeteredTagger:
    """A tagger that is metered as `tag`."""

    def __init__(self, tagger: Matcher, meter: Meter) -> None:
        self._tagger = tagger
        self._meter = meter

    def __call__(
        self, words: Words, folded: FoldedWords | None = None, facts: Facts = NO_FACTS, /
    ) -> tuple[Tag, ...]:
        """Tag the words."""
        self._meter.begin("tag")
        try:
            return self._tagger(words, folded, facts)
        finally:
            self._meter.end()


@contextmanager
def metered_statements() -> Iterator[Meter]:
    """Meter what the database executes: `settle` on the feeds' rows, `write` where anything else changes."""
    meter = Meter()

    def before(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        meter.begin(_stage(statement))

    def after(*_: object) -> None:
        meter.end()

    sa.event.listen(sa.Engine, "before_cursor_execute", before)
    sa.event.listen(sa.Engine, "after_cursor_execute", after)
    try:
        yield meter
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", before)
        sa.event.remove(sa.Engine, "after_cursor_execute", after)


def _stage(statement: str) -> str:
    if statement.startswith(("INSERT", "UPDATE", "DELETE")):
        return "settle" if statement.startswith("UPDATE feed ") else "write"
    return "decide"
