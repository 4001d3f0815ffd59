"""What commands share: the configuration, the opened monitor, ways to write and to fail."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.config import Settings

Json = Annotated[bool, typer.Option("--json", help="Write JSON Lines.")]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the program."""

    config: Path | None

    def settings(self) -> "Settings":
        """Load the configuration; what it warns about goes to stderr."""
        from monitor.config import load

        settings = load(self.file, os.environ)
        for warning in settings.warnings:
            note(f"warning: {warning}")
        return settings

    @property
    def file(self) -> Path:
        """The configuration's path."""
        return self.config or Path(os.environ.get("MONITOR_CONFIG") or "config/monitor.toml")

    def notes(self, settings: "Settings") -> None:
        """Say on stderr what the configuration will do less than one may think."""
        for sentence in settings.notes:
            note(f"note: {sentence}")

    @contextmanager
    def app(self) -> "Iterator[App]":
        """Open the monitor for one command."""
        from monitor.app import open_app
        from monitor.logs import configure

        settings = self.settings()
        configure(settings.logs.level, settings.logs.format)
        with open_app(settings) as app:
            yield app


def call(context: typer.Context) -> Call:
    """Return the call that a command belongs to."""
    found = context.find_object(Call)
    assert found  # noqa: S101  # the callback has made it
    return found


def place_all(app: "App") -> None:
    """Give every story that waits for its event one, before events are told of."""
    if turn := app.place_waiting():
        note("placing stories that wait for their events")
    while turn:
        turn = app.place_waiting()


def note(text: str) -> None:
    """Say something that is no result."""
    print(text, file=sys.stderr, flush=True)


def fail(*sentences: str, code: int) -> NoReturn:
    """Say what is wrong and end."""
    for sentence in sentences:
        note(f"monitor: {sentence}")
    raise SystemExit(code)


def line(record: Mapping[str, Any]) -> None:
    """Write one record as a line of JSON."""
    print(json.dumps(record, ensure_ascii=False), flush=True)


def moment(written: str | None, now: datetime) -> datetime | None:
    """Read a date, a time, or how long ago (24h, 7d); raises UsageError with a sentence."""
    from monitor.config.units import duration

    if written is None:
        return None
    try:
        return now - duration(written)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(written)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{written!r} is no time: write 2025-12-18, 2025-12-18T06:00:00Z, or 24h, 7d"
        ) from error


def known_topic(app: "App", topic: str | None) -> None:
    """Refuse a topic that is not configured."""
    if topic is not None and topic not in app.titles:
        raise UsageError(f"there is no topic {topic!r}; there are {', '.join(app.titles) or 'none'}")


def shown(at: datetime | None) -> str:
    """Write a time for a person, in UTC."""
    return "never" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def many(number: int, one: str, several: str | None = None) -> str:
    """Write a number of things."""
    return f"{number} {one}" if number == 1 else f"{number} {several or one + 's'}"


def seconds(span: timedelta | None) -> float | None:
    """Write a span for a record."""
    return None if span is None else span.total_seconds()
