"""What settings say together: what cannot stand, what is completed, and what deserves a warning."""

import dataclasses
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TypeVar

from monitor.config import readers
from monitor.config.environment import read_secret
from monitor.config.sections import Email, FeedEntry, Fetch, Seeds, Settings, Web
from monitor.config.tables import Entry
from monitor.errors import Problem
from monitor.model.digests import LANGUAGES

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
Login = TypeVar("Login", Email, Web, FeedEntry)


def with_password(section: Login, written: Entry, problems: list[Problem]) -> Login:
    """Return the section with the password that its password_file holds."""
    if section.password_file is None:
        return section
    place = written.at("password_file")
    if section.password is not None:
        problems.append(place.problem("password is set too", "set one of the two"))
        return section
    try:
        secret = readers.secret.read(read_secret(section.password_file))
    except ValueError as error:
        problems.append(place.problem(str(error), "a file with the password, which this user may read"))
        return section
    return dataclasses.replace(section, password=secret)


def with_port(email: Email) -> Email:
    """Return the channel with the port its kind of encryption is usually met at, unless it has one."""
    return email if email.port else dataclasses.replace(email, port=_PORTS[email.tls])


def login_problems(section: Email | Web | FeedEntry, written: Entry) -> Iterator[Problem]:
    """Refuse a name without a password and the other way round: neither logs anybody in."""
    if section.username and not {"password", "password_file"} & written.table.keys():
        yield written.at("username").problem("has no password", "set password or password_file too")
    if section.password and not section.username:
        yield written.at("password").problem("has no user name", "set username too")


def web_problems(web: Web, written: Entry) -> Iterator[Problem]:
    """Refuse a page that others can reach and that does not ask who they are."""
    if not web.listen.loopback and not (web.username and (web.password or web.password_file)):
        yield written.at("listen").problem(
            f'"{web.listen}" can be reached from other machines, and nobody has to log in',
            f'set username and password in [web], or listen = "127.0.0.1:{web.listen.port}"',
        )


def fetch_problems(fetch: Fetch, written: Entry) -> Iterator[Problem]:
    """Refuse bounds of intervals that leave no room between them."""
    if fetch.min_interval > fetch.max_interval:
        yield written.at("min_interval").problem("is longer than max_interval", "the shorter of the two")


def seeds_problems(seeds: Seeds, written: Entry) -> Iterator[Problem]:
    """Refuse a corpus that is named and not there, or not to be read."""
    try:
        if seeds.path is not None:
            next(seeds.path.iterdir(), None)
    except (FileNotFoundError, NotADirectoryError):
        right = "create it, or leave the key out to have no seeds"
        yield written.at("path").problem(f"there is no folder {seeds.path}", right)
    except OSError as error:
        yield written.at("path").problem(f"the folder {seeds.path} cannot be read: {error.strerror}")


def notes(settings: Settings) -> Iterator[str]:
    """Say what is right but will do less than one may think."""
    if any(feed.options.full_text for feed in settings.feeds) and not find_spec("trafilatura"):
        yield "full_text is set, but nothing here reads article pages: pip install 'monitor[fulltext]'"
    if settings.channels.email is None and any("@" in to for rule in settings.alerts for to in rule.to):
        yield "there is no e-mail channel: alerts to e-mail addresses are tried and do not arrive"
    if settings.services and not find_spec("apprise"):
        yield "services are named, but nothing here reaches them: pip install 'monitor[notify]'"
    if settings.digests and settings.channels.email is None:
        yield "there is no e-mail channel: digests are composed and kept for the page and for preview"
    if settings.digests and settings.channels.email and settings.public_url is None:
        yield "public_url is not set: mails lead to no page, and unsubscribing takes a mail to the sender"
    yield from _language_notes(settings)
    yield from _push_notes(settings)


def _language_notes(settings: Settings) -> Iterator[str]:
    asked = {reader.language: reader for plan in settings.digests for reader in plan.to if reader.language}
    for language, reader in asked.items():
        if language.partition("-")[0].lower() not in LANGUAGES:
            spoken = ", ".join(LANGUAGES)
            yield f'{reader.address} asks for digests in "{language}", which get English: there are {spoken}'


def _push_notes(settings: Settings) -> Iterator[str]:
    if settings.websub.enabled and "websub.enabled" in settings.origins and not settings.public_url:
        yield "public_url is not set: no hub can reach this program (WebSub), so feeds are polled only"
    if (settings.push_url or "").startswith("http:"):
        yield "public_url is not https: what hubs and this program agree on for WebSub can be read on the way"
