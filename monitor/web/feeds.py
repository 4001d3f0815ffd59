"""How the feeds are, and what a person may do about it: pause, resume, poll now."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.config.secret import without_password
from monitor.model.views import FeedHealth, FeedView, Trouble
from monitor.schedule.advice import LABELS, advice
from monitor.store import feeds, health, subscriptions
from monitor.web.paging import LAST_PAGE, PageNumber
from monitor.web.site import Here

router = APIRouter()

_PAGE = 100

FeedId = Annotated[int, Form(ge=1, lt=2**63)]
Action = Literal["pause", "resume", "poll"]


@router.get("/feeds")
def all_feeds(site: Here, page: PageNumber = 1, kind: Trouble | None = None) -> HTMLResponse:
    """List the feeds, or those in one kind of trouble; those that need somebody first."""
    now = site.app.clock()
    with site.app.store.read() as connection:
        states = health.states(connection, now)
        kinds = (kind,) if kind else health.TROUBLES
        found = health.neediest(connection, now, _PAGE + 1, (page - 1) * _PAGE, kinds=kinds)
    return site.page(
        "feeds.html",
        feeds=[_shown(one) for one in found[:_PAGE]],
        kinds=[(one, label, states[one]) for one, label in LABELS.items() if states[one]],
        total=sum(states[one] for one in health.TROUBLES),
        kind=kind,
        label=LABELS[kind] if kind else "",
        number=page,
        following=page + 1 if len(found) > _PAGE else None,
        stuck=site.pulse(),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A feed as the page shows it, without passwords."""

    feed: FeedView
    trouble: Trouble
    label: str
    since: datetime | None
    asked: str | None
    advice: str


def _shown(one: FeedHealth) -> Shown:
    return Shown(
        feed=replace(one.feed, url=without_password(one.feed.url)),
        trouble=one.trouble,
        label=LABELS[one.trouble],
        since=one.since,
        asked=without_password(one.address) if one.address else None,
        advice=without_password(advice(one)),
    )


@router.post("/feeds/{action}")
def act(
    site: Here,
    action: Action,
    feed: FeedId,
    page: Annotated[int, Form(ge=1, le=LAST_PAGE)] = 1,
    kind: Annotated[Trouble | None, Form()] = None,
) -> RedirectResponse:
    """Do what a person asks for, and show the feeds again."""
    now = site.app.clock()
    with site.app.store.write() as lane:
        url = feeds.address(lane, feed)
        if action == "poll":
            feeds.poll_now(lane, url, now)
        else:
            subscriptions.pause(lane, url, paused=action == "pause", now=now)
    shown = f"kind={kind}&page={page}" if kind else f"page={page}"
    return RedirectResponse(f"/feeds?{shown}", HTTPStatus.SEE_OTHER)
