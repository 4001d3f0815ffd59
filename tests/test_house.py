"""The house keeps its own rules: small files, one clock, and documents that say what is there."""

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

import pytest
from typer.main import get_command

from monitor.cli import application
from monitor.config.sections import ALIASES, ENTRIES, SECTIONS
from monitor.config.tables import settings_of

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "monitor").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 300, 60
_NOW = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
_CLOCKS = {"datetime", "date", "time"}


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _documents() -> str:
    files = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return "\n".join(file.read_text("utf-8") for file in files)


@pytest.mark.parametrize("source", SOURCES, ids=_name)
def test_a_source_file_is_short(source: Path) -> None:
    """No file is longer than 300 lines, and no function than 60."""
    text = source.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    functions = (
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION]
    assert long == []


def test_only_the_clock_asks_for_the_time() -> None:
    """Nothing but monitor/clock.py calls datetime.now, time.time or their kin."""
    asking = {_name(source) for source in SOURCES if any(_asks(ast.parse(source.read_text("utf-8"))))}
    assert asking == {"monitor/clock.py"}


def _asks(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _NOW:
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if name in _CLOCKS:
                yield f"{name}.{node.func.attr}"


_CLIENTS = {"aiohttp", "aiosmtplib", "ftplib", "h11", "http.client", "httpcore", "httpx", "requests"}
_CLIENTS |= {"smtplib", "socket", "urllib.request", "urllib3"}
_CONNECTING = {"create_connection", "fetch_response", "fetch_url", "open_connection", "start_tls", "urlopen"}
_ELSEWHERE = {
    "monitor/cli/demo.py",  # finds a free port
    "monitor/cli/setup.py",  # asks our own page whether it is well
    "monitor/digest/email.py",  # the mail server
    "monitor/digest/webhook.py",  # addresses that the configuration names
    "monitor/web/server.py",  # listens
}


def test_one_way_out_to_the_web() -> None:
    """Nothing opens connections but fetch, which guards where they go, and what is known to need one."""
    connecting = {_name(source) for source in SOURCES if any(_connects(ast.parse(source.read_text("utf-8"))))}
    assert {name for name in connecting if not name.startswith("monitor/fetch/")} == _ELSEWHERE


def _connects(tree: ast.Module) -> Iterator[bool]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield not _CLIENTS.isdisjoint(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            yield not _CONNECTING.isdisjoint(names)
            yield not _CLIENTS.isdisjoint({node.module, *(f"{node.module}.{name}" for name in names)})
        elif isinstance(node, ast.Attribute):
            yield node.attr in _CONNECTING


def _commands(command: object, words: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every command as it is typed."""
    parts: Mapping[str, object] = getattr(command, "commands", {})
    for name, part in parts.items():
        yield from _commands(part, (*words, name))
    if not parts:
        yield " ".join(("monitor", *words))


@pytest.mark.parametrize("command", sorted(_commands(get_command(application()))))
def test_every_command_is_documented(command: str) -> None:
    """A person finds every command in the README or the guides."""
    assert re.search(rf"{re.escape(command)}\b", _documents())


def _settings() -> Iterator[tuple[str, str]]:
    for section, kind in chain(SECTIONS.items(), ENTRIES.items()):
        yield from ((section, key) for key in settings_of(kind))
    yield ALIASES, ALIASES


@pytest.mark.parametrize(("section", "key"), list(_settings()), ids=lambda value: value or "top")
def test_every_setting_is_documented(section: str, key: str) -> None:
    """A person finds every key of every table in the README or the guides, under its table's name."""
    documents = _documents()
    assert re.search(rf"\b{re.escape(key)}\b", documents)
    assert not section or re.search(rf"\b{re.escape(section)}\b", documents)


def _drawn() -> Iterator[Path]:
    """Yield what the README's drawing of the tree names; what is indented stands in the folder above."""
    readme = (ROOT / "README.md").read_text("utf-8")
    (tree,) = (block for block in re.findall(r"```.*?\n(.*?)```", readme, re.DOTALL) if "\nmonitor/" in block)
    folder = ROOT
    for indent, name in re.findall(r"^( *)(\S+)", tree, re.MULTILINE):
        folder = folder if indent else ROOT
        yield folder / name
        folder = folder if indent else folder / name


def _module(path: Path) -> Path:
    return path if path.exists() else path.with_suffix(".py")


def test_what_the_readme_draws_is_there() -> None:
    """Every file and folder that the README's drawing of the tree names exists."""
    assert [_name(path) for path in _drawn() if not _module(path).exists()] == []


def test_the_readme_draws_the_whole_package() -> None:
    """Every part of the package stands in the README's drawing."""
    package = ROOT / "monitor"
    parts = {path for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    drawn = {_module(path) for path in _drawn() if path.parent == package}
    assert drawn == {path for path in parts if not path.name.startswith("__")}
