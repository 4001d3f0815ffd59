"""What a person can do about a feed in trouble, in a sentence each."""

from datetime import timedelta

from monitor.model import FeedHealth, Reason

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

_BROKEN = {
    Reason.UNREACHABLE: "Look whether the site is there; when all feeds say so, it is your network.",
    Reason.TIMEOUT: "Nothing, if it passes; else allow more time with `fetch.timeout`.",
    Reason.BLOCKED: "Name its network in `fetch.allow_private`, if it is in yours.",
    Reason.REDIRECTS: "Open the address in a browser and subscribe to where it ends.",
    Reason.REFUSED: "404: look for the feed's new address. 403, 429: set `every` and `user_agent`, or ask the publisher.",
    Reason.SERVER_ERROR: "Nothing, if it passes; else tell the publisher.",
    Reason.TOO_BIG: "Raise `fetch.max_bytes`, if you trust the feed.",
    Reason.ENCODING: "Tell the publisher.",
    Reason.EMPTY: "Nothing, if it passes; else look for the feed's new address.",
    Reason.UNREADABLE: "Tell the publisher, or report it where the sentence says so.",
}


def advice(health: FeedHealth) -> str:
    """Return what a person can do about a feed; empty where it is well."""
    feed = health.feed
    match health.trouble:
        case "gone":
            return "The publisher has ended it: remove it, or find its successor. It is asked once a week."
        case "certificate":
            return "Tell the publisher; the feed comes back by itself when the certificate is renewed."
        case "html":
            return f"The address answers with something else than a feed: `monitor feeds discover {feed.site or feed.url}` finds it."
        case "broken" | "failing":
            return _BROKEN.get(Reason(feed.reason), "") if feed.reason else ""
        case "duplicate":
            return f"It moves to {health.duplicate_of}, which is subscribed to already: remove one of the two."
        case "gap":
            return f"It is polled too rarely and items may be missed: give it a shorter `every`{_pace(health)}."
        case "stale":
            return f"Look whether the site publishes elsewhere now{_pace(health)}."
        case "moved":
            return f"It is asked at {health.address} now: write that into the configuration."
        case "paused" if feed.removed:
            return "It left the configuration; its stories stay."
        case "paused":
            return "Resume it when you want it polled again."
    return ""


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
