"""The address guard: a connection goes only where the public internet is, or where we were told it may.

It stands in the network layer, where names become addresses: what is checked is what is connected to, on
every hop, so that neither a redirect nor a name that changes its answer (DNS rebinding) passes.
The ranges are those of the IANA special-purpose address registries.
"""

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_RESOLVERS = 64
_TRIES = 3

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


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves names in threads of its own and connects only to addresses that are public or allowed."""

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed)
        self._network = httpcore.AnyIOBackend()
        self._resolvers = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolve")

    def close(self) -> None:
        """Let the resolver threads end; names still being looked up are not waited for."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of host that answers; timeout, in seconds, is shared by the tries."""
        addresses = (await self._permitted(host, port))[:_TRIES]
        share = timeout and timeout / len(addresses)
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, share, local_address, socket_options)

    async def _permitted(self, host: str, port: int) -> list[str]:
        found = await self._resolve(host, port)
        permitted = [address for address in found if self._may_ask(address)]
        if not permitted:
            where = host if found == [host] else f"{host} ({', '.join(found)})"
            raise BlockedAddressError(f"{where} is not on the public internet.")
        return permitted

    async def _resolve(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(
                self._resolvers, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("its name has no address") from error
        return list(dict.fromkeys(str(answer[4][0]) for answer in answers))

    def _may_ask(self, text: str) -> bool:
        address: Address = ip_address(text)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return is_public(address) or any(address in network for network in self._allowed)
