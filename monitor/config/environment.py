"""Settings from the environment: MONITOR_<SECTION>__<KEY>, or the same with _FILE for a file's content."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from monitor.config.readers import Reader, nearest
from monitor.config.sections import ALIASES, SECTIONS
from monitor.config.tables import ENVIRONMENT, Found, Place, Table, settings_of
from monitor.errors import Problem

CONFIG, CACHE = "MONITOR_CONFIG", "MONITOR_CACHE"
"""Variables that are no settings: which file has these, and where forms.cache_folder keeps what it makes."""

_PREFIX = "MONITOR_"
_ALIAS = f"{_PREFIX}{ALIASES.upper()}__"


def variable(section: str, key: str) -> str:
    """Return the name of the variable that gives a setting."""
    return _PREFIX + "__".join(filter(None, [*section.split("."), key])).upper()


def variables() -> dict[str, tuple[str, str, Reader]]:
    """Return every variable with the section, key and reader of its setting."""
    return {
        variable(section, key): (section, key, item.metadata["reader"])
        for section, kind in SECTIONS.items()
        for key, item in settings_of(kind).items()
        if key != "include"
    }


def read_environment(
    environ: Mapping[str, str], folder: Path, problems: list[Problem]
) -> tuple[dict[str, Table], list[str]]:
    """Return what the environment sets, as tables, and a warning for every variable that sets nothing.

    An empty variable counts as not set; relative paths start at folder.
    """
    known, tables, warnings = variables(), dict[str, Table](), list[str]()
    for name in sorted(name for name in environ if name.startswith(_PREFIX) and name not in {CONFIG, CACHE}):
        place, text, setting = Place(ENVIRONMENT, name, folder), environ[name], name
        if name not in known and name.removesuffix("_FILE") in known:
            setting = name.removesuffix("_FILE")
            if environ.get(setting):
                problems.append(place.problem(f"{setting} is set too", "set one of the two"))
            text = _content(text, place, problems) if text else ""
        if setting in known:
            section, key, reader = known[setting]
            if text:
                tables.setdefault(section, {})[key] = Found(reader.plain(text), place)
        elif name.startswith(_ALIAS):
            words = [word.strip() for word in text.split(",") if word.strip()]
            tables.setdefault(ALIASES, {})[name.removeprefix(_ALIAS).lower()] = Found(words, place)
        else:
            warnings.append(f"{name} is set but is no setting" + _hint(name, known))
    return tables, warnings


def _hint(name: str, known: Iterable[str]) -> str:
    """Compare what follows the prefix, which all names share."""
    near = nearest(name.removeprefix(_PREFIX), [other.removeprefix(_PREFIX) for other in (*known, CONFIG)])
    return f" ({near})".replace('"', f'"{_PREFIX}', 1) if near else ""


def _content(path: str, place: Place, problems: list[Problem]) -> str:
    try:
        return read_secret(place.folder / path)
    except ValueError as error:
        problems.append(place.problem(str(error), "a file this user may read"))
        return ""


def read_secret(path: Path) -> str:
    """Return a file's text without its trailing newline; ValueError says why it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not text in UTF-8") from None
    return text.removesuffix("\n").removesuffix("\r")
