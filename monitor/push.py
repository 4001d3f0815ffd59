"""What becomes of a subscription at a hub (WebSub, W3C Recommendation 2018), and how polls follow it: pure.

A subscription is asked for, verified by the hub, renewed when three quarters of its lease are over, and
given up when the feed is paused or names another hub. A hub that does not verify is asked again after a
quarter of an hour, then after twice that and so on up to a day, in turn with the feed's second hub.

Polls go on all the while, since hubs fall silent. Each poll that finds nothing but what pushes have
brought doubles the wait for the next one, up to the longest interval; one item that polling found first
sets it back to the feed's own rhythm, until push has proved itself again.
"""

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.model.entries import ParsedFeed
from monitor.model.fetching import Document
from monitor.model.polls import Push

HUBS = 2
"""How many of a feed's hubs are tried; a document may name any number, of anybody."""

LEASE = timedelta(days=10)
"""What is asked for, which the recommendation calls a good default, and taken where a hub says none."""

_LONGEST_LEASE = timedelta(days=30)
_LONGEST_ADDRESS = 2000
_LONGEST_REASON = 200
_FIRST_WAIT = timedelta(minutes=15)  # hubs verify within seconds, or when their queue comes to it
_LONGEST_WAIT = timedelta(days=1)
_DENIED = timedelta(days=7)
_SOONEST = timedelta(seconds=5)  # as far apart as requests to one host are by default
_DOUBLINGS = 20
_TIRED = 7  # doublings of a quarter of an hour that are more than a day
_HASHES = frozenset({"sha1", "sha256", "sha384", "sha512"})


@dataclass(frozen=True, slots=True)
class Door:
    """Where a hub may deliver to: the address of our callbacks, and what makes one of them a hub's own."""

    base: str
    token: str = field(repr=False)
    secret: str = field(repr=False)


Announced = tuple[tuple[str, ...], str | None]
"""Hubs, and the topic to be asked for there."""


def announced(document: Document, parsed: ParsedFeed | None) -> Announced | None:
    """Return what a poll says of the feed's hubs, headers before document; None where it says nothing.

    A document that was not read, since it is the last one, says something by its headers only.
    """
    hubs = document.hubs or (parsed.hubs if parsed else ())
    topic = document.topic or (parsed.topic if parsed else None)
    if hubs and topic and len(topic) <= _LONGEST_ADDRESS:
        fit = (hub for hub in dict.fromkeys(hubs) if len(hub) <= _LONGEST_ADDRESS)
        return tuple(fit)[:HUBS], topic
    return ((), None) if parsed else None


def heard(push: Push, said: Announced, now: datetime) -> Push:
    """Take in what the feed says of its hubs; where that has changed, it is acted on at once."""
    hubs, topic = said
    if said == (push.hubs, push.topic):
        return push
    if push.state == "leaving":
        return replace(push, hubs=hubs, topic=topic)
    return replace(push, hubs=hubs, topic=topic, tries=0, next_try_at=now if hubs or is_held(push) else None)


# ---------------------------------------------------------------- asking


def is_held(push: Push) -> bool:
    """Tell whether a hub may deliver, or be about to."""
    return push.state in {"asked", "active"}


def must_leave(push: Push, active: bool) -> bool:
    """Tell whether the hub has to be told to stop: the feed is not polled any more, or names others."""
    named = push.asked_hub in push.hubs and push.asked_topic == push.topic
    return is_held(push) and not (active and named)


def leaving(push: Push, now: datetime) -> Push:
    """Begin to leave a hub; whether it answers or not, it is forgotten after a while."""
    return replace(push, state="leaving", next_try_at=now + _FIRST_WAIT)


def forgotten(push: Push, now: datetime) -> Push:
    """Forget the hub that was asked, so that nothing it sends is taken any more."""
    return replace(
        Push(push.feed_id, push.hubs, push.topic, next_try_at=now if push.hubs else None),
        last_push_at=push.last_push_at,
        pushes=push.pushes,
        refused=push.refused,
        missed=push.missed,
    )


def asking(push: Push, door: Door, now: datetime) -> Push:
    """Ask for a subscription, or renew the one that is running at its hub and under its address.

    Anything else than a repeated request goes through the new door, so that no two hubs share one.
    """
    tries = push.tries + 1
    wait = min(_FIRST_WAIT * (1 << min(push.tries, _TIRED)), _LONGEST_WAIT)
    tried = replace(push, tries=tries, next_try_at=now + wait)
    if push.base == door.base and _runs(push, now):
        return tried
    hub = push.hubs[push.tries % len(push.hubs)]
    asked = replace(tried, state="asked", asked_hub=hub, asked_topic=push.topic, base=door.base, agreed=0)
    if (push.asked_hub, push.asked_topic, push.base) == (hub, push.topic, door.base):
        return asked
    return replace(asked, token=door.token, secret=door.secret, since=None, lease_until=None)


