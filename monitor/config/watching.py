"""The settings of alerts: rules, and the ways out that they name beside e-mail."""

# ruff: noqa: RUF009 - as in sections.py

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from monitor.config import addresses, readers, schedules
from monitor.config.secret import SecretStr
from monitor.config.tables import setting
from monitor.model.alerts import AlertWhen


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEntry:
    """One of the [[alerts]] as written; no topics means all of them."""

    name: str = setting(readers.name, required=True)
    title: str | None = setting(readers.text)
    when: AlertWhen = setting(readers.one_of(*get_args(AlertWhen)), "event")
    to: tuple[str, ...] = setting(readers.list_of(readers.text), [])
    topics: tuple[str, ...] = setting(readers.list_of(readers.text), [])
    score: float | None = setting(readers.share)
    outlets: int | None = setting(readers.integer(2, 1000))
    quiet: str | None = setting(readers.span)
    timezone: str = setting(schedules.timezone, "UTC")
    per_hour: int = setting(readers.integer(1, 1000), 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEntry:
    """One of the [[webhooks]] as written; the secret signs what is posted."""

    name: str = setting(readers.name, required=True)
    url: str = setting(addresses.url, required=True)
    secret: SecretStr | None = setting(readers.secret)
    secret_file: Path | None = setting(readers.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """One of the [[services]] as written: an address of apprise, which often holds a token."""

    name: str = setting(readers.name, required=True)
    url: SecretStr | None = setting(readers.secret)
    url_file: Path | None = setting(readers.path)
