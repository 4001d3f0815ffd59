"""A real mail server that is read by IMAP (RFC 3501), in a process of its own, with all mail in memory."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from imaplib import IMAP4
from socket import socket
from time import monotonic, sleep

ADDRESS = "reader@example.org"
_PASSWORD = "read"
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Office:
    """A mail server on loopback, and who reads there."""

    smtp: int
    imap: int

    def mails(self) -> list[bytes]:
        """Fetch all that is in the inbox."""
        with IMAP4("127.0.0.1", self.imap) as inbox:
            inbox.login(ADDRESS, _PASSWORD)
            inbox.select(readonly=True)
            _, (numbers, *_) = inbox.search(None, "ALL")
            answers = [inbox.fetch(number, "(BODY.PEEK[])")[1][0] for number in numbers.split()]
        return [answer[1] for answer in answers if isinstance(answer, tuple)]


@contextmanager
def post_office() -> Iterator[Office]:
    """Start the server; it is gone when the block ends."""
    with socket() as one, socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        office = Office(one.getsockname()[1], two.getsockname()[1])
    ports = ("--smtp-port", str(office.smtp), "--imap-port", str(office.imap), "--no-http")
    whom = ("--host", "127.0.0.1", "--user", ADDRESS, "--password", _PASSWORD)
    command = (sys.executable, "-c", "from mail_devel.__main__ import main; main()", *whom, *ports)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            _wait(office, process)
            yield office
        finally:
            process.kill()


def _wait(office: Office, process: subprocess.Popen[bytes]) -> None:
    ended = monotonic() + _PATIENCE
    while monotonic() < ended and process.poll() is None:
        try:
            office.mails()
        except OSError:
            sleep(0.05)
        else:
            return
    process.kill()
    said = process.stderr.read().decode() if process.stderr else ""
    raise AssertionError(f"the mail server did not start: {said}")
