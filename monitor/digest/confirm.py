"""The mail that asks whoever reads an address whether they want a digest (double opt-in)."""

from datetime import datetime

from monitor.digest import short
from monitor.digest.address import web_link
from monitor.digest.excerpt import clipped, one_line
from monitor.digest.language import speak
from monitor.digest.mail import list_headers, message_id
from monitor.model.digests import DigestPlan, Message, Reader

CONFIRM = "confirm"
"""Where on the page an address is confirmed, before its token; how the period of such a message begins."""

_NAME = 80


def confirmation(plan: DigestPlan, reader: Reader, sender: str, public_url: str, now: datetime) -> Message:
    """Return the mail that asks; its link leads to a page with a button, since programs follow links too."""
    say, name = speak(reader.language), clipped(plan.title, _NAME) or clipped(plan.name, _NAME)
    where = web_link(f"{public_url.rstrip('/')}/{CONFIRM}/{reader.token}") or ""
    asked, subject = say.asked_for(name, one_line(reader.recipient)), say.please_confirm(name)
    body = short.paragraph(asked) + short.link(where, say.confirm) + short.paragraph(say.not_you)
    domain = sender.rpartition("@")[2].rstrip(">")
    made = message_id(plan.name, reader.recipient, f"{CONFIRM} {now.isoformat()}", domain)
    return Message(
        message_id=made,
        sender=one_line(sender),
        to=one_line(reader.recipient),
        subject=subject,
        text=f"{asked}\n\n{say.confirm}: {where}\n\n{say.not_you}\n",
        html=short.page(say.tag, subject, body),
        date=now,
        headers=list_headers(plan.name, made, sender, None),
    )
