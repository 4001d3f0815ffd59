"""The mail that asks whoever reads an address whether they want a digest (double opt-in)."""

from datetime import datetime

from markupsafe import escape

from monitor.digest.address import web_link
from monitor.digest.excerpt import clipped, one_line
from monitor.digest.language import speak
from monitor.digest.mail import list_headers, message_id
from monitor.model import DigestPlan, Message, Reader

CONFIRM = "confirm"
"""Where on the page an address is confirmed, before its token; how the period of such a message begins."""

_NAME = 80
_PAGE = """<!DOCTYPE html>
<html lang="{tag}"><head><meta charset="utf-8"><title>{subject}</title></head>
<body style="font-family: sans-serif; font-size: 16px; line-height: 24px">
<p>{asked}</p><p><a href="{link}">{confirm}</a></p><p>{not_you}</p>
</body></html>
"""


def confirmation(plan: DigestPlan, reader: Reader, sender: str, public_url: str, now: datetime) -> Message:
    """Return the mail that asks; its link leads to a page with a button, since programs follow links too."""
    say, name = speak(reader.language), clipped(plan.title, _NAME) or clipped(plan.name, _NAME)
    link = web_link(f"{public_url.rstrip('/')}/{CONFIRM}/{reader.token}") or ""
    asked, subject = say.asked_for(name, one_line(reader.recipient)), say.please_confirm(name)
    said = {"asked": asked, "link": link, "confirm": say.confirm, "not_you": say.not_you}
    page = {"tag": say.tag, "subject": subject} | said
    domain = sender.rpartition("@")[2].rstrip(">")
    made = message_id(plan.name, reader.recipient, f"{CONFIRM} {now.isoformat()}", domain)
    return Message(
        message_id=made,
        sender=one_line(sender),
        to=one_line(reader.recipient),
        subject=subject,
        text=f"{asked}\n\n{say.confirm}: {link}\n\n{say.not_you}\n",
        html=_PAGE.format(**{name: escape(text) for name, text in page.items()}),
        date=now,
        headers=list_headers(plan.name, made, sender, None),
    )
