"""The alerts of the configuration: their rules, and the ways out that they name beside e-mail."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from pathlib import Path

from monitor.config import addresses, readers
from monitor.config.entries import read_all, spoken, topic_problems
from monitor.config.environment import read_secret
from monitor.config.readers import Wrong, nearest, shown
from monitor.config.secret import SecretStr
from monitor.config.tables import Entry
from monitor.config.watching import AlertEntry, ServiceEntry, WebhookEntry
from monitor.errors import Problem
from monitor.model.alerts import AlertRule, Quiet

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_SHORTEST = 16
"""Bytes of a webhook's secret at least; standardwebhooks.com asks for 24 to 64."""

_MARK = "whsec_"
_NEEDS_MAIL = "an address, or the name of one of the [[webhooks]] or [[services]]"


def read_webhooks(entries: list[Entry], problems: list[Problem]) -> tuple[WebhookEntry, ...]:
    """Read the webhooks; every one has a secret that can sign."""
    found = []
    for hook, item in read_all(WebhookEntry, entries, lambda hook: hook.name, problems):
        secret = _secret(hook.secret, hook.secret_file, item, "secret", problems)
        if secret and key_of(secret) is None:
            right = f"{_MARK} and base64, or a text of {_SHORTEST} characters or more"
            problems.append(item.at("secret").problem("cannot sign", right))
        found.append(replace(hook, secret=secret))
    return tuple(found)


def read_services(entries: list[Entry], problems: list[Problem]) -> tuple[ServiceEntry, ...]:
    """Read the notification services."""
    found = read_all(ServiceEntry, entries, lambda service: service.name, problems)
    return tuple(
        replace(service, url=_secret(service.url, service.url_file, item, "url", problems))
        for service, item in found
    )


def _secret(
    written: SecretStr | None, file: Path | None, item: Entry, key: str, problems: list[Problem]
) -> SecretStr | None:
    """Return what stands in the file or beside it; one of the two must be there."""
    if (written is None) == (file is None):
        problems.append(item.at(key).problem("is missing or there twice", f"set {key} or {key}_file"))
    if file is None or written is not None:
        return written
    try:
        found: SecretStr = readers.secret.read(read_secret(file))
    except ValueError as error:
        problems.append(item.at(f"{key}_file").problem(str(error), "a file that this user may read"))
        return None
    return found


def key_of(secret: SecretStr) -> bytes | None:
    """Return the bytes that sign; None where they are too few or cannot be read."""
    text = secret.get_secret_value()
    try:
        key = b64decode(text.removeprefix(_MARK), validate=True) if text.startswith(_MARK) else text.encode()
    except (NotBase64, ValueError):
        return None
    return key if len(key) >= _SHORTEST else None


def read_alerts(
    entries: list[Entry], topics: Iterable[str] | None, names: Iterable[str], problems: list[Problem]
) -> tuple[AlertEntry, ...]:
    """Read the alerts; topics are those that exist (None where that is not known), names are the ways out."""
    known, ways, found = None if topics is None else tuple(topics), tuple(names), []
    for rule, item in read_all(AlertEntry, entries, lambda rule: rule.name, problems):
        problems += topic_problems(rule.topics, known, item.at("topics"))
        if not rule.to:
            problems.append(item.at("to").problem("names nobody", _NEEDS_MAIL))
        for to in rule.to:
            if to not in ways and not _is_address(to):
                right = nearest(to, ways) or _NEEDS_MAIL
                problems.append(item.at("to").problem(f"{shown(to)} is no way out for alerts", right))
        if (rule.when == "outlets") != (rule.outlets is not None):
            right = "such as outlets = 5"
            problems.append(item.at("outlets").problem('goes with when = "outlets" and only with it', right))
        found.append(replace(rule, title=rule.title or spoken(rule.name)))
    return tuple(found)


def _is_address(text: str) -> bool:
    try:
        addresses.address.read(text)
    except Wrong:
        return False
    return True


def rule_of(written: AlertEntry, topics: Iterable[str]) -> AlertRule:
    """Return a rule as it is applied; without topics it watches all of them."""
    return AlertRule(
        name=written.name,
        title=written.title or written.name,
        when=written.when,
        to=written.to,
        topics=written.topics or tuple(topics),
        score=written.score or 0.0,
        outlets=written.outlets or 0,
        quiet=_quiet(written.quiet, written.timezone) if written.quiet else None,
        per_hour=written.per_hour,
    )


def _quiet(span: str, timezone: str) -> Quiet:
    match = _SPAN.fullmatch(span)
    assert match  # noqa: S101  # it was read by `span`
    first, minute, last, past = map(int, match.groups())
    return Quiet(time(first, minute), time(last, past), timezone)
