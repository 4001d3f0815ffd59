"""Where links in mails lead: leave a digest, or confirm that one wants it. The token alone lets in.

A link only shows a page with a button, since programs follow links too; a mail program's one click is a POST
(RFC 8058), which is answered without asking anything more.
"""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from monitor.digest.language import speak
from monitor.errors import UsageError
from monitor.model.digests import Reader
from monitor.pipeline import subscribing
from monitor.store import readers
from monitor.web.site import Here, Site, page

router = APIRouter()

_BARE = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
}
"""The page carries its own looks: behind a login nothing else of the site is open to its readers."""


@router.get("/unsubscribe/{token}")
@router.get("/confirm/{token}")
def ask(site: Here, token: str) -> HTMLResponse:
    """Show what the reader gets, and a button to change it."""
    with site.app.store.read() as connection:
        return _shown(site, readers.by_token(connection, token))


@router.post("/unsubscribe/{token}")
def leave(site: Here, token: str) -> HTMLResponse:
    """Send nothing more to this reader."""
    with site.app.store.write() as lane:
        return _shown(site, subscribing.leave(lane, token, site.app.clock()))


@router.post("/confirm/{token}")
def agree(site: Here, token: str) -> HTMLResponse:
    """Send the digest to this reader."""
    with site.app.store.write() as lane:
        return _shown(site, subscribing.agree(lane, token, site.app.clock()))


def _shown(site: Site, reader: Reader | None) -> HTMLResponse:
    if reader is None:
        raise UsageError("This link leads to nobody: it is not whole, or its reader was removed")
    say = speak(reader.language)
    title = next((plan.title for plan in site.app.plans if plan.name == reader.digest), reader.digest)
    state = {"asked": say.asked_for, "left": say.stays_away}.get(reader.state, say.comes)
    button = {"asked": ("confirm", say.confirm), "left": ("confirm", say.again)}
    to, label = button.get(reader.state, ("unsubscribe", say.unsubscribe))
    said = state(title, reader.recipient)
    shown = {"title": title, "say": say, "said": said, "to": f"../{to}/{reader.token}", "label": label}
    return page("reader.html", headers=_BARE, **shown)
