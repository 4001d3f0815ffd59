"""The configuration: TOML files, OPML lists and the environment -> Settings, or every problem at once.

files and environment gather raw tables, tables reads them by the list in sections; entries, topics, feeds
and checks compare what they say, shown writes the result with its secrets masked.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from monitor.config import alerting, checks, entries, feeds, hosts, topics
from monitor.config.environment import CONFIG, read_environment, variable
from monitor.config.files import Gathered, gather, overlay
from monitor.config.secret import SecretStr
from monitor.config.sections import (
    ALIASES,
    SECTIONS,
    Channels,
    Daemon,
    Dedupe,
    Email,
    Fetch,
    Logs,
    News,
    Seeds,
    Settings,
    Store,
    Subscriptions,
    Top,
    Web,
    Websub,
)
from monitor.config.shown import masked
from monitor.config.tables import Entry, Place, read_table
from monitor.errors import ConfigurationError, Problem

__all__ = [
    "CONFIG", "Channels", "Daemon", "Dedupe", "Email", "Fetch", "Logs", "News", "SecretStr", "Seeds",
    "Settings", "Store", "Subscriptions", "Web", "Websub", "load", "masked", "variable",
]  # fmt: skip

T = TypeVar("T")


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read a configuration file and what belongs to it, the environment winning over files.

    ConfigurationError holds every problem found, each with its file and key.
    """
    problems: list[Problem] = []
    gathered = gather(path, problems)
    root = Place(str(path), "", path.parent)
    from_environment, warnings = read_environment(environ, root.folder, problems)
    overlay(gathered.tables, from_environment)
    settings = _read(gathered, root, problems, warnings)
    if problems:
        raise ConfigurationError(problems, warnings)
    return settings


def _read(gathered: Gathered, root: Place, problems: list[Problem], warnings: list[str]) -> Settings:
    written = {
        name: Entry(gathered.tables.get(name, {}), root.under(name) if name else root) for name in SECTIONS
    }

    def section(kind: type[T], name: str) -> T:
        return read_table(kind, written[name].table, written[name].place, problems)

    seeds, fetch = section(Seeds, "seeds"), section(Fetch, "fetch")
    fetch = dataclasses.replace(fetch, hosts=hosts.read(fetch.hosts, written["fetch"].at("hosts"), problems))
    web = checks.with_password(section(Web, "web"), written["web"], problems)
    subscriptions = section(Subscriptions, "subscriptions")
    problems += [
        *checks.seeds_problems(seeds, written["seeds"]),
        *checks.fetch_problems(fetch, written["fetch"]),
        *checks.login_problems(web, written["web"]),
        *checks.web_problems(web, written["web"]),
    ]
    top = section(Top, "")
    aliases = topics.read_aliases(gathered.tables.get(ALIASES, {}), problems)
    settings = Settings(
        path=Path(root.file).absolute(),
        public_url=top.public_url,
        languages=top.languages,
        store=section(Store, "store"),
        seeds=seeds,
        fetch=fetch,
        websub=section(Websub, "websub"),
        subscriptions=subscriptions,
        channels=Channels(email=_email(gathered, written["channels.email"], problems)),
        web=web,
        dedupe=section(Dedupe, "dedupe"),
        news=section(News, "news"),
        daemon=section(Daemon, "daemon"),
        logs=section(Logs, "logs"),
        feeds=feeds.read_feeds(
            gathered.entries["feeds"],
            subscriptions.opml,
            written["subscriptions"].at("opml"),
            problems,
            warnings,
        ),
        topics=topics.read_topics(gathered.entries["topics"], aliases, seeds.path, problems, warnings),
        aliases=aliases,
        digests=entries.read_digests(gathered.entries["digests"], _topic_names(gathered), problems),
        webhooks=(hooks := alerting.read_webhooks(gathered.entries["webhooks"], problems)),
        services=(services := alerting.read_services(gathered.entries["services"], problems)),
        alerts=alerting.read_alerts(
            gathered.entries["alerts"],
            _topic_names(gathered),
            [*(one.name for one in hooks), *(one.name for one in services)],
            problems,
        ),
        origins=_origins(gathered),
    )
    return dataclasses.replace(settings, warnings=tuple(warnings), notes=tuple(checks.notes(settings)))


def _email(gathered: Gathered, written: Entry, problems: list[Problem]) -> Email | None:
    if "channels.email" not in gathered.tables:
        return None
    email = read_table(Email, written.table, written.place, problems)
    email = checks.with_port(checks.with_password(email, written, problems))
    problems += checks.login_problems(email, written)
    return email


def _topic_names(gathered: Gathered) -> list[str] | None:
    """Return every topic's name, of faulty ones too; None where an included file could not be read."""
    names = [item.table["name"].value for item in gathered.entries["topics"] if "name" in item.table]
    return [name for name in names if isinstance(name, str)] if gathered.whole else None


def _origins(gathered: Gathered) -> dict[str, str]:
    return {
        f"{section}.{key}".removeprefix("."): found.place.origin
        for section, table in gathered.tables.items()
        for key, found in table.items()
    }
