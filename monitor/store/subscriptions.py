"""Subscriptions. What the file declares, the file owns; what a person adds, we own.

One feed is there once: addresses with the same `hosts.feed_key` are the same feed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from monitor.errors import UsageError
from monitor.hosts import feed_key
from monitor.model.feeds import FeedOptions, Subscription
from monitor.store import ids, sources
from monitor.store.schema import feed

_MOVED = {"etag": None, "last_modified": None, "body_hash": None, "address": None, "moved_to": None}
_PLAIN = FeedOptions()


def declare(connection: sa.Connection, wanted: Sequence[Subscription], now: datetime) -> None:
    """Take in the feeds of the configuration; those that left it stay, paused."""
    rows = connection.execute(sa.select(feed)).all()
    listed = {subscription.url: subscription for subscription in wanted}
    exact = {row.url: row for row in rows if row.url in listed}
    others = (row for row in rows if row.url not in listed)
    alike = {row.key: row for row in sorted(others, key=lambda row: not row.removed)}
    fresh, kept = [], set()
    for url, subscription in listed.items():
        row = exact.get(url) or alike.pop(feed_key(url), None)
        if row is None:
            fresh.append(subscription)
            continue
        kept.add(row.id)
        if row.origin != "file" or row.removed or _differs(row, subscription):
            _update(connection, row, origin="file", removed=False, **_described(subscription))
    for row in rows:
        if row.origin == "file" and not row.removed and row.id not in kept:
            _update(connection, row, removed=True)
    _insert(connection, fresh, "file", now)


def add(connection: sa.Connection, wanted: Sequence[Subscription], now: datetime) -> list[str]:
    """Subscribe to what a person asks for; return the addresses that were not there yet.

    Of several that are one feed, the first counts.
    """
    asked = {feed_key(subscription.url): subscription for subscription in reversed(wanted)}
    known = _by_key(connection, {one.url for one in asked.values()})
    added = [one for key, one in reversed(asked.items()) if key not in known or known[key].removed]
    for one in added:
        if row := known.get(feed_key(one.url)):
            again = {"origin": "user", "removed": False, "paused": False, "next_poll_at": now}
            _update(connection, row, **(again | _described(one)))
    _insert(connection, [one for one in added if feed_key(one.url) not in known], "user", now)
    return [one.url for one in added]


def subscribed_as(connection: sa.Connection, urls: Collection[str]) -> Mapping[str, str]:
    """Return those of the addresses whose feed is subscribed to, each with the address it is there under."""
    known = _by_key(connection, urls)
    found = {url: known.get(feed_key(url)) for url in urls}
    return {url: row.url for url, row in found.items() if row is not None and not row.removed}


def asked_for(connection: sa.Connection, url: str) -> Subscription:
    """Return a subscription as it was asked for; raises UsageError for an unknown one."""
    row = row_of(connection, url)
    every = None if row.every_seconds is None else timedelta(seconds=row.every_seconds)
    return Subscription(row.url, row.title, every, row.folder, row.attributes or {}, options_of(row.options))


def private(connection: sa.Connection) -> frozenset[str]:
    """Return the addresses of the feeds that are asked for with a login, headers or a proxy of their own."""
    rows = connection.execute(sa.select(feed.c.url, feed.c.options).where(~feed.c.removed))
    shared = {"user_agent", "full_text", "dedupe_off"}
    return frozenset(
        row.url for row in rows if (row.options or {}).keys() - shared or "@" in row.url.split("/")[2]
    )


def change(connection: sa.Connection, wanted: Subscription) -> None:
    """Have a feed that a person added asked for in another way; raises UsageError where the file owns it."""
    row = row_of(connection, wanted.url)
    if row.origin == "file":
        raise UsageError(f"{wanted.url} stands in the configuration: change it there")
    _update(connection, row, **(_described(wanted) | {"title": wanted.title}))


def remove(connection: sa.Connection, url: str) -> None:
    """Unsubscribe; the feed's stories stay. Raises UsageError where the file owns the feed."""
    row = row_of(connection, url)
    if row.origin == "file":
        raise UsageError(f"{url} stands in the configuration: take it out there, or pause it here")
    _update(connection, row, removed=True)


