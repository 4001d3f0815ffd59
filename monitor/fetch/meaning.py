"""What the header fields of an answer mean to us; pure, and any text at all is survived.

Validators go back as they came (RFC 9110 section 13), Retry-After is seconds or a date by the server's own
clock (section 10.2.3), freshness is that of a private cache (RFC 9111 section 4.2), links are RFC 8288.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from monitor.fetch import Answer
from monitor.model.fetching import Failed, Reason, Validators

MAX_RETRY_AFTER = timedelta(hours=24)
_WANTS_LOGIN = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_DIRECTIVE = re.compile(r'([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,]*)))?')
_LINK = re.compile(r'<([^<>]*)>((?:[^"<,]|"[^"]*")*)')  # without escapes: quotes pair up, so it is linear
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]*))')
_LONGEST_DATE = 64


def validators(answer: Answer) -> Validators:
    """Return what to ask again with."""
    return Validators(answer.header("etag"), answer.header("last-modified"))


def retry_after(value: str | None, date: str | None) -> timedelta | None:
    """Return how long a server asks us to wait, at most a day; None where that is not in the future.

    value is Retry-After and date the server's Date header, without which a date says nothing.
    """
    if value is None:
        return None
    wait = _seconds(value)
    if wait is None and (until := http_date(value)) and (then := http_date(date)):
        wait = until - then
    return min(wait, MAX_RETRY_AFTER) if wait and wait > timedelta() else None


def fresh_for(answer: Answer) -> timedelta | None:
    """Return how long the server calls this answer fresh; None where it does not say, or says not at all."""
    directives = _directives(value for name, value in answer.headers if name == "cache-control")
    if directives.keys() & {"no-cache", "no-store"}:
        return None
    if "max-age" in directives:
        most = _seconds(directives["max-age"])
        age = _seconds(answer.header("age") or "") or timedelta()
        left = most - age if most else None
    elif (until := http_date(answer.header("expires"))) and (then := http_date(answer.header("date"))):
        left = until - then
    else:
        return None
    return left if left and left > timedelta() else None


def _directives(values: Iterable[str]) -> dict[str, str]:
    """Return the directives of Cache-Control; of those that come twice the first (RFC 9111 section 4.2.1)."""
    found: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(",".join(values)):
        found.setdefault(name.lower(), quoted or plain)
    return found


def links(answer: Answer, rel: str) -> tuple[str, ...]:
    """Return the web addresses that Link headers give the relation, in their order and without repeats."""
    text = ",".join(value for name, value in answer.headers if name == "link")
    found = [_resolved(answer.url, target) for target, rest in _LINK.findall(text) if rel in _relations(rest)]
    return tuple(dict.fromkeys(address for address in found if address))


def _relations(rest: str) -> list[str]:
    """Return what a link is to the document, nothing where it is about another one (anchor)."""
    parameters: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(rest):
        parameters.setdefault(name.lower(), quoted or plain)
    return [] if "anchor" in parameters else parameters.get("rel", "").lower().split()


def _resolved(base: str, target: str) -> str | None:
    try:
        url = httpx.URL(base).join(target.strip())
    except (httpx.InvalidURL, UnicodeError):
        return None
    return str(url) if url.scheme in {"http", "https"} and url.host else None


def _seconds(value: str) -> timedelta | None:
    value = value.strip()
    return timedelta(seconds=int(value[:9])) if value.isascii() and value.isdecimal() else None


def http_date(value: str | None) -> datetime | None:
    """Return a header's date in UTC, None where it is none."""
    if not value or len(value) > _LONGEST_DATE:
        return None
    try:
        parsed = parsedate_to_datetime(value)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def refusal(answer: Answer) -> Failed:
    """Return the failure that an answer without success is."""
    wait = retry_after(answer.header("retry-after"), answer.header("date"))
    said = f"The server answered {_phrase(answer.status)}."
    if answer.withheld and answer.status in _WANTS_LOGIN:
        where = httpx.URL(answer.url).netloc.decode()
        said += f" The login was not sent there, as a redirect led to another server: {where}."
    return Failed(_refused_for(answer.status), said, answer.status, wait)


def _refused_for(status: int) -> Reason:
    if status == HTTPStatus.GONE:
        return Reason.GONE
    return Reason.SERVER_ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Reason.REFUSED


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
