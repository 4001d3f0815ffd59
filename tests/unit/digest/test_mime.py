"""A message as the bytes of a mail."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from monitor.digest.mail import message_id, mime
from monitor.model.digests import Message

MESSAGE = Message(
    message_id="<abc@example.org>",
    sender="Monitor <monitor@example.org>",
    to="reader@example.org",
    subject="Ранок: " + "Єдиний екран 🚢 " * 6 + "and 6 more",
    text="Новини дня\n" + "слово " * 100 + "\n",
    html="<p>" + "слово 🚢 " * 100 + "</p>\n",
    date=datetime(2026, 11, 18, 5, 1, tzinfo=UTC),
    headers={"List-Id": "<morning.example.org>"},
)


def test_the_message_id_is_stable_and_keeps_the_address_to_itself() -> None:
    """The same digest, reader and period give the same id; another of any of them another one."""
    asked = [
        ("morning", "reader@example.org", "2026-11-18T07:00"),
        ("evening", "reader@example.org", "2026-11-18T07:00"),
        ("morning", "other@example.org", "2026-11-18T07:00"),
        ("morning", "reader@example.org", "2026-11-19T07:00"),
    ]
    ids = [message_id(*what, "news.example") for what in asked]
    assert len(set(ids)) == 4
    assert ids[0] == message_id(*asked[0], "news.example")
    assert re.fullmatch(r"<[0-9a-f]{32}@news\.example>", ids[0])


def test_a_mail_is_well_formed() -> None:
    """It parses without a defect into text and page, in UTF-8, in lines that every server carries."""
    mail = message_from_bytes(mime(MESSAGE), policy=modern)
    assert isinstance(mail, EmailMessage)
    text, html = list(mail.iter_parts())
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in (text, html)] == ["utf-8", "utf-8"]
    assert [part["content-transfer-encoding"] for part in (text, html)] == ["quoted-printable"] * 2
    assert [part.defects for part in mail.walk()] == [[], [], []]
    assert max(len(line) for line in mime(MESSAGE).split(b"\r\n")) <= 78
    assert b"\n" not in mime(MESSAGE).replace(b"\r\n", b"")


def test_the_same_message_is_the_same_bytes() -> None:
    """What is stored and sent again does not differ by a byte."""
    assert mime(replace(MESSAGE)) == mime(MESSAGE)


def test_domains_in_other_scripts_are_written_as_mail_knows_them() -> None:
    """Sender and reader keep their domains, in IDNA form; what IDNA cannot say is left as it is."""
    one = replace(MESSAGE, sender="Новини <a@новини.example>", to="b@новини.example")
    mail = message_from_bytes(mime(one), policy=modern)
    assert str(mail["from"]) == "Новини <a@xn--b1amarcd.example>"
    assert str(mail["to"]) == "b@xn--b1amarcd.example"
    assert message_id("d", "a", "p", "x" * 70).endswith(f"@{'x' * 70}>")


def test_a_headline_that_looks_encoded_writes_no_header() -> None:
    """Python decodes RFC 2047 words in a value, line breaks and all; none of it becomes a header."""
    evil = "=?utf-8?q?Ceasefire=0d=0aBcc:_x@example.org=0d=0a=0d=0a=3Cb=3Eowned?="
    mail = message_from_bytes(mime(replace(MESSAGE, subject=f"Morning: {evil}")), policy=modern)
    assert mail["Bcc"] is None
    assert mail.get_content_type() == "multipart/alternative"
    assert "Ceasefire" in mail["Subject"]
