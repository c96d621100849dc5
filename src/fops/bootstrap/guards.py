"""What the server may be asked to fetch or to look at; a person's own command line may name anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fops.bootstrap.server import ServerSettings
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotAllowed


def may_fetch(settings: ServerSettings, ctx: RequestContext, place: Path | str) -> None:
    """Refuse a path on the server's disk, but without sign-in or below an allowed root. Raises NotAllowed."""
    if isinstance(place, Path) and not _may_name(settings, ctx, place):
        raise NotAllowed(
            f"{place} is a path on the server, and below none of the roots that callers may name",
            hint="name an address, or let ALLOWED_ROOTS hold its folder",
        )


Place = TypeVar("Place")


def may_look(
    settings: ServerSettings, find: Callable[[RequestContext, str], Place | None]
) -> Callable[[RequestContext, str], Place | None]:
    """The same search for a file, blind for who may not name its path on the server's disk."""

    def found(ctx: RequestContext, path: str) -> Place | None:
        return find(ctx, path) if _may_name(settings, ctx, Path(path)) else None

    return found


def _may_name(settings: ServerSettings, ctx: RequestContext, place: Path) -> bool:
    if ctx.door != "api" or settings.auth_mode == "off":
        return True
    try:
        resolved = place.resolve()
    except (OSError, ValueError):  # longer than a path can be, or with a character that none has
        return False
    return any(resolved.is_relative_to(root.resolve()) for root in settings.allowed_roots)
