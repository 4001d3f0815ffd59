"""Configuration files: TOML with includes, gathered into raw tables that know where they stand."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.config.readers import Wrong, of_kind
from monitor.config.sections import ALIASES, ENTRIES, SECTIONS, Top
from monitor.config.tables import Entry, Found, Place, Table, entry, settings_of, unknown
from monitor.errors import Problem

_POSITION = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_GROUPS = frozenset(section.split(".")[0] for section in SECTIONS if "." in section)


@dataclass(slots=True)
class Gathered:
    """What files say, unread: tables by section, entries by kind; whole unless a file was missing."""

    tables: dict[str, Table] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=lambda: {kind: [] for kind in ENTRIES})
    whole: bool = True


def gather(path: Path, problems: list[Problem]) -> Gathered:
    """Read a configuration file and all it includes; its own settings win over included ones."""
    return _gather(path, (), set(), problems)


def _gather(path: Path, trail: tuple[Path, ...], seen: set[Path], problems: list[Problem]) -> Gathered:
    seen.add(path.resolve())
    document = read_document(path, problems)
    if document is None:
        return Gathered(whole=False)
    gathered, own = Gathered(), _sorted(document, path, problems)
    for place, target in _includes(own.tables[""].get("include")):
        if target.resolve() in (*trail, path.resolve()):
            problems.append(
                place.problem(
                    f"{target.name} is what includes this file", "a file includes others, never itself"
                )
            )
        elif not target.is_file():
            problems.append(
                place.problem(f"there is no file {target}", "a path that starts at the folder of this file")
            )
            gathered.whole = False
        elif target.resolve() not in seen:
            _add(gathered, _gather(target, (*trail, path.resolve()), seen, problems), problems)
    overlay(gathered.tables, own.tables)
    for kind, entries in own.entries.items():
        gathered.entries[kind] += entries
    return gathered


def read_document(path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    """Read one TOML file; None, and a problem with line and column, where that is not possible."""
    text = ""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text)
    except FileNotFoundError:
        problems.append(
            Problem(str(path), "", "there is no such file", "name another with --config or MONITOR_CONFIG")
        )
    except OSError as error:
        problems.append(Problem(str(path), "", f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.append(Problem(str(path), f"line {line}", "is not UTF-8", "save the file as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        problems.append(_syntax_problem(path, text, str(error)))
    return None


def _syntax_problem(path: Path, text: str, message: str) -> Problem:
    match = _POSITION.fullmatch(message)
    what = match[1] if match else message
    line, column = (
        match.group(2, 3) if match and match[2] else (text.count("\n") + 1, len(text) - text.rfind("\n"))
    )
    return Problem(
        str(path), f"line {line}, column {column}", f"this is not TOML: {what[:1].lower()}{what[1:]}"
    )


def _includes(found: Found | None) -> Iterable[tuple[Place, Path]]:
    """Return what a file includes; a value of another form is left for the reader to complain about."""
    names = found.value if found and isinstance(found.value, list) else []
    return [(found.place, found.place.folder / name) for name in names if found and isinstance(name, str)]


def _sorted(document: dict[str, Any], path: Path, problems: list[Problem]) -> Gathered:
    """Sort what one file says into sections and entries; whatever is neither becomes a problem."""
    gathered, root = Gathered(tables={"": {}}), Place(str(path), "", path.parent)
    for key, value in document.items():
        try:
            if key in ENTRIES:
                gathered.entries[key] = _entries(key, value, root.under(key))
            elif key in _GROUPS:
                _sort_group(key, of_kind(value, dict), gathered, root, problems)
            elif key in SECTIONS or key == ALIASES:
                gathered.tables[key] = _table(value, root.under(key))
            elif key in settings_of(Top):
                gathered.tables[""][key] = Found(value, root.under(key))
            else:
                problems.append(unknown(root.under(key), key, _top_names()))
        except Wrong as error:
            problems.append(root.under(key).problem(error.wrong, error.right))
    return gathered


def _sort_group(
    group: str, raw: dict[str, Any], gathered: Gathered, root: Place, problems: list[Problem]
) -> None:
    for key, value in raw.items():
        section, place = f"{group}.{key}", root.under(f"{group}.{key}")
        if section in SECTIONS:
            gathered.tables[section] = _table(value, place)
        else:
            problems.append(
                unknown(place, key, [name.split(".")[1] for name in SECTIONS if name.startswith(f"{group}.")])
            )


def _top_names() -> list[str]:
    return [*settings_of(Top), *filter(None, SECTIONS), *ENTRIES, ALIASES]


def _table(value: object, place: Place) -> Table:
    table = of_kind(value, dict, f"a table: [{place.key}]")
    return {key: Found(item, place.under(key)) for key, item in table.items()}


def _entries(kind: str, value: object, place: Place) -> list[Entry]:
    hint = f"one [[{kind}]] for each"
    listed = [of_kind(item, dict, hint) for item in of_kind(value, list, hint)]
    return [
        entry(item, Place(place.file, f"{kind}[{index}]", place.folder)) for index, item in enumerate(listed)
    ]


def _add(gathered: Gathered, included: Gathered, problems: list[Problem]) -> None:
    """Add an included file; two that give one setting different values contradict each other."""
    for section, table in included.tables.items():
        known = gathered.tables.setdefault(section, {})
        for key, found in table.items():
            if key in known and known[key].value != found.value and (section, key) != ("", "include"):
                problems.append(
                    found.place.problem(f"{known[key].place.file} says otherwise", "keep one of the two")
                )
            known[key] = found
    for kind, entries in included.entries.items():
        gathered.entries[kind] += entries
    gathered.whole = gathered.whole and included.whole


def overlay(lower: dict[str, Table], upper: dict[str, Table]) -> None:
    """Lay the upper tables over the lower ones; a password and its file replace each other."""
    for section, table in upper.items():
        known = lower.setdefault(section, {})
        for key in table:
            known.pop(key.removesuffix("_file") if key.endswith("_file") else f"{key}_file", None)
        known.update(table)
