"""What a long-running process of a node does now and then for the node's own files."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from fops.audit import AuditSettings
from fops.kernel.errors import FopsError

if TYPE_CHECKING:
    from fops.bootstrap.app import App

UPKEEP_SECONDS = 6 * 3600.0  # a day is over once a day; more often only shortens the wait after a failure


def seal_trail(house: App) -> None:
    """Seal days of this node's trail where some are due; a trail that cannot be sealed now says so in its own entries.

    It is each node's own: a schedule that one process runs for all would leave the trails of the others.
    """
    terms = house.settings.group(AuditSettings)
    with suppress(FopsError):
        if any(house.audit.due(compress_days=terms.audit_compress_days, keep_days=terms.audit_keep_days)):
            house.invoker.invoke(house.context(door="worker"), "audit.seal", {})
