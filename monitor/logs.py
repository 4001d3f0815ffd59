"""Structured logs on stderr: lines for a person on a terminal, JSON elsewhere."""

import logging
import sys
from functools import cached_property

_QUIET = ("httpx", "httpcore", "apscheduler", "uvicorn.error", "alembic")


def configure(level: str, form: str) -> None:
    """Send every log record to stderr in the form asked for (auto, json or console)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Structured(console=form == "console" or (form == "auto" and sys.stderr.isatty())))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class _Structured(logging.Formatter):
    """structlog's formatter, loaded with the first record: a command that logs nothing starts sooner."""

    def __init__(self, *, console: bool) -> None:
        super().__init__()
        self._console = console

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line."""
        return self._formatter.format(record)

    @cached_property
    def _formatter(self) -> logging.Formatter:
        import structlog
        from structlog.typing import Processor

        stamp: list[Processor] = [
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ]
        console: list[Processor] = [
            structlog.dev.ConsoleRenderer(
                sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
        json: list[Processor] = [
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        last = console if self._console else json
        return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=stamp, processors=[drop, *last])
