"""Every setting: its name, its default as a person would write it, and how it is read.

The tables of the configuration file are dataclasses; a field is a key. This is the one list from
which reading, environment variables, messages and `monitor config show` are made.
"""

# ruff: noqa: RUF009 - `setting` is dataclasses.field with a reader, so calling it in a default is the point

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from monitor.config import addresses, headers, readers, rungs, schedules
from monitor.config.addresses import Listen
from monitor.config.readers import Reader
from monitor.config.secret import SecretStr
from monitor.config.tables import setting
from monitor.config.watching import AlertEntry, ServiceEntry, WebhookEntry
from monitor.forms import DEFAULT, LANGUAGES
from monitor.model.digests import DigestPlan
from monitor.model.feeds import Subscription
from monitor.model.topics import Alias, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The keys above the first table."""

    include: tuple[str, ...] = setting(readers.list_of(readers.text), [])
    public_url: str | None = setting(addresses.base_url)
    languages: tuple[str, ...] = setting(readers.list_of(readers.one_of(*LANGUAGES)), [*DEFAULT])


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where everything is kept; a relative SQLite file starts at the folder of its configuration."""

    url: str = setting(addresses.store_url, "sqlite:///monitor.db")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """The folder of the seed corpus; None means that there are no seeds."""

    path: Path | None = setting(readers.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEntry:
    """One of [fetch.hosts] as written: the turns of a registrable domain, None meaning those of all hosts."""

    host: str = ""
    per_host: int | None = setting(readers.integer(1, 100))
    per_host_delay: timedelta | None = setting(readers.duration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """How feeds are polled: politeness, limits (sizes in bytes) and the bounds of adaptive intervals."""

    per_host: int = setting(readers.integer(1, 100), 2)
    per_host_delay: timedelta = setting(readers.duration, "5s")
    timeout: timedelta = setting(readers.positive, "30s")
    max_bytes: int = setting(readers.size, "10MB")
    allow_private: tuple[str, ...] = setting(readers.list_of(addresses.network), [])
    concurrency: int = setting(readers.integer(1, 1000), 100)
    user_agent: str | None = setting(readers.text)
    min_interval: timedelta = setting(readers.interval, "10m")
    max_interval: timedelta = setting(readers.interval, "24h")
    hosts: tuple[HostEntry, ...] | None = setting(readers.tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Websub:
    """Whether hubs are asked to deliver what feeds bring; without a public_url they never are."""

    enabled: bool = setting(readers.boolean, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """OPML files whose feeds are polled beside the [[feeds]]."""

    opml: tuple[Path, ...] = setting(readers.list_of(readers.path), [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """The mail server digests go out by, so many a minute at most; the port follows tls unless given."""

    host: str = setting(readers.text, required=True)
    port: int = setting(readers.integer(1, 65_535))
    tls: Literal["starttls", "tls", "none"] = setting(readers.one_of("starttls", "tls", "none"), "starttls")
    username: str | None = setting(readers.text)
    password: SecretStr | None = setting(readers.secret)
    password_file: Path | None = setting(readers.path)
    sender: str = setting(addresses.mailbox, required=True)
    timeout: timedelta = setting(readers.positive, "30s")
    per_minute: int | None = setting(readers.integer(1, 100_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The page: where it listens, who may see it, and by which host names it may be called."""

    listen: Listen = setting(addresses.listen, "127.0.0.1:8000")
    username: str | None = setting(readers.text)
    password: SecretStr | None = setting(readers.secret)
    password_file: Path | None = setting(readers.path)
    allowed_hosts: tuple[str, ...] = setting(readers.list_of(readers.text), [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Dedupe:
    """Which rules of deduplication are off for every feed."""

    off: tuple[str, ...] = setting(readers.list_of(rungs.rung), [])


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What digests and alerts may call new."""

    max_age: timedelta = setting(readers.positive, "48h")


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """How often the daemon looks for due feeds, and how long it may take to stop."""

    tick: timedelta = setting(readers.positive, "5s")
    drain_timeout: timedelta = setting(readers.duration, "20s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """What is logged and how; auto is console on a terminal and json elsewhere."""

    level: str = setting(readers.one_of("debug", "info", "warning", "error"), "info")
    format: str = setting(readers.one_of("auto", "json", "console"), "auto")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One of the [[feeds]] as written; every is its fixed interval, None meaning adaptive.

    paused, where it is given, is what the file says whenever it is taken in.
    """

    url: str = setting(addresses.url, required=True)
    title: str | None = setting(readers.text)
    every: timedelta | None = setting(readers.interval)
    paused: bool | None = setting(readers.boolean)
    folder: str | None = setting(readers.text)
    username: str | None = setting(readers.text)
    password: SecretStr | None = setting(readers.secret)
    password_file: Path | None = setting(readers.path)
    headers: tuple[tuple[str, SecretStr], ...] | None = setting(headers.headers)
    user_agent: str | None = setting(readers.text)
    proxy: str | None = setting(addresses.url)
    full_text: bool | None = setting(readers.boolean)
    dedupe_off: tuple[str, ...] | None = setting(readers.list_of(rungs.rung))


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEntry:
    """One of the [[topics]] as written."""

    name: str = setting(readers.name, required=True)
    title: str | None = setting(readers.text)
    query: str | None = setting(readers.prose)
    seeds: tuple[str, ...] = setting(readers.list_of(readers.text), [])
    threshold: float = setting(readers.share, 0.5)
    forms: bool = setting(readers.boolean, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestEntry:
    """One of the [[digests]] as written; no topics means all of them."""

    name: str = setting(readers.name, required=True)
    title: str | None = setting(readers.text)
    to: tuple[object, ...] = setting(readers.list_of(Reader(lambda value: value)), [])
    topics: tuple[str, ...] = setting(readers.list_of(readers.text), [])
    schedule: str = setting(schedules.cron, required=True)
    timezone: str = setting(schedules.timezone, "UTC")
    send_empty: bool = setting(readers.boolean, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientEntry:
    """One reader of a digest as written."""

    address: str = setting(addresses.address, required=True)
    timezone: str | None = setting(schedules.timezone)
    language: str | None = setting(readers.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Ways out for messages; a channel that is not configured is None."""

    email: Email | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole configuration, checked: files, environment and defaults in one.

    warnings are sentences about likely mistakes, notes about what will do less than one may think;
    origins names, for every key that is not at its default, the file or variable it came from.
    """

    path: Path
    public_url: str | None = None
    languages: tuple[str, ...] = Top().languages
    store: Store
    seeds: Seeds = Seeds()
    fetch: Fetch = Fetch()
    websub: Websub = Websub()
    subscriptions: Subscriptions = Subscriptions()
    channels: Channels = Channels()
    web: Web = Web()
    dedupe: Dedupe = Dedupe()
    news: News = News()
    daemon: Daemon = Daemon()
    logs: Logs = Logs()
    feeds: tuple[Subscription, ...] = ()
    topics: tuple[Topic, ...] = ()
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    digests: tuple[DigestPlan, ...] = ()
    webhooks: tuple[WebhookEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()
    alerts: tuple[AlertEntry, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def push_url(self) -> str | None:
        """Return the address at which hubs reach us; None where they are not to be asked."""
        return self.public_url if self.websub.enabled else None


SECTIONS: Mapping[str, Callable[..., Any]] = {
    "": Top,
    "store": Store,
    "seeds": Seeds,
    "fetch": Fetch,
    "websub": Websub,
    "subscriptions": Subscriptions,
    "channels.email": Email,
    "web": Web,
    "dedupe": Dedupe,
    "news": News,
    "daemon": Daemon,
    "logs": Logs,
}
ENTRIES: Mapping[str, type] = {
    "feeds": FeedEntry,
    "topics": TopicEntry,
    "digests": DigestEntry,
    "webhooks": WebhookEntry,
    "services": ServiceEntry,
    "alerts": AlertEntry,
}
ALIASES = "aliases"
