"""Settings of the guards: how often, how many, how slow."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from fops.kernel.settings import listed, positive, setting


def _networks(text: str) -> tuple[str, ...]:
    """Addresses and networks separated by commas, each checked. Raises ValueError."""
    return tuple(str(ipaddress.ip_network(one, strict=False)) for one in listed(text))


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What one server process allows; each process counts for itself."""

    rate_address: int = setting(
        "RATE_PER_ADDRESS",
        default=1200,
        read=positive,
        doc="Requests a minute from one address (a /64 of IPv6); one more gets 429 and Retry-After. Default: 1200, which an office behind one address does not reach by hand.",
    )
    rate_user: int = setting(
        "RATE_PER_USER",
        default=600,
        read=positive,
        doc="Requests a minute of one signed-in user or service account. Default: 600.",
    )
    rate_sign_in: int = setting(
        "RATE_SIGN_IN",
        default=30,
        read=positive,
        doc="Requests a minute from one address to what signs in. Default: 30; guessing is also slowed for each name.",
    )
    rate_operations: int = setting(
        "RATE_OPERATIONS",
        default=60,
        read=positive,
        doc="Operations a minute that one caller may start. Default: 60; each clones a repository and starts checking tools.",
    )
    trusted_proxies: tuple[str, ...] = setting(
        "TRUSTED_PROXIES",
        default=(),
        read=_networks,
        doc="Addresses or networks of reverse proxies, comma-separated, whose X-Forwarded-For and X-Forwarded-Proto are believed. Default: none, since anybody can send these headers.",
    )
    max_connections: int = setting(
        "MAX_CONNECTIONS",
        default=1000,
        read=positive,
        doc="Connections open at a time; one more is closed at once. Default: 1000, below the usual limit of open files.",
    )
    max_requests: int = setting(
        "MAX_REQUESTS",
        default=400,
        read=positive,
        doc="Requests under way at a time, streams among them; one more gets 503 and Retry-After. Default: 400.",
    )
    max_streams: int = setting(
        "MAX_STREAMS",
        default=200,
        read=positive,
        doc="Progress streams open at a time. Default: 200; each looks into the database five times a second.",
    )
    max_streams_each: int = setting(
        "MAX_STREAMS_EACH",
        default=20,
        read=positive,
        doc="Progress streams of one caller at a time. Default: 20.",
    )
    header_seconds: int = setting(
        "HEADER_SECONDS",
        default=10,
        read=positive,
        doc="Time in seconds for a request's headers to arrive. Default: 10.",
    )
    body_seconds: int = setting(
        "BODY_SECONDS",
        default=30,
        read=positive,
        doc="Time in seconds for a request's body to arrive. Default: 30; with MAX_BODY_BYTES that is the least rate.",
    )
    write_seconds: int = setting(
        "WRITE_SECONDS",
        default=30,
        read=positive,
        doc="Time in seconds that a caller may leave an answer unread before the connection is cut. Default: 30.",
    )
    idle_seconds: int = setting(
        "IDLE_SECONDS",
        default=30,
        read=positive,
        doc="Time in seconds that an idle connection is kept. Default: 30; longer only helps a client that asks rarely.",
    )
