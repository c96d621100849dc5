"""`audit.export`: the trail as it lies on the disk, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pydantic import AwareDatetime, Field

from fops.actions.model import Action, Effect, Parameters
from fops.audit import AuditLog
from fops.kernel.context import DEFAULT_TENANT, RequestContext

LINES_A_PIECE = 200  # about 100 kB: few system calls, and nothing that a server feels


class AuditRange(Parameters):
    """`audit.export`: since <= time < until."""

    since: AwareDatetime | None = Field(default=None, strict=False)
    until: AwareDatetime | None = Field(default=None, strict=False)


def actions(audit: AuditLog) -> tuple[Action, ...]:
    """The actions over a trail that are more than one document."""
    return (
        Action(
            name="audit.export", summary="lines of the trail byte for byte", effect=Effect.READ, permission="audit.read",
            parameters=AuditRange, idempotent=True, perform=lambda _ctx, _asked: {},
            pieces=lambda ctx, asked: _pieces(audit, ctx, asked),
        ),
    )  # fmt: skip


def _pieces(audit: AuditLog, ctx: RequestContext, asked: AuditRange) -> Iterator[bytes]:
    lines = _of_tenant(audit, ctx, asked)
    while piece := b"".join(islice(lines, LINES_A_PIECE)):
        yield piece


def _of_tenant(audit: AuditLog, ctx: RequestContext, asked: AuditRange) -> Iterator[bytes]:
    """The caller's own lines; an unreadable one is anybody's, so it goes to the tenant that every trail has."""
    for raw, entry in audit.raw(since=asked.since, until=asked.until):
        if (entry.tenant if entry else DEFAULT_TENANT) == ctx.tenant:
            yield raw
