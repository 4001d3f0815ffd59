"""The commands. Results go to stdout, progress and logs to stderr.

Exit codes: 0 done, 1 done but something failed (said which), 2 wrong use or wrong configuration.
Every listing takes --json and writes JSON Lines.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli.shared import Call, fail
from monitor.errors import Busy, ConfigurationError, MonitorError, StoreError

_PARTS = {
    "daemon": ("run", "demo"),
    "polling": ("poll",),
    "feeds": ("feeds",),
    "stories": ("stories", "show", "why"),
    "topics": ("topics",),
    "events": ("events", "event"),
    "correcting": ("story",),
    "archive": ("import", "export", "seeds"),
    "digests": ("digest",),
    "subscribers": ("subscribers",),
    "alerts": ("alerts",),
    "sending": ("sending",),
    "database": ("db",),
    "setup": ("config", "healthcheck"),
}
"""Which module of this package has which commands, in the order of `--help`."""


def application(command: str | None = None) -> typer.Typer:
    """Return the commands; where one is named, only its module is imported, since some load much."""
    made = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Polls news feeds, deduplicates the stories, tags those on your topics, mails a digest.",
    )
    made.callback()(options)
    named = [part for part, commands in _PARTS.items() if command in commands]
    for part in named or _PARTS:
        import_module(f"monitor.cli.{part}").register(made)
    return made


def _show_version(asked: bool) -> None:
    if asked:
        print(f"monitor {__version__}")
        raise typer.Exit


def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            help="The configuration (default: $MONITOR_CONFIG, then config/monitor.toml).", metavar="FILE"
        ),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Read what every command takes."""
    context.obj = Call(config)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; what goes wrong is a sentence on stderr and an exit code."""
    words = _config_first(list(sys.argv[1:] if arguments is None else arguments))
    try:
        application(_command(words))(words, prog_name="monitor")
    except ConfigurationError as error:
        warnings = (f"warning: {warning}" for warning in error.warnings)
        fail(*warnings, *(str(problem) for problem in error.problems), code=2)
    except (Busy, StoreError) as error:
        fail(str(error), code=1)
    except MonitorError as error:
        fail(str(error), code=2)
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _command(words: Sequence[str]) -> str | None:
    """Return the command that is called, which stands behind --config."""
    after = 2 if words[:1] == ["--config"] else 1 if words and words[0].startswith("--config=") else 0
    return words[after] if len(words) > after else None


def _config_first(words: list[str]) -> list[str]:
    """Let --config stand anywhere in a command."""
    for index, word in enumerate(words):
        if word == "--":
            break
        if word == "--config" and index + 1 < len(words):
            return [*words[index : index + 2], *words[:index], *words[index + 2 :]]
        if word.startswith("--config="):
            return [word, *words[:index], *words[index + 1 :]]
    return words
