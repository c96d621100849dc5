"""What the server may be asked to fetch or to look at; a person's own command line may name anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from fops.bootstrap.server import ServerSettings
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotAllowed
from fops.kernel.reach import Reach


def may_fetch(settings: ServerSettings, ctx: RequestContext, place: Path | str) -> Reach:
    """How far a place may lead that a caller named.

    Raises NotAllowed for a path on the server's disk, but without sign-in or below an allowed root.
    """
    if _is_at_this_machine(settings, ctx):
        return Reach.ANY
    path = _path_of(place)
    if path is not None and not _is_allowed(settings, path):
        raise NotAllowed(
            f"{place} is a path on the server, and below none of the roots that callers may name",
            hint="name an address, or let ALLOWED_ROOTS hold its folder",
        )
    return Reach.PUBLIC.allowing(*settings.allowed_private_hosts)


Place = TypeVar("Place")


def may_look(
    settings: ServerSettings, find: Callable[[RequestContext, str], Place | None]
) -> Callable[[RequestContext, str], Place | None]:
    """The same search for a file, blind for who may not name its path on the server's disk."""

    def found(ctx: RequestContext, path: str) -> Place | None:
        return (
            find(ctx, path)
            if _is_at_this_machine(settings, ctx) or _is_allowed(settings, Path(path))
            else None
        )

    return found


def _is_at_this_machine(settings: ServerSettings, ctx: RequestContext) -> bool:
    return ctx.door != "api" or settings.auth_mode == "off"


def _is_allowed(settings: ServerSettings, path: Path) -> bool:
    try:
        resolved = path.resolve()
    except (OSError, ValueError):  # longer than a path can be, or with a character that none has
        return False
    return any(resolved.is_relative_to(root.resolve()) for root in settings.allowed_roots)


def _path_of(place: Path | str) -> Path | None:
    """The path on this disk that a place names, None for a place elsewhere."""
    if isinstance(place, Path):
        return place.resolve()
    parts = urlsplit(place)
    return Path(unquote(parts.path)).resolve() if parts.scheme == "file" else None