def pause(connection: sa.Connection, url: str, *, paused: bool, now: datetime) -> None:
    """Stop polling a feed, or go on with it at once."""
    row = row_of(connection, url)
    if row.removed and not paused:
        raise UsageError(f"{url} left the configuration: put it back there to go on with it")
    _update(connection, row, paused=paused, **({} if paused else {"next_poll_at": now}))


def row_of(connection: sa.Connection, url: str) -> Any:
    """Return the row of a feed by its address, or by one that means the same; else raises UsageError."""
    alike = sa.or_(feed.c.url == url, feed.c.key == feed_key(url))
    rows = connection.execute(sa.select(feed).where(alike)).all()
    row = max(rows, key=lambda row: (row.url == url, not row.removed), default=None)
    if row is None or (row.removed and row.origin == "user"):
        raise UsageError(f"{url} is not subscribed to; `monitor feeds list` shows what is")
    return row


def _by_key(connection: sa.Connection, urls: Collection[str]) -> dict[str, Any]:
    """Return the feeds that addresses mean, or that have moved to them, by the key of the address.

    Of several with one key it is the one that is polled, else the exact one.
    """
    exact, found = frozenset(urls), list[Any]()
    for some in sources.in_parts(exact):
        meant = sa.or_(feed.c.key.in_(set(map(feed_key, some))), feed.c.address.in_(some))
        found += connection.execute(sa.select(feed).where(meant)).all()
    moved = {feed_key(row.address): row for row in found if row.address in exact}
    known = {row.key: row for row in sorted(found, key=lambda row: (not row.removed, row.url in exact))}
    return moved | known


def _differs(row: Any, subscription: Subscription) -> bool:
    return any(getattr(row, name) != value for name, value in _described(subscription).items())


def _update(connection: sa.Connection, row: Any, **values: Any) -> None:
    """Change a feed's row; what was learnt of another address does not hold for a new one."""
    learnt = _MOVED if values.get("url", row.url) != row.url else {}
    connection.execute(sa.update(feed).where(feed.c.id == row.id).values(**learnt, **values))


def _described(subscription: Subscription) -> dict[str, Any]:
    described: dict[str, Any] = {
        "url": subscription.url,
        "key": feed_key(subscription.url),
        "host": urlsplit(subscription.url).hostname or "",
        "every_seconds": int(subscription.every.total_seconds()) if subscription.every else None,
        "folder": subscription.folder,
        "attributes": dict(subscription.attributes) or None,
        "options": _written(subscription.options) or None,
    }
    said = {"title": subscription.title or None, "paused": subscription.paused}
    return described | {name: value for name, value in said.items() if value is not None}


def _written(options: FeedOptions) -> dict[str, Any]:
    """Return options as JSON has them: what is not at its default."""
    found = {one.name: getattr(options, one.name) for one in fields(options)}
    said = {name: value for name, value in found.items() if value != getattr(_PLAIN, name)}
    return said | ({"headers": [list(pair) for pair in options.headers]} if options.headers else {})


def options_of(written: Mapping[str, Any] | None) -> FeedOptions:
    """Return a feed's options from its row."""
    if not written:
        return _PLAIN
    headers = tuple((name, value) for name, value in written.get("headers", ()))
    return FeedOptions(**{**written, "headers": headers, "dedupe_off": tuple(written.get("dedupe_off", ()))})


def _insert(connection: sa.Connection, wanted: Sequence[Subscription], origin: str, now: datetime) -> None:
    """Make rows of new feeds, as many statements for ten thousand as for one."""
    if not wanted:
        return
    of = sources.source_rows(connection, "press", {one.url: one.title for one in wanted})
    start = {"origin": origin, "paused": False, "removed": False, "added_at": now, "next_poll_at": now}
    never = {"polls": 0, "entries": 0, "failures": 0}
    made = [
        {
            "id": row,
            "source_id": of[one.url],
            "title": one.title,
            "site": one.site,
            **start,
            **never,
            **_described(one),
        }
        for row, one in zip(ids.allocate(connection, len(wanted)), wanted, strict=True)
    ]
    connection.execute(sa.insert(feed), made)
