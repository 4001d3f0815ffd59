"""A mail as a server received it, and what two parsers of MIME find wrong with it."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from fast_mail_parser import parse_email


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as received: its envelope, its bytes and how it came."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    encrypted: bool = False
    user: str | None = None

    @property
    def message(self) -> EmailMessage:
        """Return the message as Python's parser understands it."""
        message = message_from_bytes(self.data, policy=modern)
        assert isinstance(message, EmailMessage)
        return message


def flaws(mail: Mail) -> list[str]:
    """Return what Python's parser and another one had to mend, and where they read it otherwise."""
    ours, theirs = mail.message, parse_email(mail.data)
    parts = [defect for part in ours.walk() for defect in part.defects]
    headers = [defect for header in ours.values() for defect in getattr(header, "defects", ())]
    bodies = [part.get_content() for part in ours.walk() if part.get_content_maintype() == "text"]
    other = [*theirs.text_plain, *theirs.text_html]
    same = [one.splitlines() for one in bodies] == [one.splitlines() for one in other]
    mended = [*map(str, (*parts, *headers)), *(warning.kind for warning in theirs.warnings)]
    return mended + ([] if same and str(ours["Subject"]) == theirs.subject else ["read otherwise"])
