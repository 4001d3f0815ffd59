"""Raw tables and how they become settings: every key checked, every problem with its place."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from monitor.config.readers import Reader, Wrong, nearest
from monitor.config.secret import without_password
from monitor.errors import Problem

T = TypeVar("T")
ENVIRONMENT = "environment"


def setting(reader: Reader, default: object = None, *, required: bool = False) -> Any:
    """Declare a key; default is written as in the file, None meaning that the key has no value.

    A required key, always a text, is empty while a table is being checked and never afterwards.
    """
    value = "" if required else None if default is None else reader.read(default)
    return field(default=value, metadata={"reader": reader, "raw": default, "required": required})


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file and key for a person, and the folder relative paths start at.

    label names the entry of a list that the key belongs to, so that nobody has to count.
    """

    file: str
    key: str
    folder: Path
    label: str = ""

    def problem(self, wrong: str, right: str = "") -> Problem:
        """Say what is wrong here and what would be right."""
        return Problem(self.file, self.key, f'{wrong}, in "{self.label}"' if self.label else wrong, right)

    @property
    def origin(self) -> str:
        """Return the file, or the variable where it is the environment."""
        return self.key if self.file == ENVIRONMENT else self.file

    def under(self, key: str) -> "Place":
        """Return the place of a key of the table that stands here."""
        return Place(self.file, f"{self.key}.{key}" if self.key else key, self.folder, self.label)


@dataclass(frozen=True, slots=True)
class Found:
    """A raw value and where it was found."""

    value: Any
    place: Place


Table = dict[str, Found]


@dataclass(frozen=True, slots=True)
class Entry:
    """A raw table and where it stands."""

    table: Table
    place: Place

    def at(self, key: str) -> Place:
        """Return where a key stands, or would stand if it were given."""
        return self.table[key].place if key in self.table else self.place.under(key)


def entry(raw: Mapping[str, Any], place: Place) -> Entry:
    """Make an entry of a raw table, labelled by what names it."""
    label = next((raw[key] for key in ("name", "url", "address") if isinstance(raw.get(key), str)), "")
    labelled = Place(place.file, place.key, place.folder, without_password(label))
    return Entry({key: Found(value, labelled.under(key)) for key, value in raw.items()}, labelled)


def read_table(kind: Callable[..., T], table: Table, place: Place, problems: list[Problem]) -> T:
    """Read a table into its dataclass; what is wrong or missing becomes a problem and stays at its default.

    So a table with a problem can still be compared with others, though no settings come of it.
    """
    known = settings_of(kind)
    read = {
        key: resolved(item, item.metadata["raw"], place.folder)
        for key, item in known.items()
        if _placed(item)
    }
    for key, found in table.items():
        if key not in known:
            problems.append(unknown(found.place, key, known))
            continue
        try:
            read[key] = resolved(known[key], found.value, found.place.folder)
        except Wrong as error:
            problems.append(found.place.problem(error.wrong, error.right))
    required = [key for key, item in known.items() if item.metadata["required"]]
    problems += [place.under(key).problem("is missing") for key in required if key not in table]
    return kind(**read)


def settings_of(kind: object) -> dict[str, "Field[Any]"]:
    """Return the keys that a table may have, as declared by its dataclass."""
    return {item.name: item for item in fields(kind) if "reader" in item.metadata}  # type: ignore[arg-type]  # a class


def _placed(item: "Field[Any]") -> bool:
    return item.metadata["reader"].resolve is not None and item.metadata["raw"] is not None


def resolved(item: "Field[Any]", raw: object, folder: Path) -> Any:
    """Return a raw value as its key's reader understands it, relative places made absolute."""
    reader: Reader = item.metadata["reader"]
    value = reader.read(raw)
    return reader.resolve(value, folder) if reader.resolve else value


def unknown(place: Place, key: str, known: Iterable[str]) -> Problem:
    """Say that a key does not exist, naming the nearest one or else all there are."""
    names = sorted(known)
    return place.problem("is not a setting", nearest(key, names) or f"known here: {', '.join(names)}")
