"""A message as the bytes of a mail, and the headers that mark it as one of a list."""

import hashlib
import re
from binascii import b2a_qp
from collections.abc import Mapping
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, parseaddr
from functools import lru_cache
from urllib.parse import quote

from monitor.digest.address import mail_domain
from monitor.model.digests import Bodies, Message

_WORD = 60
"""Letters of a word that has room on a line of a header; a longer one is cut where it is encoded."""


def message_id(digest_name: str, address: str, period_key: str, domain: str) -> str:
    """Return the Message-ID of one digest to one reader: always the same, and telling neither."""
    what = f"{digest_name}\x1f{address}\x1f{period_key}".encode()
    return f"<{hashlib.blake2b(what, digest_size=16).hexdigest()}@{mail_domain('@' + domain)[1:]}>"


def list_headers(digest_name: str, message_id: str, sender: str, leave: str | None) -> dict[str, str]:
    """Return the headers of a list's mail (RFC 2369, 2919, 3834); leave is where its reader unsubscribes.

    One click is enough where that address is https (RFC 8058); without an address a mail to the sender asks.
    """
    label = re.sub(r"[^a-z0-9.-]+", "-", digest_name.lower()).strip("-.") or "digest"
    domain = message_id.rpartition("@")[2].rstrip(">")
    subject = quote(f"unsubscribe {digest_name}", safe="")
    asked = f"<mailto:{quote(_bare(sender), safe='@.+-_')}?subject={subject}>"
    headers = {
        "List-Id": f"<{label}.{domain}>",
        "List-Unsubscribe": f"<{leave}>, {asked}" if leave else asked,
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }
    if leave and leave.lower().startswith("https:"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def mime(message: Message) -> bytes:
    """Return the mail as it goes over the wire: the same bytes for the same message, always."""
    return whole(head(message), message.message_id, Bodies(message.text, message.html))


def head(message: Message) -> bytes:
    """Return what the mail begins with, up to its bodies."""
    top = EmailMessage(policy=SMTP)
    top["Date"] = message.date
    top["Message-ID"] = message.message_id
    top["From"] = _mailbox(message.sender)
    top["To"] = _mailbox(message.to)
    boundary = _boundary(message.message_id)
    frame = {"MIME-Version": "1.0", "Content-Type": f'multipart/alternative;\r\n boundary="{boundary}"'}
    return _as_they_are({**message.headers, "Subject": _encoded(message.subject), **frame}) + top.as_bytes()


def whole(head: bytes, message_id: str, bodies: Bodies) -> bytes:
    """Return a mail from what it begins with and its bodies.

    These are put together here, because Python's own encoder takes a hundred times as long.
    """
    boundary = _boundary(message_id).encode()
    kinds = (("plain", bodies.text), ("html", bodies.html))
    parts = (b"--%s\r\n%s" % (boundary, _part(kind, body)) for kind, body in kinds)
    return b"".join((head, *parts, b"--%s--\r\n" % boundary))


def _boundary(message_id: str) -> str:
    """Return what stands between the bodies: "=_" is in no quoted-printable text (RFC 2045 section 6.7)."""
    return "=_" + hashlib.blake2b(message_id.encode(), digest_size=16).hexdigest()


def _encoded(subject: str) -> str:
    """Return a subject as a header holds it (RFC 2047).

    What only looks encoded is encoded, too: a headline must not write headers. Python's way of folding a
    whole message would lose blanks between words.
    """
    fits = all(len(word) <= _WORD for word in subject.split())
    charset = "us-ascii" if subject.isascii() and fits and "=?" not in subject else "utf-8"
    return Header(subject, charset, header_name="Subject").encode(linesep="\r\n")


def _part(kind: str, body: str) -> bytes:
    """Return a text as a part of a mail, quoted-printable (RFC 2045 section 6.7)."""
    head = (f'Content-Type: text/{kind}; charset="utf-8"', "Content-Transfer-Encoding: quoted-printable", "")
    lines = (*(line.encode() for line in head), *map(_quoted, body.splitlines()), b"", b"")
    return b"\r\n".join(lines)


@lru_cache(4096)
def _quoted(line: str) -> bytes:
    """Return a line quoted; the thousands of mails of one digest share nearly all of theirs."""
    return b2a_qp(line.encode("utf-8", "replace")).replace(b"\n", b"\r\n")


def _as_they_are(headers: Mapping[str, str]) -> bytes:
    """Write headers for machines, broken only between addresses.

    Python would encode a long address by RFC 2047 (CPython issue 85725), and no mail program would follow it.
    """
    lines = (f"{name}: {value}".replace(">, <", ">,\r\n <") for name, value in headers.items())
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _mailbox(address: str) -> str:
    display, bare = parseaddr(address)
    return formataddr((display, mail_domain(bare)))


def _bare(address: str) -> str:
    return mail_domain(parseaddr(address)[1])
