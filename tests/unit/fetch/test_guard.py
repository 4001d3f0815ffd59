"""The guard tells public addresses from all others, however a host is written."""

from ipaddress import ip_address, ip_network

import pytest

from monitor.fetch.guard import BlockedAddressError, Guard, Network, UnknownHostError, is_public
from monitor.fetch.names import Names

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


async def permitted(host: str, *allowed: Network) -> list[str]:
    """Return what a guard lets through of a host that the system looks up."""
    names = Names()
    try:
        return await Guard(names, allowed).addresses(host)
    finally:
        names.close()


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
    """Whatever way a closed address is written, there is nothing to connect to."""
    with pytest.raises(BlockedAddressError, match="not on the public internet"):
        await permitted(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::ffff:127.0.0.1", "127.1", "localhost", "2130706433"])
async def test_allowed_networks_are_permitted(host: str) -> None:
    """An allowed network is reached under every spelling, and by name."""
    assert set(await permitted(host, ip_network("127.0.0.0/8"))) <= {"127.0.0.1", "::ffff:127.0.0.1"}


async def test_allowing_one_network_allows_no_other() -> None:
    """What is beside an allowed network stays closed."""
    with pytest.raises(BlockedAddressError):
        await permitted("127.0.0.2", ip_network("127.0.0.1/32"))


async def test_closed_addresses_among_open_ones_are_left_out() -> None:
    """Of several addresses the closed are dropped and the open keep their order."""
    names = Names(lambda _: ("10.0.0.1", "2606:4700::1111", "1.1.1.1"))
    assert await Guard(names).addresses("feed.example") == ["2606:4700::1111", "1.1.1.1"]
    names.close()


async def test_what_is_blocked_is_named() -> None:
    """The sentence says which host and what it stands for."""
    names = Names(lambda _: ("10.0.0.1", "::1"))
    with pytest.raises(BlockedAddressError, match=r"^feed\.example \(10\.0\.0\.1, ::1\) is not"):
        await Guard(names).addresses("feed.example")
    names.close()


@pytest.mark.parametrize("host", ["no-such-name.invalid", f"{'a' * 70}.example", "."])
async def test_a_name_without_address(host: str) -> None:
    """A name that cannot be looked up, or is none, has no address."""
    with pytest.raises(UnknownHostError):
        await permitted(host)
