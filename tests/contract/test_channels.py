"""What every channel owes: each outcome is a value that says whether to try again, and why."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from monitor.digest import CHANNELS, Channel, EmailChannel, EmailOptions
from monitor.digest.mail import mime
from monitor.model.digests import Delivered, Message
from tests.servers.certificate import self_signed
from tests.servers.mailbox import DROP, HOLD, Mailbox
from tests.servers.mails import Mail

READER = "reader@example.org"
MESSAGE = Message(
    message_id="<abc@example.org>",
    sender="Monitor <monitor@example.org>",
    to=READER,
    subject="Ранок: Łódź і ще 6",
    text="Новини дня\n.a line that begins with a dot\n..and one with two\n",
    html="<p>Новини дня</p>\n.\n",
    date=datetime(2026, 10, 25, 5, 0, tzinfo=UTC),
    headers={"List-Id": "<morning.example.org>"},
)
DATA = mime(MESSAGE)


def options(mailbox: Mailbox) -> EmailOptions:
    """Return the options that reach a mailbox without encryption."""
    return EmailOptions(host="localhost", port=mailbox.port, tls="none", sender=MESSAGE.sender, timeout=5)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Open a mailbox for one test."""
    with Mailbox() as opened:
        yield opened


@pytest.fixture
async def channel(mailbox: Mailbox) -> AsyncIterator[Channel]:
    """Open the channel under test on that mailbox."""
    async with CHANNELS["email"](options(mailbox)) as opened:
        yield opened


def body(mail: Mail, kind: str) -> str:
    """Return one part of a mail as text."""
    part = mail.message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    assert part.get_content_charset() == "utf-8"
    return str(part.get_content()).replace("\r\n", "\n")


async def test_what_arrives_is_what_was_sent(channel: Channel, mailbox: Mailbox) -> None:
    """The bytes come through unchanged, and parse without a defect into both parts."""
    answer = await channel.send(READER, DATA)
    (mail,) = mailbox.messages
    assert answer.accepted
    assert "2.0.0 taken" in answer.detail
    assert (mail.sender, mail.recipients, mail.data) == ("monitor@example.org", (READER,), DATA)
    assert [part.defects for part in mail.message.walk()] == [[], [], []]
    assert (body(mail, "plain"), body(mail, "html")) == (MESSAGE.text, MESSAGE.html)
    assert mail.message["subject"] == MESSAGE.subject


async def test_a_batch_uses_one_connection(channel: Channel, mailbox: Mailbox) -> None:
    """Mails of one batch, also those asked for at once, go over one connection."""
    answers = await asyncio.gather(*(channel.send(f"reader{n}@example.org", DATA) for n in range(5)))
    assert all(answer.accepted for answer in answers)
    assert (len(mailbox.messages), mailbox.connections) == (5, 1)


@pytest.mark.parametrize(
    ("command", "reply", "permanent"),
    [
        ("RCPT", "550 5.1.1 no such user", True),
        ("RCPT", "552 5.2.2 mailbox full", True),
        ("RCPT", "530 5.7.0 log in first", False),
        ("RCPT", "450 4.2.1 try later", False),
        ("RCPT", "421 4.3.2 shutting down", False),
        ("MAIL", "550 5.7.1 we do not know this sender", False),
        ("MAIL", "451 4.3.0 try later", False),
        ("DATA", "554 5.7.1 not here", True),
        ("DATA", "451 4.3.0 try later", False),
        (".", "554 5.6.0 this looks like spam", True),
        (".", "452 4.3.1 disk full", False),
        ("CONNECT", "554 5.7.1 your network is not welcome", False),
        ("CONNECT", "421 4.3.2 too busy", False),
        ("EHLO", "421 4.3.2 too busy", False),
    ],
)
async def test_a_refusal_is_final_only_where_it_is_about_this_mail(
    channel: Channel, mailbox: Mailbox, command: str, reply: str, permanent: bool
) -> None:
    """5xx for the recipient or the message is final; 4xx, and what is about us, may pass; all is told."""
    mailbox.answer(command, reply)
    answer = await channel.send(READER, DATA)
    assert (answer.accepted, answer.permanent) == (False, permanent)
    assert reply in answer.detail
    assert not mailbox.messages


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."])
async def test_a_dropped_connection_may_pass_and_the_next_mail_gets_a_new_one(
    channel: Channel, mailbox: Mailbox, command: str
) -> None:
    """Wherever the server hangs up, the mail may be tried again, and then goes through."""
    mailbox.answer(command, DROP, times=1)
    lost = await channel.send(READER, DATA)
    again = await channel.send(READER, DATA)
    assert (lost.accepted, lost.permanent, bool(lost.detail)) == (False, False, True)
    assert again.accepted
    assert {mail.data for mail in mailbox.messages} == {DATA}


