"""Addresses made fit for where they go: into a page, into a line of text, into SMTP."""

import re
from urllib.parse import quote, urlsplit

_LONGEST = 2000
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def web_link(url: str | None) -> str | None:
    """Return an address that is safe to be a link: http or https with a host, else None."""
    text = (url or "").strip()
    if len(text) > _LONGEST:
        return None
    try:
        sound = urlsplit(text).scheme in {"http", "https"} and bool(urlsplit(text).hostname)
    except ValueError:
        return None
    link = "".join(map(_harmless, text))
    return link if sound and text[:4].lower() == "http" and len(link) <= _LONGEST else None


def _harmless(letter: str) -> str:
    """Return a character as it may stand in a link: nothing that ends one or hides."""
    return quote(letter, errors="replace") if letter in ' "<>\\^`{|}' or not letter.isprintable() else letter


def language_tag(language: str | None) -> str | None:
    """Return what may stand in a lang attribute (RFC 5646), else None."""
    return language if language and _LANGUAGE.fullmatch(language) else None


def mail_domain(address: str) -> str:
    """Return an e-mail address with its domain as SMTP carries it (IDNA); as it is where that fails."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address
