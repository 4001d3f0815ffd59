"""The address guard: a connection goes only where the public internet is, or where we were told it may.

It stands where names become addresses: what is checked is what is connected to, on every hop and also
through a proxy, so that neither a redirect nor a name that changes its answer (DNS rebinding) passes.
The ranges are those of the IANA special-purpose address registries.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from monitor.fetch.names import Names

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOSED_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_OPEN_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4 wraps an IPv4 address
        "3fff::/20",
    )
)


class BlockedAddressError(Exception):
    """A host has no address that may be connected to; the text is a sentence."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet.

    IPv6 that wraps IPv4 is not public, whatever it wraps: NAT64 (64:ff9b::/96) and 6to4 reach inside.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


class UnknownHostError(Exception):
    """A name that has no address."""


class Guard:
    """Says which addresses of a host may be connected to: those that are public or in an allowed network."""

    def __init__(self, names: Names, allowed: Iterable[Network] = ()) -> None:
        self._names = names
        self._allowed = tuple(allowed)
        self._may_ask = lru_cache(1 << 14)(self._judge)

    async def addresses(self, host: str) -> list[str]:
        """Return a host's addresses that may be connected to, best first.

        Raises UnknownHostError where it has none at all and BlockedAddressError where it has no such one.
        """
        found = await self._names.addresses(host)
        if not found:
            raise UnknownHostError
        permitted = [address for address in found if self._may_ask(address)]
        if not permitted:
            where = host if found == (host,) else f"{host} ({', '.join(found)})"
            raise BlockedAddressError(f"{where} is not on the public internet.")
        return permitted

    def _judge(self, text: str) -> bool:
        address: Address = ip_address(text)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return is_public(address) or any(address in network for network in self._allowed)