async def test_a_repeat_is_recognisable(channel: Channel, mailbox: Mailbox) -> None:
    """When the answer to a taken mail is lost, the second copy is the first one byte for byte."""
    mailbox.answer(".", DROP, times=1)
    await channel.send(READER, DATA)
    await channel.send(READER, DATA)
    assert [mail.data for mail in mailbox.messages] == [DATA, DATA]


async def test_a_connection_closed_while_idle_costs_no_mail(channel: Channel, mailbox: Mailbox) -> None:
    """A server that hung up, or restarted, between two mails is called again for the second."""
    await channel.send(READER, DATA)
    mailbox.stop()
    mailbox.start()
    assert (await channel.send(READER, DATA)).accepted
    mailbox.answer("NOOP", "421 4.4.2 idle for too long", times=1)
    assert (await channel.send(READER, DATA)).accepted
    assert (len(mailbox.messages), mailbox.connections) == (3, 3)


async def test_one_refused_reader_stops_nobody_else(channel: Channel, mailbox: Mailbox) -> None:
    """After a refusal the same connection carries the next mail."""
    mailbox.answer("RCPT TO:<gone@example.org>", "550 5.1.1 no such user")
    refused = await channel.send("gone@example.org", DATA)
    assert refused.permanent
    assert (await channel.send(READER, DATA)).accepted
    assert mailbox.connections == 1


async def test_nobody_listening_may_pass(channel: Channel, mailbox: Mailbox) -> None:
    """A refused connection is temporary and names the place."""
    mailbox.stop()
    answer = await channel.send(READER, DATA)
    assert (answer.accepted, answer.permanent) == (False, False)
    assert f"localhost:{mailbox.port}" in answer.detail


@pytest.mark.parametrize("command", ["CONNECT", "RCPT", "."])
async def test_a_silent_server_may_pass(mailbox: Mailbox, command: str) -> None:
    """Where no answer comes in time, the mail may be tried again."""
    mailbox.answer(command, HOLD, times=1)
    async with EmailChannel(replace(options(mailbox), timeout=0.05)) as impatient:
        answer = await impatient.send(READER, DATA)
    assert (answer.accepted, answer.permanent, bool(answer.detail)) == (False, False, True)


