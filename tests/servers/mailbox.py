"""A real SMTP server for tests: keeps what it is sent and fails on request (RFC 5321).

    with Mailbox() as mailbox:
        mailbox.answer("RCPT TO:<b@example.org>", "550 5.1.1 no such user")
        mailbox.answer(".", DROP, times=1)   # take the message, then hang up without a word

A rule is the beginning of a command line, in any case; `CONNECT` stands for the greeting and `.`
for the end of a message.
"""

import base64
import contextlib
import socketserver
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from socket import SHUT_RDWR, socket
from typing import Any, Literal, Self

from tests.servers.mails import Mail, flaws

DROP = "drop"
"""An answer: hang up instead; at the end of a message, after having taken it."""
HOLD = "hold"
"""An answer: say nothing until the mailbox closes; at the end of a message, after having taken it."""

_LONGEST_LINE = 1000


@dataclass(slots=True)
class _Rule:
    begins: str
    reply: str
    times: int | None


@dataclass(slots=True)
class _State:
    """What one connection has come to."""

    user: str | None = None
    sender: str | None = None
    recipients: list[str] = field(default_factory=list)

    def reset(self) -> None:
        self.sender, self.recipients = None, []


class Mailbox:
    """An SMTP server on a loopback port, in threads of its own, while the context is open.

    accounts (user -> password) makes it ask for AUTH; a certificate file holds certificate and key.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        tls: Literal["none", "starttls", "tls"] = "none",
        certificate: Path | None = None,
        accounts: Mapping[str, str] | None = None,
    ) -> None:
        self.tls = tls
        self.accounts = accounts
        self.port = 0
        self.messages: list[Mail] = []
        self.connections = 0
        self.context: ssl.SSLContext | None = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        self.closing = threading.Event()
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; after a stop, on the same port again."""
        self.closing.clear()
        self._server = _Server((self.host, self.port), self)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="mailbox")
        self._thread.start()

    def stop(self) -> None:
        """Hang up on everybody; whoever connects now is refused. No mail that came may have a flaw."""
        if self._server and self._thread:
            self.closing.set()
            self._server.shutdown()
            self._thread.join()
            self._server.hang_up()
            self._server.server_close()
            self._server = None
        assert not [found for mail in set(self.messages) if (found := flaws(mail))]

    def answer(self, begins: str, reply: str, times: int | None = None) -> None:
        """From now on, or for so many times, answer what begins so with reply, DROP or HOLD."""
        with self._lock:
            self._rules.insert(0, _Rule(begins.upper(), reply, times))

    def calm(self) -> None:
        """Answer everything as a mail server does when all is well."""
        with self._lock:
            self._rules.clear()

    def scripted(self, command: str) -> str | None:
        """Return the reply that was ordered for a command, and count it as given."""
        with self._lock:
            for rule in self._rules:
                if rule.times != 0 and command.upper().startswith(rule.begins):
                    rule.times = None if rule.times is None else rule.times - 1
                    return rule.reply
        return None


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.open: set[socket] = set()
        super().__init__(address, _Conversation)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        assert isinstance(request, socket)
        self.open.add(request)
        super().process_request(request, client_address)

    def hang_up(self) -> None:
        for connection in tuple(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(SHUT_RDWR)


class _Conversation(socketserver.StreamRequestHandler):
    """One connection: reads a command, answers it."""

    server: _Server
    timeout = 30

    def handle(self) -> None:
        self.mailbox = self.server.mailbox
        self.mailbox.connections += 1
        self.state = _State()
        self.encrypted = False
        with contextlib.suppress(OSError, _HungUp):
            self._talk()

    def _talk(self) -> None:
        if self.mailbox.tls == "tls":
            self._encrypt()
        self._say("CONNECT", "220 mailbox.test ESMTP")
        while line := self._line():
            self._obey(line.decode("ascii").rstrip("\r\n"))

    def _line(self) -> bytes:
        line = self.rfile.readline(_LONGEST_LINE + 1)
        if line and not line.endswith(b"\r\n"):
            self._send("500 5.5.2 lines end with CRLF and are not longer than 998 characters")
            raise _HungUp
        return line

    def _obey(self, line: str) -> None:
        verb = line.partition(" ")[0].partition(":")[0].upper()
        actions = {"DATA": self._data, "AUTH": self._auth, "STARTTLS": self._starttls}
        action = actions.get(verb)
        if action:
            action(line)
        elif self._say(line, self._reply(verb, line)):
            self._remember(verb, line)

    def _reply(self, verb: str, line: str) -> str:
        """Return the answer to a command that changes nothing but the envelope."""
        if verb == "EHLO":
            return self._features()
        if verb == "QUIT":
            return "221 2.0.0 goodbye"
        if verb == "MAIL" and self.mailbox.accounts and not self.state.user:
            return "530 5.7.0 Authentication required"
        if verb == "RCPT" and self.state.sender is None:
            return "503 5.5.1 MAIL first"
        known = verb in {"HELO", "MAIL", "RCPT", "RSET", "NOOP"}
        return "250 2.0.0 OK" if known else "500 5.5.2 no such command"

    def _features(self) -> str:
        features = ["mailbox.test", "SIZE 10485760"]
        if self.mailbox.tls == "starttls" and not self.encrypted:
            features.append("STARTTLS")
        if self.mailbox.accounts:
            features.append("AUTH PLAIN")
        return "\r\n".join([*(f"250-{word}" for word in features), "250 HELP"])

    def _remember(self, verb: str, line: str) -> None:
        if verb in {"EHLO", "HELO", "RSET"}:
            self.state.reset()
        elif verb == "MAIL":
            self.state.sender = _address(line)
        elif verb == "RCPT":
            self.state.recipients.append(_address(line))

    def _data(self, line: str) -> None:
        if self._say(line, "354 go ahead" if self.state.recipients else "503 5.5.1 RCPT first"):
            self._take(self._body())

    def _body(self) -> bytes:
        lines = []
        while (line := self._line()) != b".\r\n":
            if not line:
                raise _HungUp
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _take(self, data: bytes) -> None:
        state = self.state
        assert state.sender is not None
        mail = Mail(state.sender, tuple(state.recipients), data, self.encrypted, state.user)
        state.reset()
        reply = self.mailbox.scripted(".") or "250 2.0.0 taken"
        if reply in {DROP, HOLD} or reply.startswith("2"):
            self.mailbox.messages.append(mail)
        self._carry_out(reply)

    def _auth(self, line: str) -> None:
        _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        right = (self.mailbox.accounts or {}).get(user) == password
        if self._say("AUTH", "235 2.7.0 welcome" if right else "535 5.7.8 wrong user or password"):
            self.state.user = user

    def _starttls(self, line: str) -> None:
        if self._say(line, "220 2.0.0 go ahead"):
            self._encrypt()
            self.state = _State()

    def _encrypt(self) -> None:
        assert self.mailbox.context
        self.request = self.mailbox.context.wrap_socket(
            self.connection, server_side=True, do_handshake_on_connect=False
        )
        self.server.open.add(self.request)
        self.setup()
        self.request.do_handshake()
        self.encrypted = True

    def finish(self) -> None:
        """Close what setup opened; the server itself knows only the socket from before TLS."""
        with contextlib.suppress(OSError):
            super().finish()
        self.server.open.discard(self.connection)
        self.connection.close()

    def _say(self, command: str, reply: str) -> bool:
        """Answer as ordered, else with reply; tell whether the answer was a yes."""
        return self._carry_out(self.mailbox.scripted(command) or reply)

    def _carry_out(self, reply: str) -> bool:
        if reply == HOLD:
            self.mailbox.closing.wait()
        if reply in {HOLD, DROP}:
            raise _HungUp
        self._send(reply)
        if reply.startswith(("221", "421")):
            raise _HungUp
        return reply[0] in "23"

    def _send(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


class _HungUp(Exception):
    """The conversation is over."""


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]
