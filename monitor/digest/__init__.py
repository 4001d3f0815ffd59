"""Tell people what is new: stories -> a digest -> messages -> readers.

    periods    when a digest is due
    compose    which story stands where, and why
    render     a digest as a message for one reader, and as the bytes of a mail
    email      the channel that delivers them

A channel is one class with `send`; a new one is a new file and a line in `CHANNELS`.
"""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Protocol, Self

from monitor.digest.email import EmailChannel, EmailOptions
from monitor.model.digests import Delivered

__all__ = ["CHANNELS", "Channel", "EmailChannel", "EmailOptions"]


class Channel(Protocol):
    """Delivers composed messages while its context is open; whatever the far side does is a value."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def send(self, recipient: str, data: bytes) -> Delivered:
        """Deliver to one recipient; the answer says whether another try makes sense."""
        ...


CHANNELS: Mapping[str, Callable[[EmailOptions], Channel]] = {"email": EmailChannel}
