"""Audit entries for `fops why`: the trail and the links stand on one floor, so the room above both describes them."""

from __future__ import annotations

from collections.abc import Callable

from fops.audit import AuditLog
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotFound
from fops.provenance.model import Description, Node


class AuditEntries:
    """Describes an entry of the trail and the operation it belongs to, to who `sees` the trail."""

    def __init__(self, audit: AuditLog, sees: Callable[[RequestContext], bool]) -> None:
        self._audit = audit
        self._sees = sees

    def describe(self, ctx: RequestContext, subject: str) -> Description | None:
        """The entry of an id, resting on its operation."""
        if not subject.startswith("aud_"):
            return None
        try:
            entry = self._audit.show(subject)
        except NotFound:
            return None
        if entry.tenant != ctx.tenant or not self._sees(ctx):
            return None
        says = f"{entry.action} on {entry.target} by {entry.actor}: {entry.outcome}, {entry.timestamp}"
        started = entry.details.get("started")
        below = [one for one in (started, entry.operation_id) if isinstance(one, str)]
        return Description(node=Node(id=entry.id, kind="audit entry", says=says), rests_on=tuple(below))
