"""What a setting may be: each reader turns a raw value into a checked one or says what is wrong.

A raw value comes from TOML or, as text, from an environment variable. The defaults of the
settings go through the same readers, so that they are written as a person would write them.
"""

import difflib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.config import units
from monitor.config.secret import SecretStr, without_password

_NAME = re.compile(r"\w[\w.-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_LONGEST_INTERVAL = timedelta(days=365)
_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}


class Wrong(ValueError):
    """A value that cannot stand: what is wrong with it and what would be right."""

    def __init__(self, wrong: str, right: str = "") -> None:
        self.wrong, self.right = wrong, right
        super().__init__(wrong)


@dataclass(frozen=True, slots=True)
class Reader:
    """How one setting is read.

    read checks and converts, raising Wrong; plain makes of an environment variable's text what
    TOML would have held; resolve makes a relative place absolute, given the folder it starts at.
    """

    read: Callable[[Any], Any]
    plain: Callable[[str], Any] = str
    resolve: Callable[[Any, Path], Any] | None = None


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `did you mean "…"?` for the known word that looks most like this one, or nothing."""
    by_case = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_case, n=1, cutoff=0.6)
    return f'did you mean "{by_case[close[0]]}"?' if close else ""


def shown(value: object) -> str:
    """Quote a wrong value for a message, shortened and without a password."""
    text = without_password(str(value))
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'


def of_kind(value: object, kind: type, right: str = "") -> Any:
    """Return the value if it is of that TOML type; a boolean is no number."""
    fits = type(value) is kind or (kind is float and type(value) is int)
    if not fits:
        raise Wrong(f"is {_KINDS.get(type(value), 'a date or time')}, not {_KINDS[kind]}", right)
    return value


def one_of(*words: str) -> Reader:
    """Return a reader of one word out of a few."""

    def read(value: object) -> str:
        text = of_kind(value, str, " | ".join(words)).strip()
        if text not in words:
            raise Wrong(f"{shown(text)} is not one of its words", nearest(text, words) or " | ".join(words))
        return str(text)

    return Reader(read)


def integer(least: int, most: int) -> Reader:
    """Return a reader of whole numbers between two bounds, both included."""

    def read(value: object) -> int:
        number = of_kind(value, int, f"a whole number from {least} to {most}")
        if not least <= number <= most:
            raise Wrong(f"{number} is out of bounds", f"from {least} to {most}")
        return int(number)

    return Reader(read, _literal)


def list_of(item: Reader) -> Reader:
    """Return a reader of lists; from the environment as JSON or separated by commas."""

    def read(value: object) -> tuple[Any, ...]:
        return tuple(item.read(part) for part in of_kind(value, list, 'a list, such as ["…", "…"]'))

    def plain(value: str) -> object:
        listed = _literal(value)
        return listed if isinstance(listed, list) else [part.strip() for part in value.split(",")]

    def resolve(values: tuple[Any, ...], folder: Path) -> tuple[Any, ...]:
        return tuple(item.resolve(value, folder) if item.resolve else value for value in values)

    return Reader(read, plain, resolve)


def _literal(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _boolean(value: object) -> bool:
    return bool(of_kind(value, bool, "true or false, without quotes"))


def filled(value: object) -> str:
    """Read text that says something."""
    text = str(of_kind(value, str, "text in quotes")).strip()
    if not text:
        raise Wrong("is empty", "leave the key out to have the default")
    return text


def printable(value: object) -> str:
    """Read one line of text."""
    text = filled(value)
    if not text.isprintable():
        raise Wrong("holds a line break or another control character", "one line of text")
    return text


def _name(value: object) -> str:
    text = printable(value)
    if not _NAME.fullmatch(text):
        tidy = re.sub(r"[^\w.]+", "-", text).strip("-.")
        raise Wrong(
            f"{shown(text)} is not a name",
            f'letters, digits, "-", "_" and ".", such as "{tidy or "my-topic"}"',
        )
    return text


def _share(value: object) -> float:
    number = float(of_kind(value, float, "a number above 0 and up to 1"))
    if not 0 < number <= 1:
        raise Wrong(f"{number:g} is out of bounds", "above 0 and up to 1")
    return number


def _duration(value: object) -> timedelta:
    text = of_kind(value, str, 'a number and a unit in quotes, such as "15m"')
    try:
        return units.duration(text)
    except ValueError:
        raise Wrong(f"{shown(value)} is not a duration", 'such as "5s", "15m", "24h" or "7d"') from None


def _positive(value: object) -> timedelta:
    if not (length := _duration(value)):
        raise Wrong(f"{shown(value)} is no time at all", 'such as "5s" or "15m"')
    return length


def _interval(value: object) -> timedelta:
    length = _positive(value)
    if length > _LONGEST_INTERVAL:
        raise Wrong(f"{shown(value)} is too long between two polls", f"up to {_LONGEST_INTERVAL.days}d")
    return length


def _size(value: object) -> int:
    text = of_kind(value, str, 'a number and a unit in quotes, such as "10MB"')
    try:
        number = units.size(text)
    except ValueError:
        raise Wrong(f"{shown(value)} is not a size", 'such as "500kB" or "10MB"') from None
    if not number:
        raise Wrong(f"{shown(value)} lets nothing through", 'such as "10MB"')
    return number


def _secret(value: object) -> SecretStr:
    if not (text := str(of_kind(value, str, "text in quotes"))):
        raise Wrong("is empty", "leave the key out where no password is needed")
    return SecretStr(text)


def _language(value: object) -> str:
    text = printable(value)
    if not _LANGUAGE.fullmatch(text):
        raise Wrong(f"{shown(text)} is not a language", 'a code such as "uk", "pl" or "en-GB"')
    return text


def _span(value: object) -> str:
    text = printable(value).replace(" ", "").replace("–", "-")
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d", text):
        raise Wrong(f"{shown(text)} is no span of the day", 'such as "22:00-07:00"')
    if text[:5] == text[6:]:
        raise Wrong(f"{shown(text)} would be all day, and nothing ever told", 'such as "22:00-07:00"')
    return text


boolean = Reader(_boolean, lambda text: _TRUTH.get(text.strip().lower(), text))
text = Reader(printable)
prose = Reader(filled)
name = Reader(_name)
language = Reader(_language)
span = Reader(_span)
share = Reader(_share, _literal)
duration = Reader(_duration)
positive = Reader(_positive)
interval = Reader(_interval)
size = Reader(_size)
secret = Reader(_secret)
tables = Reader(lambda value: tuple(of_kind(value, dict).items()) or None, _literal)
path = Reader(lambda value: Path(filled(value)), str, lambda value, folder: (folder / value).resolve())
