"""Settings written as TOML for a person: secrets masked, every value with where it comes from."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from monitor.config.feeds import as_written
from monitor.config.secret import SecretStr, without_password
from monitor.config.sections import ALIASES, ENTRIES, SECTIONS, HostEntry, RecipientEntry, Settings
from monitor.config.tables import settings_of
from monitor.config.units import show_duration, show_size
from monitor.model.digests import Recipient
from monitor.model.topics import Alias

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SIZES = frozenset({"fetch.max_bytes"})


def masked(settings: Settings) -> str:
    """Return the whole configuration as TOML, with the origin of every setting as a comment."""
    return "\n".join(_lines(settings)).strip()


def _lines(settings: Settings) -> Iterator[str]:
    for section, kind in SECTIONS.items():
        values = _section(settings, section)
        if values is None:
            continue
        yield from ("", f"[{section}]") if section else ()
        for key in settings_of(kind):
            if (value := getattr(values, key, None)) is not None:
                name = f"{section}.{key}".removeprefix(".")
                yield f"{key} = {_size_or(name, value)}  # {settings.origins.get(name, 'default')}"
    if settings.aliases:
        yield from ("", f"[{ALIASES}]")
        for name, row in settings.aliases.items():
            yield f"{_key(name)} = {_alias(row)}"
    for plural, kind in ENTRIES.items():
        for item in _listed(plural, settings):
            yield from ("", f"[[{plural}]]")
            pairs = _pairs(item, settings_of(kind))
            yield from (
                f"{key} = {_inline(value) if key == 'headers' else _toml(value)}" for key, value in pairs
            )


def _listed(plural: str, settings: Settings) -> Iterable[object]:
    return map(as_written, settings.feeds) if plural == "feeds" else getattr(settings, plural)


def _section(settings: Settings, section: str) -> Any:
    values: Any = settings
    for part in filter(None, section.split(".")):
        values = getattr(values, part)
    return values


def _size_or(name: str, value: Any) -> str:
    return _toml(show_size(value) if name in _SIZES else value)


def _pairs(item: object, keys: Iterable[str]) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key in keys if (value := getattr(item, key)) is not None)


def _toml(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, tuple) and value and isinstance(value[0], HostEntry):
        return _inline((one.host, one) for one in value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Recipient):
        return _inline(_pairs(value, settings_of(RecipientEntry)))
    if isinstance(value, HostEntry):
        return _inline(_pairs(value, settings_of(HostEntry)))
    return _quoted(_text(value))


def _alias(row: Alias) -> str:
    if not row.company and not row.excluded:
        return _toml(row.spellings)
    pairs = (("spellings", row.spellings), ("with", row.company), ("without", row.excluded))
    return _inline((key, words) for key, words in pairs if words)


def _inline(pairs: Iterable[tuple[str, Any]]) -> str:
    return "{ " + ", ".join(f"{_key(key)} = {_toml(part)}" for key, part in pairs) + " }"


def _text(value: Any) -> str:
    if isinstance(value, timedelta):
        return show_duration(value)
    return repr(value) if isinstance(value, SecretStr) else without_password(str(value))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
