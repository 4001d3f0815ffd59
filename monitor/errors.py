"""The errors that this program raises, as a tree.

    MonitorError                  anything we say ourselves; its text is a sentence for a person
    ├── ConfigurationError        the configuration is wrong: every problem found, each with its place
    ├── UsageError                a command was asked for something that does not exist
    ├── QueryError                a query cannot be read: what, in which column, what was expected
    ├── StoreError                the store cannot be opened, migrated, backed up or restored
    └── Busy                      another process holds what this one needs

Expected failures of the work itself (a feed that does not answer, a mail that is refused) are
values of `monitor.model`, not exceptions.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class MonitorError(Exception):
    """Anything this program says of itself; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a configuration: where, which key, what, and what would be right."""

    file: str
    key: str
    wrong: str
    right: str = ""

    def __str__(self) -> str:
        """Return the problem as one line."""
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}: {self.wrong}" + (f" ({self.right})" if self.right else "")


class ConfigurationError(MonitorError):
    """The configuration is wrong; problems holds everything found, not only the first.

    warnings are sentences about what is likely a mistake, besides.
    """

    def __init__(self, problems: Sequence[Problem], warnings: Sequence[str] = ()) -> None:
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(MonitorError):
    """A command was asked for something that does not exist."""


class QueryError(MonitorError):
    """A query cannot be read; column counts characters from 1."""

    def __init__(self, message: str, column: int) -> None:
        self.column = column
        super().__init__(message)


class StoreError(MonitorError):
    """The store cannot be opened, migrated, backed up or restored."""


class Busy(MonitorError):
    """Another process holds what this one needs."""
