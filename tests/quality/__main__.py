"""Measure the quality of every judgement: `python -m tests.quality [MEASURE...]`, or `make quality`.

Each measure is a module beside this one with `measure()`; without names all of them run. Ends with 1
where a figure misses its bar.
"""

import sys
from collections.abc import Iterable
from importlib import import_module

from tests.quality.figures import DATA, Figure

MEASURES = ("links", "revisions", "copies", "likeness", "events", "queries", "topics", "sections", "shipped")


def main(names: Iterable[str]) -> int:
    """Print the figures of the named measures, or of all."""
    if not DATA.exists():
        print(f"the labelled news is not here ({DATA}); set MONITOR_SHARED_DATA to where it is")
        return 2
    missed = False
    for name in tuple(names) or MEASURES:
        figures: tuple[Figure, ...] = tuple(import_module(f"tests.quality.{name}").measure())
        for one in figures:
            print(_line(one), flush=True)
            missed |= one.missed
    return int(missed)


def _line(one: Figure) -> str:
    sign = ">=" if one.least else "<="
    bar = "" if one.bar is None else f"{sign} {one.bar:g} {'MISSED' if one.missed else 'met'}"
    return f"{one.of:<34} {one.what:<34} {one.value:>9.4f}  {bar:<16} {one.detail}".rstrip()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
