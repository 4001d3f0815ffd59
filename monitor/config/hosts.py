"""The hosts that have turns of their own: [fetch.hosts], by registrable domain."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from monitor.config.sections import HostEntry
from monitor.config.tables import Place, entry, read_table
from monitor.errors import Problem
from monitor.hosts import site_of

_RIGHT = "such as { per_host = 4 }"


def read(raw: Iterable[Any] | None, place: Place, problems: list[Problem]) -> tuple[HostEntry, ...] | None:
    """Read what is said of single hosts; a host's turns are those of its whole registrable domain."""
    found = [_host(name, table, place.under(f'"{name}"'), problems) for name, table in raw or ()]
    return tuple(host for host in found if host) or None


def _host(name: str, table: object, place: Place, problems: list[Problem]) -> HostEntry | None:
    site = site_of(name)
    if not isinstance(table, dict):
        problems.append(place.problem("is not a table", _RIGHT))
    elif site != name or "/" in name or not name.strip():
        problems.append(place.problem("is not a registrable domain", site or "such as example.org"))
    else:
        return replace(read_table(HostEntry, entry(table, place).table, place, problems), host=name)
    return None
