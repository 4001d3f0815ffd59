"""How the feeds are, and what a person may do about it: pause, resume, poll now."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.config.secret import without_password
from monitor.store import feeds, subscriptions
from monitor.web.site import Here
from monitor.web.stories import LAST_PAGE, PageNumber

router = APIRouter()

_PAGE = 100

FeedId = Annotated[int, Form(ge=1, lt=2**63)]
Action = Literal["pause", "resume", "poll"]


@router.get("/feeds")
def all_feeds(site: Here, page: PageNumber = 1) -> HTMLResponse:
    """List the feeds, those that need somebody first."""
    with site.app.store.read() as connection:
        states = feeds.states(connection, site.app.clock())
        found = feeds.neediest(connection, _PAGE + 1, (page - 1) * _PAGE)
    return site.page(
        "feeds.html",
        feeds=[replace(feed, url=without_password(feed.url)) for feed in found[:_PAGE]],
        states=states,
        number=page,
        following=page + 1 if len(found) > _PAGE else None,
        stuck=site.pulse(),
    )


@router.post("/feeds/{action}")
def act(
    site: Here, action: Action, feed: FeedId, page: Annotated[int, Form(ge=1, le=LAST_PAGE)] = 1
) -> RedirectResponse:
    """Do what a person asks for, and show the feeds again."""
    now = site.app.clock()
    with site.app.store.write() as lane:
        url = feeds.address(lane, feed)
        if action == "poll":
            feeds.poll_now(lane, url, now)
        else:
            subscriptions.pause(lane, url, paused=action == "pause", now=now)
    return RedirectResponse(f"/feeds?page={page}", HTTPStatus.SEE_OTHER)
