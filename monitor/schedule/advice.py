"""What a person can do about a feed in trouble, in a sentence each."""

from collections.abc import Mapping
from datetime import timedelta

from monitor.model.fetching import Reason
from monitor.model.views import FeedHealth, Trouble

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

_BROKEN = {
    Reason.UNREACHABLE: "Look whether the site is there; when all feeds say so, it is your network.",
    Reason.TIMEOUT: "Nothing, if it passes; else allow more time with `fetch.timeout`.",
    Reason.BLOCKED: "Name its network in `fetch.allow_private`, if it is in yours.",
    Reason.REDIRECTS: "Open the address in a browser and subscribe to where it ends.",
    Reason.REFUSED: "404: look for its new address. 403, 429: set `every` and `user_agent`, or ask them.",
    Reason.SERVER_ERROR: "Nothing, if it passes; else tell the publisher.",
    Reason.TOO_BIG: "Raise `fetch.max_bytes`, if you trust the feed.",
    Reason.ENCODING: "Tell the publisher.",
    Reason.EMPTY: "Nothing, if it passes; else look for the feed's new address.",
    Reason.UNREADABLE: "Tell the publisher, or report it where the sentence says so.",
}

LABELS: Mapping[Trouble, str] = {
    "gone": "gone",
    "certificate": "bad certificate",
    "html": "not a feed",
    "broken": "broken",
    "duplicate": "duplicate",
    "gap": "polled too rarely",
    "stale": "silent",
    "moved": "moved",
    "failing": "failing",
    "new": "never polled",
    "paused": "paused",
    "ok": "ok",
}
"""Each kind of trouble in words."""

_ADVICE: Mapping[Trouble, str] = {
    "gone": "The publisher has ended it: remove it, or find its successor. It is asked once a week.",
    "certificate": "Tell the publisher; it comes back by itself when the certificate is put right.",
    "html": "The address answers with something that is no feed: `monitor feeds discover {page}` finds it.",
    "duplicate": "It moves to {other}, which is subscribed to already: remove one of the two.",
    "gap": "Items may be missed between two polls{pace}: give it a shorter `every`, or lower `min_interval`.",
    "stale": "Nothing has come for far longer than usual{pace}: look whether the site publishes elsewhere.",
    "moved": "It is asked at {address} now: write that into the configuration.",
    "new": "Nothing: it is polled when its turn comes.",
    "paused": "Resume it when you want it polled again.",
}


def advice(health: FeedHealth) -> str:
    """Return what a person can do about a feed; empty where it is well."""
    feed = health.feed
    if health.trouble in {"broken", "failing"} and feed.reason:
        return _BROKEN.get(Reason(feed.reason), "")
    if health.trouble == "paused" and feed.removed:
        return "It left the configuration; its stories stay."
    return _ADVICE.get(health.trouble, "").format(
        page=feed.site or feed.url,
        address=health.address,
        other=health.duplicate_of,
        pace=_pace(health),
    )


def _pace(health: FeedHealth) -> str:
    """Say how often a feed brings something, to be judged beside its trouble."""
    if health.mean_gap is None:
        return ""
    gap = health.mean_gap
    if gap < _HOUR:
        return f" (it brings an item every {max(round(gap.total_seconds() / 60), 1)} minutes)"
    if gap < 2 * _DAY:
        return f" (it brings an item every {round(gap / _HOUR)} hours)"
    return f" (it brings an item every {round(gap / _DAY)} days)"
