"""What readers get and when, what they would get now, and what they got."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from monitor.digest.periods import next_due
from monitor.errors import UsageError
from monitor.model.digests import DigestPlan, MessageView
from monitor.pipeline.owing import own
from monitor.store import halts, outbox, readers
from monitor.web.site import Here, Site

router = APIRouter()

_FRAME = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
}
"""What a message's page may do: look as it was made to look, and open links in windows of their own."""

_OUTWARDS = '<base target="_blank">'

_STATUS = {
    "reserved": "not accepted yet; it is tried again",
    "sent": "sent",
    "failed": "refused for good",
    "kept": "composed and kept",
}


@dataclass(frozen=True, slots=True)
class ShownDigest:
    """A digest, when each of its readers is due next (None: never), and its latest messages."""

    plan: DigestPlan
    readers: tuple[tuple[str, datetime | None], ...]
    messages: tuple[MessageView, ...]


@router.get("/digests")
def all_digests(site: Here) -> HTMLResponse:
    """List the digests with their readers and latest messages."""
    shown = [_shown(site, plan) for plan in site.app.plans]
    with site.app.store.read() as connection:
        halt = halts.standing(connection)
    return site.page(
        "digests.html",
        digests=shown,
        has_channel=site.app.settings.channels.email is not None,
        halt=halt,
        titles=site.app.titles,
        statuses=_STATUS,
    )


def _shown(site: Site, plan: DigestPlan) -> ShownDigest:
    now = site.app.clock()
    with site.app.store.read() as connection:
        told = [
            one for one in readers.everybody(connection) if (one.digest, one.state) == (plan.name, "active")
        ]
        messages = outbox.latest(connection, plan.name, 10)
    return ShownDigest(plan, tuple((one.recipient, _due(own(plan, one), now)) for one in told), messages)


def _due(plan: DigestPlan, now: datetime) -> datetime | None:
    due = next_due(plan.schedule, plan.timezone, now)
    return due.astimezone(ZoneInfo(plan.timezone)) if due else None


@router.get("/digests/{name}/preview")
def preview(site: Here, name: str) -> HTMLResponse:
    """Show what the digest's first reader would get now."""
    plan = _plan(site, name)
    return site.page(
        "message.html",
        title=f"Preview of {plan.title}",
        message=site.app.sender().preview(name),
        sent=None,
        frame=f"/digests/{name}/preview.html",
    )


@router.get("/digests/{name}/preview.html")
def preview_frame(site: Here, name: str) -> HTMLResponse:
    """Give the page of a preview, to be framed."""
    _plan(site, name)
    return _framed(site.app.sender().preview(name).html)


def _plan(site: Site, name: str) -> DigestPlan:
    found = next((plan for plan in site.app.plans if plan.name == name), None)
    if found is None:
        raise UsageError(f"There is no digest “{name}”")
    return found


@router.get("/messages/{message_id}")
def message(site: Here, message_id: str) -> HTMLResponse:
    """Show a message as it was composed."""
    found = _message(site, message_id)
    return site.page(
        "message.html",
        title=found.subject,
        message=found,
        sent=found,
        delivery=_STATUS[found.status],
        frame=f"/messages/{found.id}/page.html",
    )


@router.get("/messages/{message_id}/page.html")
def message_frame(site: Here, message_id: str) -> HTMLResponse:
    """Give the page of a message, to be framed."""
    return _framed(_message(site, message_id).html)


def _message(site: Site, message_id: str) -> MessageView:
    with site.app.store.read() as connection:
        found = outbox.one(connection, message_id)
    if found is None:
        raise UsageError(f"There is no message {message_id}")
    return found


def _framed(html: str) -> HTMLResponse:
    """Give a message's own page, its links leading out of the frame."""
    return HTMLResponse(html.replace("<head>", f"<head>{_OUTWARDS}", 1), headers=_FRAME)
