"""Deliver mail by SMTP (RFC 5321): the only owner of aiosmtplib."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from email.utils import parseaddr
from types import TracebackType
from typing import Literal, Self

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from monitor.digest.address import mail_domain
from monitor.model.digests import Delivered

_WANTS_LOGIN = {530, 534, 535, 538}
"""Replies that complain about us and not about the recipient (RFC 4954 section 6)."""


@dataclass(frozen=True, slots=True)
class EmailOptions:
    """How to reach the mail server; timeout is in seconds, for each answer waited for."""

    host: str
    sender: str
    port: int = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 60.0


class EmailChannel:
    """Sends over one connection, opened when first needed and opened again when it was lost.

    Certificates are always checked, against the system's store.
    """

    def __init__(self, options: EmailOptions) -> None:
        self._place = f"{options.host}:{options.port}"
        self._sender = mail_domain(parseaddr(options.sender)[1])
        self._lock = asyncio.Lock()
        self._server = SMTP(
            hostname=options.host,
            port=options.port,
            username=options.username,
            password=options.password,
            local_hostname=self._sender.rpartition("@")[2] or None,
            timeout=options.timeout,
            use_tls=options.tls == "tls",
            start_tls=options.tls == "starttls",
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(SMTPException, OSError):
            if self._server.is_connected:
                await self._server.quit()
        self._server.close()

    async def send(self, recipient: str, data: bytes) -> Delivered:
        """Deliver to one recipient; 5xx for them is permanent, all other trouble may pass."""
        async with self._lock:
            try:
                return await self._connect() or await self._deliver(recipient, data)
            except asyncio.CancelledError:
                self._server.close()  # an answer still under way must not be taken for the next one
                raise

    async def _connect(self) -> Delivered | None:
        """Make sure that the server listens, or say why it does not."""
        try:
            if not await self._alive():
                await self._server.connect()
        except SMTPAuthenticationError as error:
            return _temporary(f"{self._place} did not accept our user name and password: {_said(error)}")
        except (SMTPException, OSError, ValueError) as error:
            return _temporary(f"no connection to {self._place}: {_said(error)}")
        return None

    async def _alive(self) -> bool:
        """Ask a connection used before whether it still stands: servers hang up on the idle."""
        try:
            if self._server.is_connected:
                await self._server.noop()
        except SMTPException:
            self._server.close()
        return self._server.is_connected

    async def _deliver(self, recipient: str, data: bytes) -> Delivered:
        try:
            _, answer = await self._server.sendmail(self._sender, [mail_domain(recipient)], data)
        except SMTPRecipientsRefused as error:
            return self._refused(error.recipients[0])
        except SMTPResponseException as error:
            return self._refused(error)
        except (SMTPException, OSError) as error:
            self._server.close()
            return _temporary(f"the connection to {self._place} broke off: {_said(error)}")
        except ValueError as error:
            return Delivered(accepted=False, detail=f"not an address for SMTP: {error}", permanent=True)
        return Delivered(accepted=True, detail=f"{self._place} answered: {_one_line(answer)}")

    def _refused(self, error: SMTPResponseException) -> Delivered:
        """Judge a refusal: about the recipient or the message it is final, about us it is not."""
        about_us = isinstance(error, SMTPSenderRefused) or error.code in _WANTS_LOGIN
        whom = {SMTPSenderRefused: "our sender", SMTPRecipientRefused: "the recipient"}
        what = whom.get(type(error), "the message")
        permanent = 500 <= error.code < 600 and not about_us
        return Delivered(False, f"{self._place} refused {what}: {_said(error)}", permanent)


def _temporary(detail: str) -> Delivered:
    return Delivered(accepted=False, detail=detail)


def _said(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {_one_line(error.message)}"
    return _one_line(str(error)) or type(error).__name__


def _one_line(text: str) -> str:
    return " ".join(text.split())
