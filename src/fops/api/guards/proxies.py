"""Who asks, when a reverse proxy stands before the server.

`X-Forwarded-For` is anybody's claim; only what a trusted proxy appended counts, read from the right.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: an address, and whether it came over TLS."""

    address: str
    scheme: str


def origin_of(
    peer: str, scheme: str, headers: Iterable[tuple[bytes, bytes]], trusted: Sequence[Network]
) -> Origin:
    """The first address, from the right, that is no trusted proxy; the connection's own where its peer is none."""
    if not trusted or not _is_trusted(peer, trusted):
        return Origin(peer, scheme)
    named = list(headers)
    hops = [hop.strip() for value in _values(named, b"x-forwarded-for") for hop in value.split(",")]
    claimed = [value.strip().lower() for value in _values(named, b"x-forwarded-proto")]
    scheme = claimed[0] if len(claimed) == 1 and claimed[0] in {"http", "https"} else scheme
    address = peer
    for hop in reversed(hops):
        if _parsed(hop) is None:
            break
        address = hop
        if not _is_trusted(hop, trusted):
            break
    return Origin(address, scheme)


def household(address: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 of IPv6 that a provider gives to one customer."""
    parsed = _parsed(address) if ":" in address else None
    if not isinstance(parsed, ipaddress.IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False))


def _values(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for given, value in headers if given == name]


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)
