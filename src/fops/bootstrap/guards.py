"""What the server may be asked to fetch; a person's own command line may name anything."""

from __future__ import annotations

from pathlib import Path

from fops.bootstrap.server import ServerSettings
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotAllowed


def may_fetch(settings: ServerSettings, ctx: RequestContext, place: Path | str) -> None:
    """Refuse a path on the server's disk, but without sign-in or below an allowed root. Raises NotAllowed."""
    if ctx.door != "api" or settings.auth_mode == "off" or not isinstance(place, Path):
        return
    resolved = place.resolve()
    if not any(resolved.is_relative_to(root.resolve()) for root in settings.allowed_roots):
        raise NotAllowed(
            f"{place} is a path on the server, and below none of the roots that callers may name",
            hint="name an address, or let ALLOWED_ROOTS hold its folder",
        )
