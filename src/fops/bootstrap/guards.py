"""What the server may be asked to fetch; a person's own command line may name anything."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from fops.bootstrap.server import ServerSettings
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotAllowed
from fops.kernel.reach import Reach


def may_fetch(settings: ServerSettings, ctx: RequestContext, place: Path | str) -> Reach:
    """How far a place may lead that a caller named.

    Raises NotAllowed for a path on the server's disk, but without sign-in or below an allowed root.
    """
    if ctx.door != "api" or settings.auth_mode == "off":
        return Reach.ANY
    path = _path_of(place)
    if path is not None and not any(path.is_relative_to(root.resolve()) for root in settings.allowed_roots):
        raise NotAllowed(
            f"{place} is a path on the server, and below none of the roots that callers may name",
            hint="name an address, or let ALLOWED_ROOTS hold its folder",
        )
    return Reach.PUBLIC.allowing(*settings.allowed_private_hosts)


def _path_of(place: Path | str) -> Path | None:
    """The path on this disk that a place names, None for a place elsewhere."""
    if isinstance(place, Path):
        return place.resolve()
    parts = urlsplit(place)
    return Path(unquote(parts.path)).resolve() if parts.scheme == "file" else None
