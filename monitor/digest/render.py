"""A digest as a message for one reader, and a message as the bytes of a mail."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, parseaddr
from functools import cache
from zoneinfo import ZoneInfo

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from monitor.digest import english as say
from monitor.digest.address import mail_domain
from monitor.digest.excerpt import one_line, shorten
from monitor.digest.plain import plain
from monitor.digest.shown import Shown, events, headlines, name, show
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
) -> Message:
    """Return the mail for one reader, its times on the reader's clock, else on the digest's."""
    zone = ZoneInfo(recipient.timezone or digest.plan.timezone)
    why = say.why(name(digest), one_line(recipient.address))
    limits = _limits(digest)
    shown, html = _try(digest, zone, next(limits), public_url, why)
    while len(html.encode()) >= LARGEST and (limit := next(limits, None)) is not None:
        shown, html = _try(digest, zone, limit, public_url, why)
    return Message(
        message_id=message_id,
        sender=one_line(sender),
        to=one_line(recipient.address),
        subject=_subject(digest),
        text=plain(shown, why),
        html=html,
        date=date,
        headers=_headers(digest.plan.name, message_id),
    )


def message_id(digest_name: str, address: str, period_key: str, domain: str) -> str:
    """Return the Message-ID of one digest to one reader: always the same, and telling neither."""
    what = f"{digest_name}\x1f{address}\x1f{period_key}".encode()
    return f"<{hashlib.blake2b(what, digest_size=16).hexdigest()}@{mail_domain('@' + domain)[1:]}>"


def mime(message: Message) -> bytes:
    """Return the mail as it goes over the wire: the same bytes for the same message, always."""
    mail = EmailMessage(policy=SMTP)
    mail["Date"] = message.date
    mail["Message-ID"] = message.message_id
    mail["From"] = _mailbox(message.sender)
    mail["To"] = _mailbox(message.to)
    mail["Subject"] = message.subject
    for header, value in message.headers.items():
        mail[header] = value
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    # "=_" cannot occur in quoted-printable text (RFC 2045 section 6.7), so the boundary cannot either.
    mail.set_boundary("=_" + hashlib.blake2b(message.message_id.encode(), digest_size=16).hexdigest())
    return mail.as_bytes()


def _limits(digest: Digest) -> Iterator[int]:
    """Yield how many events a topic may show, to be tried until the page is small enough."""
    yield from (limit for limit in (25, 15, 10, 6, 3, 1) if events(digest, limit) <= _MOST)
    yield 0


def _try(digest: Digest, zone: ZoneInfo, limit: int, public_url: str | None, why: str) -> tuple[Shown, str]:
    shown = show(digest, zone, limit, public_url)
    return shown, _page(digest, shown, why)


def _subject(digest: Digest) -> str:
    first = next((shorten(title, 100) for title in headlines(digest, 1)), None)
    return say.subject(name(digest), first, events(digest) - 1)


def _headers(digest_name: str, message_id: str) -> dict[str, str]:
    label = re.sub(r"[^a-z0-9.-]+", "-", digest_name.lower()).strip("-.") or "digest"
    domain = message_id.rpartition("@")[2].rstrip(">")
    return {
        "List-Id": f"<{label}.{domain}>",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }


def _mailbox(address: str) -> str:
    display, bare = parseaddr(address)
    return formataddr((display, mail_domain(bare)))


def _page(digest: Digest, shown: Shown, why: str) -> str:
    preview = " · ".join(headlines(digest, 4)[1:]) or shown.total
    html = _template().render(shown=shown, why=why, preview=shorten(preview, 200), say=say)
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
