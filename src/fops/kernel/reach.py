"""Reach: which addresses of the network a request may go to, judged on the address itself and never on its spelling.

A person's own command line may name any address. What the *server* is asked to fetch stays on the public internet: no
private, loopback, link-local, multicast, reserved or metadata address, in whatever form of IPv6 it is wrapped, unless
the operator allowed its host or network.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from queue import Empty, Queue
from threading import Thread
from typing import ClassVar, Self

from fops.kernel.errors import Unreachable, UnsafeInput

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""All addresses of a host, as text. Raises OSError when it has none."""

RESOLVE_SECONDS = 10.0  # a resolver that works answers in far less than one

# Metadata that answers at an address of the public space, or by a name that a proxy would resolve for us.
_METADATA = frozenset({
    ipaddress.ip_address("168.63.129.16"),  # Azure's wire server
    ipaddress.ip_address("169.254.169.254"),
    ipaddress.ip_address("100.100.100.200"),  # Alibaba
    ipaddress.ip_address("fd00:ec2::254"),  # AWS over IPv6
})  # fmt: skip
_METADATA_NAMES = frozenset(
    {"metadata.google.internal", "metadata.goog", "instance-data.ec2.internal", "metadata"}
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the IPv4 address is the last 32 bits
_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291 2.5.5.1, deprecated
_UNICAST = ipaddress.ip_network("2000::/3")  # all that is assigned as global unicast
_WRAPPED = tuple(
    map(ipaddress.ip_network, ("2001::/32", "2002::/16", "2001:20::/28", "2001:db8::/32", "3fff::/20"))
)
"""Teredo and 6to4, which carry an IPv4 address past whoever looks at the outside, and what is never routed."""
_ISATAP = 0x5EFE  # RFC 5214: bits 32 to 47 of an interface id that holds an IPv4 address
_SPECIAL = tuple(map(ipaddress.ip_network, ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
                                            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4")))  # fmt: skip
"""What IANA's registry of special-purpose addresses holds beside the private ones, of which Python knows a part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be reached: everything (`Reach.ANY`), or the public internet (`Reach.PUBLIC`) and what was allowed.

    Attributes: `hosts` names whose private addresses are allowed; `networks` allowed whatever leads there.
    """

    ANY: ClassVar[Reach]
    PUBLIC: ClassVar[Reach]

    everything: bool = False
    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def allowing(self, *places: str) -> Self:
        """The same with hosts, addresses or networks (`git.internal`, `10.1.2.3`, `10.0.0.0/8`) added."""
        hosts, networks = set(self.hosts), list(self.networks)
        for place in places:
            try:
                networks.append(ipaddress.ip_network(place.strip("[]"), strict=False))
            except ValueError:
                hosts.add(_plain(place))
        return replace(self, hosts=frozenset(hosts), networks=tuple(networks))

    def addresses(self, host: str, port: int, *, resolve: Resolve | None = None) -> tuple[str, ...]:
        """The addresses of a host to connect to, every one of them checked: connect to these, and resolve no more.

        Raises UnsafeInput when any of them may not be reached, Unreachable when there is none.
        """
        self.check_name(host)
        found = tuple(dict.fromkeys(_resolved(host, port, resolve or system_resolve)))
        for one in () if self.everything else found:
            why = self._refusal(_plain(host), ipaddress.ip_address(one.partition("%")[0]))
            if why:
                raise _refused(host, why)
        return found

    def check_name(self, host: str) -> None:
        """Refuse a host by its name alone, as is needed where another machine resolves it. Raises UnsafeInput."""
        name = _plain(host)
        if not self.everything and name in _METADATA_NAMES and name not in self.hosts:
            raise _refused(host, "a metadata service")

    def _refusal(self, host: str, address: Address) -> str:
        """Why an address may not be reached, empty where it may."""
        address = _unwrapped(address)
        if any(address in network for network in self.networks):
            return ""
        why = _not_public(address)
        by_name = why in {"a private address", "this machine itself"}
        return "" if by_name and host in self.hosts else why


Reach.ANY = Reach(everything=True)
Reach.PUBLIC = Reach()


def system_resolve(host: str, port: int) -> Sequence[str]:
    """All addresses that the system's resolver gives, in its order. Raises OSError, also when it takes too long.

    The resolver itself takes no time limit, so it works on a thread that is left behind when it does not come back.
    """
    answers: Queue[Sequence[str] | Exception] = Queue()
    Thread(target=_look_up, args=(host, port, answers), daemon=True).start()
    try:
        found = answers.get(timeout=RESOLVE_SECONDS)
    except Empty:
        raise TimeoutError(f"no answer within {RESOLVE_SECONDS:g} s") from None
    if isinstance(found, Exception):
        raise found
    return found


def _look_up(host: str, port: int, answers: Queue[Sequence[str] | Exception]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, OverflowError, UnicodeError) as error:
        answers.put(error)
    else:
        answers.put([str(one[4][0]) for one in found])


def _resolved(host: str, port: int, resolve: Resolve) -> Sequence[str]:
    try:
        found = resolve(host, port)
    except (OSError, OverflowError, UnicodeError) as error:
        raise Unreachable(f"{host} has no address: {error}", hint="check the spelling of the host") from error
    if not found:
        raise Unreachable(f"{host} has no address", hint="check the spelling of the host")
    return found


def _plain(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does: mapped, compatible or NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _not_public(address: Address) -> str:
    """Why an address is no part of the public internet, empty where it is.

    Own rules beside the standard library's, whose lists differ from one Python to the next.
    """
    kinds = (
        (address in _METADATA, "a metadata service"),
        (address.is_loopback, "this machine itself"),
        (address.is_link_local, "a link-local address, where metadata services answer"),
        (address.is_multicast, "a multicast address"),
        (address.is_unspecified, "no address of a machine"),
        (_is_unroutable(address), "a reserved address"),
        (address.is_private or not address.is_global, "a private address"),
        (address.is_reserved, "a reserved address"),
    )
    return next((why for holds, why in kinds if holds), "")


def _is_unroutable(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return any(address in network for network in _SPECIAL)
    if address.is_private or address.is_link_local:
        return False
    is_isatap = (int(address) >> 32) & 0xFFFF == _ISATAP
    return address not in _UNICAST or is_isatap or any(address in network for network in _WRAPPED)


def _refused(host: str, why: str) -> UnsafeInput:
    return UnsafeInput(
        f"{host} leads to {why}, which this server does not ask for others",
        hint="an operator allows a host or network with ALLOWED_PRIVATE_HOSTS",
    )
