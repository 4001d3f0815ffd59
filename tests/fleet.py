"""A fleet of feeds in all kinds of trouble, as months of polling leave it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model.fetching import Document, Failed, Fetched, Reason
from monitor.model.polls import Outcome
from monitor.model.views import Trouble
from monitor.schedule import next_state
from monitor.store import Store, polls, settling, subscriptions
from tests.builders import subscription

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_SEEN = Document("https://fleet.example/", b"<rss/>")
_FAILURES: Sequence[Failed] = (
    Failed(Reason.UNREACHABLE, "The host's name has no address."),
    Failed(Reason.TIMEOUT, "No whole answer came within 30 seconds."),
    Failed(Reason.REFUSED, "The server answered 404 Not Found.", 404),
    Failed(Reason.REFUSED, "The server answered 403 Forbidden.", 403),
    Failed(Reason.SERVER_ERROR, "The server answered 502 Bad Gateway.", 502),
    Failed(Reason.UNREADABLE, "The feed breaks before any item: line 3: mismatched tag.", 200),
)
_NEWS, _KNOWN = Outcome(3, 27), Outcome(0, 30)
_GONE = Failed(Reason.GONE, "The server answered 410 Gone.", 410)
_HTML = Failed(Reason.NOT_A_FEED, "The address answered with a web page (“Subscribe”), not with a feed.", 200)
_CERTIFICATE = Failed(Reason.CERTIFICATE, "The certificate is not to be trusted: certificate has expired.")
_TROUBLES: Sequence[Trouble] = (
    "gone", "certificate", "html", "broken", "duplicate", "gap", "stale", "moved", "failing", "new", "paused",
)  # fmt: skip


def fill(store: Store, size: int, now: datetime) -> Mapping[Trouble, int]:
    """Declare feeds of which each seventh is in trouble, of every kind in turn; return how many of each."""
    urls = [f"https://outlet{number:05}.example/feed.xml" for number in range(size)]
    kinds: list[Trouble] = [
        "ok" if number % 7 else _TROUBLES[number // 7 % len(_TROUBLES)] for number in range(size)
    ]
    with store.write() as lane:
        wanted = [subscription(url, f"Outlet {number:05}") for number, url in enumerate(urls)]
        subscriptions.declare(lane, wanted, now - 90 * DAY)
        jobs = polls.lease_all(lane, now - 90 * DAY)
        for number, (job, kind) in enumerate(zip(jobs, kinds, strict=True)):
            for late, fetched, outcome in _polls(kind, number, urls):
                at = now - late
                state = next_state(job, fetched, outcome, at)
                settling.settle(lane, [settling.Settled(job, state)], at)
                landed = job.polls + (state.error is None)
                job = replace(  # noqa: PLW2901 -- the feed as its next poll finds it
                    job, history=replace(state.history, read_at=at), failures=state.failures, polls=landed
                )
            if kind == "paused":
                subscriptions.pause(lane, job.url, paused=True, now=now)
    return {kind: kinds.count(kind) for kind in set(kinds)}


def _polls(kind: Trouble, number: int, urls: Sequence[str]) -> Sequence[tuple[timedelta, Fetched, Outcome]]:
    """Return how long ago a feed was polled, and what came of it."""
    begun = ((30 * DAY, _SEEN, _KNOWN), (30 * DAY - HOUR, _SEEN, _NEWS))
    days = [number % 20 * HOUR + late * DAY for late in (4, 3, 2)]
    failed = {"gone": _GONE, "certificate": _CERTIFICATE, "html": _HTML}.get(kind, _FAILURES[number % 6])
    moved = replace(_SEEN, moved_to=f"https://www.moved{number:05}.example/feed.xml")
    double = replace(_SEEN, moved_to=urls[number - 1])
    since: Mapping[Trouble, Sequence[tuple[timedelta, Fetched, Outcome]]] = {
        "duplicate": [(late, double, _NEWS) for late in days],
        "moved": [(late, moved, _NEWS) for late in days],
        "stale": [(HOUR, _SEEN, _KNOWN)],
        "gap": [(2 * DAY, _SEEN, _NEWS), (HOUR, _SEEN, Outcome(30))],
        "failing": [(2 * HOUR, _SEEN, _NEWS), (HOUR, _FAILURES[1], Outcome())],
        "ok": [(HOUR, _SEEN, _NEWS)],
        "paused": [(HOUR, _SEEN, _NEWS)],
    }
    if kind == "new":
        return ()
    return (*begun, *since.get(kind, [(late, failed, Outcome()) for late in days]))
