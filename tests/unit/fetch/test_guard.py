"""The guard tells public addresses from all others and connects to what it checked."""

from ipaddress import ip_address, ip_network

import httpcore
import pytest

from monitor.fetch.guard import BlockedAddressError, GuardedBackend, is_public
from tests.servers.publisher import Publisher

CLOSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
]
OPEN = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "100.63.0.1",
    "100.128.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "2606:4700::1111",
    "2a00::1",
]


@pytest.mark.parametrize("address", CLOSED)
def test_not_public(address: str) -> None:
    """Local, private, shared, reserved, multicast and wrapping addresses are not public."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_public(address: str) -> None:
    """Ordinary addresses, also right beside a closed range, are public."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "0",
        "0.0.0.0",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "localhost",
        "64:ff9b::7f00:1",
        "169.254.169.254",
        "100.64.0.1",
    ],
)
async def test_every_spelling_is_blocked(host: str) -> None:
    """Whatever way a closed address is written, nothing is connected to."""
    backend = GuardedBackend()
    try:
        with pytest.raises(BlockedAddressError, match="not on the public internet"):
            await backend.connect_tcp(host, 9)
    finally:
        backend.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::ffff:127.0.0.1", "127.1", "localhost"])
async def test_allowed_networks_are_connected_to(host: str) -> None:
    """An allowed network is reached under every spelling, and by name."""
    backend = GuardedBackend([ip_network("127.0.0.0/8")])
    try:
        with Publisher() as publisher:
            stream = await backend.connect_tcp(host, publisher.port, timeout=10)
            assert stream.get_extra_info("server_addr")[1] == publisher.port
            await stream.aclose()
    finally:
        backend.close()


async def test_allowing_one_network_allows_no_other() -> None:
    """What is beside an allowed network stays closed."""
    backend = GuardedBackend([ip_network("127.0.0.1/32")])
    try:
        with pytest.raises(BlockedAddressError):
            await backend.connect_tcp("127.0.0.2", 9)
    finally:
        backend.close()


class Told(GuardedBackend):
    """A guard whose resolver says what a test tells it; each look-up takes the next answer."""

    def __init__(self, *answers: list[str]) -> None:
        super().__init__([ip_network("127.0.0.1/32"), ip_network("127.0.0.3/32")])
        self.answers = list(answers)

    async def _resolve(self, host: str, port: int) -> list[str]:
        return self.answers.pop(0)


async def test_a_name_that_changes_its_answer_does_not_pass() -> None:
    """The one look-up that is checked is the one that is connected to (DNS rebinding)."""
    backend = Told(["127.0.0.1"], ["127.0.0.2"])
    try:
        with Publisher() as publisher:
            stream = await backend.connect_tcp("feed.example", publisher.port, timeout=10)
            assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
            await stream.aclose()
            with pytest.raises(BlockedAddressError, match=r"feed\.example \(127\.0\.0\.2\)"):
                await backend.connect_tcp("feed.example", publisher.port, timeout=10)
    finally:
        backend.close()


async def test_closed_addresses_among_open_ones_are_left_out() -> None:
    """Of several addresses the closed are dropped and the open tried until one answers."""
    with Publisher() as publisher:
        backend = Told(["127.0.0.2", "127.0.0.3", "127.0.0.1"])
        try:
            stream = await backend.connect_tcp("feed.example", publisher.port, timeout=10)
            assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
            await stream.aclose()
        finally:
            backend.close()


@pytest.mark.parametrize("host", ["no-such-name.invalid", f"{'a' * 70}.example", "."])
async def test_a_name_without_address_is_a_connect_error(host: str) -> None:
    """A name that cannot be resolved, or is none, is the ordinary error of a connection."""
    backend = GuardedBackend()
    try:
        with pytest.raises(httpcore.ConnectError):
            await backend.connect_tcp(host, 9)
    finally:
        backend.close()
