"""Settings of the server. They stand here because the API is above the room that reads settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fops.kernel.settings import choice, listed, paths, positive, setting

SOCKET = "server.sock"
"""Where in the data directory a server listens for this machine's own command line."""

STOP_SECONDS = 20
"""What runs may take to end when a server or worker stops; orchestrators kill after 30."""

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")


def _origins(text: str) -> tuple[str, ...]:
    """Origins separated by commas. Raises ValueError; `*` is none, since any page could then act for who looks at it."""
    for one in listed(text):
        if not _ORIGIN.fullmatch(one):
            raise ValueError(f"{one!r} is no scheme://host:port")
    return listed(text)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server answers, and whom."""

    api_v1_str: str = setting(
        "API_V1_STR", default="/api/v1", doc="Second prefix of all routes, beside `/api`. Default: /api/v1."
    )
    allowed_origins: tuple[str, ...] = setting(
        "ALLOWED_ORIGINS",
        default=(),
        read=_origins,
        doc="Web pages that may call the API, comma-separated, each as scheme://host:port. Default: none, since a page that may call can act for whoever looks at it.",
    )
    allowed_hosts: tuple[str, ...] = setting(
        "ALLOWED_HOSTS",
        default=("localhost", "127.0.0.1", "[::1]"),
        read=listed,
        doc="Names under which the server may be called, comma-separated; others are refused, so that a foreign page cannot reach it by a name of its own. Default: those of this machine.",
    )
    allowed_roots: tuple[Path, ...] = setting(
        "ALLOWED_ROOTS",
        default=(),
        read=paths,
        doc="Folders below which callers may name a repository by its path, separated by `:`. Default: none; without sign-in on a loopback address every path is allowed, since the caller is whoever uses this machine.",
    )
    allowed_private_hosts: tuple[str, ...] = setting(
        "ALLOWED_PRIVATE_HOSTS",
        default=(),
        read=listed,
        doc="Hosts, addresses or networks inside your network that callers may let the server fetch from, comma-separated, such as git.internal or 10.2.0.0/16. Default: none, so that nobody reaches through the server what it alone can see.",
    )
    auth_mode: str = setting(
        "FOPS_AUTH_MODE",
        default="on",
        read=choice("on", "off"),
        prefix_only=True,
        doc="`on`, or `off` for a server on a loopback address whose callers all act as the person who started it. Default: on.",
    )
    max_body: int = setting(
        "MAX_BODY_BYTES",
        default=1_000_000,
        read=positive,
        doc="Largest request body in bytes. Default: 1 000 000; the largest known request is some kilobytes.",
    )
    max_running: int = setting(
        "MAX_RUNNING",
        default=4,
        read=positive,
        doc="Operations that one worker runs at a time. Default: 4; each clones a repository and starts checking tools.",
    )
    max_waiting: int = setting(
        "MAX_WAITING",
        default=32,
        read=positive,
        doc="Operations that stand in line, beside MAX_RUNNING of them; one more is refused with 409 and Retry-After. Default: 32.",
    )
    request_seconds: int = setting(
        "REQUEST_SECONDS",
        default=300,
        read=positive,
        doc="Longest time in seconds that a caller waits for an operation; it then gets 202 and the operation goes on. Default: 300.",
    )