async def test_a_cancelled_mail_leaves_no_answer_for_the_next(channel: Channel, mailbox: Mailbox) -> None:
    """After a cancelled send the next one starts on a connection of its own."""
    assert (await channel.send(READER, DATA)).accepted
    mailbox.answer("RCPT", HOLD, times=1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(channel.send(READER, DATA), 0.05)
    assert (await channel.send(READER, DATA)).accepted
    assert (len(mailbox.messages), mailbox.connections) == (2, 2)


@pytest.mark.parametrize("address", ["чит@example.org", "a b@example.org\r\nRCPT TO:<c@example.org>"])
async def test_what_is_no_address_is_never_sent(channel: Channel, mailbox: Mailbox, address: str) -> None:
    """An address that SMTP cannot carry is refused for good, and smuggles no command."""
    answer = await channel.send(address, DATA)
    assert (answer.accepted, answer.permanent) == (False, True)
    assert not mailbox.messages


async def test_a_domain_in_another_script_is_sent_as_smtp_knows_it(
    channel: Channel, mailbox: Mailbox
) -> None:
    """A domain outside ASCII goes out in its IDNA form."""
    assert (await channel.send("desk@новини.example", DATA)).accepted
    assert mailbox.messages[0].recipients == ("desk@xn--b1amarcd.example",)


async def test_a_host_that_cannot_be_a_name_may_pass(mailbox: Mailbox) -> None:
    """A host name that no resolver takes is told as trouble with the connection, not raised."""
    async with EmailChannel(replace(options(mailbox), host="x" * 70 + ".example")) as nowhere:
        answer = await nowhere.send(READER, DATA)
    assert (answer.accepted, answer.permanent, bool(answer.detail)) == (False, False, True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for localhost that nobody trusts yet."""
    return self_signed(tmp_path_factory.mktemp("certificate"))


async def send_encrypted(mailbox: Mailbox, username: str | None = None) -> Delivered:
    """Send one mail over the encryption that a mailbox offers."""
    chosen = replace(options(mailbox), tls=mailbox.tls, username=username, password="secret")
    async with EmailChannel(chosen) as channel:
        return await channel.send(READER, DATA)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_mail_travels_encrypted(tls: str, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a certificate of the system's store, STARTTLS and TLS from the start both encrypt and log in."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    accounts = {"monitor": "secret"}
    with Mailbox("tls" if tls == "tls" else "starttls", certificate, accounts) as mailbox:
        answer = await send_encrypted(mailbox, username="monitor")
    assert answer.accepted
    assert [(mail.encrypted, mail.user) for mail in mailbox.messages] == [(True, "monitor")]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_nobody_vouches_for_is_not_trusted(tls: str, certificate: Path) -> None:
    """Even on loopback no mail is sent to a server that cannot prove who it is; the sentence says so."""
    with Mailbox("tls" if tls == "tls" else "starttls", certificate) as mailbox:
        answer = await send_encrypted(mailbox)
    assert (answer.accepted, answer.permanent) == (False, False)
    assert "certificate verify failed" in answer.detail
    assert not mailbox.messages


async def test_starttls_is_not_given_up_silently(mailbox: Mailbox) -> None:
    """A server without STARTTLS gets no mail in the clear when encryption was asked for."""
    async with EmailChannel(replace(options(mailbox), tls="starttls")) as channel:
        answer = await channel.send(READER, DATA)
    assert (answer.accepted, answer.permanent) == (False, False)
    assert "STARTTLS" in answer.detail
    assert not mailbox.messages


@pytest.mark.parametrize(("user", "password"), [("monitor", "wrong"), (None, None)])
async def test_a_login_that_fails_may_pass(user: str | None, password: str | None) -> None:
    """Wrong or missing credentials are our fault, so no reader's mail is given up for them."""
    with Mailbox(accounts={"monitor": "secret"}) as mailbox:
        chosen = replace(options(mailbox), username=user, password=password)
        async with EmailChannel(chosen) as channel:
            answer = await channel.send(READER, DATA)
    assert (answer.accepted, answer.permanent) == (False, False)
    assert "535" in answer.detail if user else "530" in answer.detail
    assert "secret" not in repr(replace(chosen, password="secret"))


async def test_a_server_without_login_says_so(mailbox: Mailbox) -> None:
    """Credentials for a server that takes none are told as such, and may pass."""
    async with EmailChannel(replace(options(mailbox), username="monitor", password="secret")) as channel:
        answer = await channel.send(READER, DATA)
    assert (answer.accepted, answer.permanent) == (False, False)
    assert "AUTH" in answer.detail
