"""Settings written as TOML for a person: secrets masked, every value with where it comes from."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

from monitor.config.secret import SecretStr, without_password
from monitor.config.sections import ALIASES, SECTIONS, Settings
from monitor.config.tables import settings_of
from monitor.config.units import show_duration, show_size
from monitor.model import Recipient

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SIZES = frozenset({"fetch.max_bytes"})


def masked(settings: Settings) -> str:
    """Return the whole configuration as TOML, with the origin of every setting as a comment."""
    return "\n".join(_lines(settings)).strip() + "\n"


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
        for name, spellings in settings.aliases.items():
            yield f"{_key(name)} = {_toml(spellings)}"
    for kind_name in ("feeds", "topics", "digests"):
        for item in getattr(settings, kind_name):
            yield from ("", f"[[{kind_name}]]")
            yield from (f"{key} = {_toml(value)}" for key, value in _pairs(item))


def _section(settings: Settings, section: str) -> Any:
    values: Any = settings
    for part in filter(None, section.split(".")):
        values = getattr(values, part)
    return values


def _size_or(name: str, value: Any) -> str:
    return _toml(show_size(value) if name in _SIZES else value)


def _pairs(item: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(item):
        if (value := getattr(item, field.name)) is not None:
            yield field.name, value


def _toml(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        return _inline(value.items())
    return _inline(_pairs(value)) if isinstance(value, Recipient) else _quoted(_text(value))


def _inline(pairs: Iterable[tuple[str, Any]]) -> str:
    return "{ " + ", ".join(f"{_key(name)} = {_toml(value)}" for name, value in pairs) + " }"


def _text(value: Any) -> str:
    if isinstance(value, timedelta):
        return show_duration(value)
    return repr(value) if isinstance(value, SecretStr) else without_password(str(value))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
