"""A digest as a message for one reader."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from monitor.digest.address import web_link
from monitor.digest.excerpt import one_line, shorten
from monitor.digest.language import Language
from monitor.digest.mail import list_headers
from monitor.digest.plain import plain
from monitor.digest.shown import Page, Shown, events, headlines, name, show
from monitor.model import Digest, Message, Recipient

LARGEST = 100_000
"""How large a page may be, in bytes: Gmail cuts off what is over 102 kB."""

_MOST = 250
"""More events than this never fit into a page."""


def render(
    digest: Digest,
    recipient: Recipient,
    *,
    sender: str,
    message_id: str,
    date: datetime,
    public_url: str | None,
    token: str = "",
) -> Message:
    """Return the mail for one reader, in their language and on their clock, else the digest's.

    By the token links know the reader; without one there is no link to unsubscribe.
    """
    limits = _limits(digest)
    page = Page(web_link(public_url), token)
    shown, html = _try(digest, recipient, next(limits), page)
    while len(html.encode()) >= LARGEST and (limit := next(limits, None)) is not None:
        shown, html = _try(digest, recipient, limit, page)
    return Message(
        message_id=message_id,
        sender=one_line(sender),
        to=one_line(recipient.address),
        subject=_subject(digest, shown.say),
        text=plain(shown),
        html=html,
        date=date,
        headers=list_headers(digest.plan.name, message_id, sender, shown.leave),
    )


def _limits(digest: Digest) -> Iterator[int]:
    """Yield how many events a topic may show, to be tried until the page is small enough."""
    yield from (limit for limit in (25, 15, 10, 6, 3, 1) if events(digest, limit) <= _MOST)
    yield 0


def _try(digest: Digest, recipient: Recipient, limit: int, page: Page) -> tuple[Shown, str]:
    shown = show(digest, recipient, limit, page)
    return shown, _page(digest, shown)


def _subject(digest: Digest, say: Language) -> str:
    first = next((shorten(title, 100) for title in headlines(digest, say, 1)), None)
    return say.subject(name(digest), first, events(digest) - 1)


def _page(digest: Digest, shown: Shown) -> str:
    preview = " · ".join(headlines(digest, shown.say, 4)[1:]) or shown.total
    html = _template().render(shown=shown, preview=shorten(preview, 200), say=shown.say)
    return CSSInliner(keep_style_tags=True, load_remote_stylesheets=False).inline(html)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("monitor", "digest/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("digest.html")