def _runs(push: Push, now: datetime) -> bool:
    return push.state == "active" and push.lease_until is not None and push.lease_until > now


def next_step(push: Push, active: bool, door: Door, now: datetime) -> Push:
    """Return what is to be done where something is due: leave, forget, or ask, maybe through a new door.

    The hub is to be sent form() unless what comes out is idle or denied.
    """
    if push.state == "leaving":
        return forgotten(push, now)
    if must_leave(push, active):
        return leaving(push, now)
    if not (active and push.hubs):
        return replace(push, next_try_at=None if not push.hubs else push.next_try_at)
    return asking(push, door, now)


def form(push: Push) -> dict[str, str]:
    """Return what the hub is asked (section 5.1)."""
    assert push.asked_topic  # noqa: S101  # asking and leaving come after a topic
    wanted = {
        "hub.callback": f"{push.base}{push.token}",
        "hub.mode": "unsubscribe" if push.state == "leaving" else "subscribe",
        "hub.topic": push.asked_topic,
    }
    if push.state == "leaving" or not push.secret:
        return wanted
    return wanted | {"hub.secret": push.secret, "hub.lease_seconds": f"{LEASE.total_seconds():.0f}"}


# ---------------------------------------------------------------- what hubs say


def verified(push: Push, mode: str, topic: str, lease: str, now: datetime) -> Push | None:
    """Return what a hub's question for our intent leaves; None where we do not want that (section 5.3)."""
    if topic != push.asked_topic:
        return None
    if mode == "unsubscribe" and push.state == "leaving":
        return forgotten(push, now)
    if mode != "subscribe" or not is_held(push):
        return None
    granted = _lease(lease)
    return replace(
        push,
        state="active",
        since=push.since if push.state == "active" else now,
        lease_until=now + granted,
        next_try_at=now + max(granted * 0.75, _SOONEST),
        tries=0,
        error=None,
    )


def _lease(seconds: str) -> timedelta:
    if not (seconds.isascii() and seconds.isdecimal()):
        return LEASE
    return min(timedelta(seconds=int(seconds[:9])), _LONGEST_LEASE)


def denied(push: Push, topic: str, reason: str, now: datetime) -> Push | None:
    """Return what a hub's refusal leaves (section 5.2); a second hub is asked soon, all again in a week."""
    if topic != push.asked_topic or not is_held(push):
        return None
    tries = max(push.tries, 1)
    said = "".join(filter(str.isprintable, reason))[:_LONGEST_REASON]
    return replace(
        push,
        state="denied",
        tries=tries,
        next_try_at=now + (_FIRST_WAIT if tries < len(push.hubs) else _DENIED),
        error=f"The hub denied the subscription{f': {said}' if said else ''}.",
        lease_until=None,
        agreed=0,
    )


def signed(secret: str, body: bytes, header: str) -> bool:
    """Tell whether X-Hub-Signature fits a body, in a time that tells nothing (section 7.1)."""
    method, _, given = header.strip().partition("=")
    if method.lower() not in _HASHES:
        return False
    right = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(right.encode(), given.strip().lower().encode())


# ---------------------------------------------------------------- push beside polling


def polled(
    push: Push, brought: int, last_poll_at: datetime | None, asked_at: datetime | None, now: datetime
) -> Push:
    """Return what a poll says of push: brought counts items that were new to us.

    last_poll_at is the last good poll before this one, asked_at when this one was handed out. Items of a
    poll that the hub called for are the hub's, and those that may be older than the subscription nobody's.
    """
    called = push.called_at is not None
    under_way = push.called_at is not None and asked_at is not None and push.called_at > asked_at
    push = replace(push, called_at=push.called_at if under_way else None)
    if not _runs(push, now) or last_poll_at is None or push.since is None or push.since > last_poll_at:
        return push
    if brought and not called:
        return replace(push, missed=push.missed + brought, agreed=0)
    if push.last_push_at and push.last_push_at > last_poll_at:
        return replace(push, agreed=push.agreed + 1)
    return push


def while_pushed(wait: timedelta, push: Push, now: datetime, longest: timedelta) -> timedelta:
    """Return how long the next poll may wait where wait is the feed's own rhythm.

    A hub that has said nothing for twice the longest interval counts as silent.
    """
    recent = push.last_push_at is not None and now - push.last_push_at <= 2 * longest
    if not (recent and _runs(push, now)):
        return wait
    return max(wait, min(wait * (1 << min(push.agreed, _DOUBLINGS)), longest))
