"""A connection goes to the address that was checked, and to the next where that does not answer."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network

import httpx
import pytest

from monitor.fetch.guard import BlockedAddressError, Guard
from monitor.fetch.names import Names
from monitor.fetch.wire import Wire
from tests.servers.publisher import Publisher

ALLOWED = [ip_network("127.0.0.1/32"), ip_network("127.0.0.3/32")]


@contextmanager
def wire(*answers: tuple[str, ...]) -> Iterator[Wire]:
    """Give a transport whose name server gives one answer after the other, none of them kept."""
    told = list(answers)

    class Forgetful(Names):
        async def addresses(self, host: str) -> tuple[str, ...]:
            return told.pop(0)

    names = Forgetful()
    yield Wire(Guard(names, ALLOWED), ssl.create_default_context(), 10)
    names.close()


async def get(transport: Wire, publisher: Publisher) -> int:
    """Ask a server by a name that only the told name server knows."""
    url = f"http://feed.example:{publisher.port}/feed"
    response = await transport.handle_async_request(httpx.Request("GET", url))
    await response.aclose()
    return response.status_code


async def test_the_next_address_is_tried() -> None:
    """Closed addresses are left out, and of the others the second is asked where the first refuses."""
    with Publisher() as publisher, wire(("127.0.0.2", "127.0.0.3", "127.0.0.1")) as transport:
        publisher.serve("/feed", b"<rss/>")
        assert await get(transport, publisher) == 200


async def test_where_no_address_answers() -> None:
    """Where every address refuses, the connection fails."""
    with Publisher() as gone:
        pass
    with wire(("127.0.0.3", "127.0.0.1")) as transport, pytest.raises(httpx.ConnectError):
        await get(transport, gone)


async def test_a_name_that_changes_its_answer_does_not_pass() -> None:
    """The look-up that is checked is the one that is connected to (DNS rebinding)."""
    with Publisher() as publisher, wire(("127.0.0.1",), ("127.0.0.2",)) as transport:
        publisher.serve("/feed", b"<rss/>")
        assert await get(transport, publisher) == 200
        with pytest.raises(BlockedAddressError, match=r"feed\.example \(127\.0\.0\.2\)"):
            await get(transport, publisher)
        assert len(publisher.requests) == 1
