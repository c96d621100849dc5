"""`audit.export · seal`, and `audit.check` for what takes its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice

from pydantic import AwareDatetime, Field

from fops.actions.model import Action, Effect, Honesty, Parameters, Preview
from fops.actions.operations import Json, Operation, Workflow
from fops.actions.reading import Nothing
from fops.audit import AuditLog, AuditSettings
from fops.audit.verify import SEAL_ACTION
from fops.kernel.context import DEFAULT_TENANT, RequestContext

LINES_A_PIECE = 200  # about 100 kB: few system calls, and nothing that a server feels


class AuditRange(Parameters):
    """`audit.export`: since <= time < until."""

    since: AwareDatetime | None = Field(default=None, strict=False)
    until: AwareDatetime | None = Field(default=None, strict=False)


def actions(audit: AuditLog, settings: AuditSettings) -> tuple[Action, ...]:
    """What is more than one document, and what keeps the trail small."""
    return (
        Action(
            name="audit.export", summary="lines of the trail byte for byte", effect=Effect.READ, permission="audit.read",
            parameters=AuditRange, idempotent=True, perform=lambda _ctx, _asked: {},
            pieces=lambda ctx, asked: _pieces(audit, ctx, asked),
        ),
        Action(
            name=SEAL_ACTION, summary="compress days that are over, and give up those that need not be kept", effect=Effect.CHANGE,
            permission="audit.seal", parameters=Nothing, own=True, idempotent=True, subject=lambda _ctx, _asked: "audit trail",
            preview=lambda _ctx, _asked: Preview(honesty=Honesty.SERVER, changes=_due(audit, settings)),
            perform=lambda _ctx, _asked: _seal(audit, settings),
        ),
    )  # fmt: skip


def workflows(audit: AuditLog) -> tuple[Workflow, ...]:
    """`audit.verify` as an operation, for trails that take longer than a caller wants to wait."""
    return (
        Workflow(name="audit.check", summary="whether the trail is whole, in the background", permission="audit.read",
                 parameters=Nothing, subject=lambda _ctx, _asked: "audit trail", run=lambda one, _asked: _check(audit, one)),
    )  # fmt: skip


def _check(audit: AuditLog, operation: Operation) -> Json:
    with operation.step("verify") as note:
        verdict = audit.verify()
        note.text = f"{verdict.entries} entries are as written" + (
            "" if verdict.ok else f"; {verdict.first_bad}: {verdict.why}"
        )
    return asdict(verdict)


def _due(audit: AuditLog, settings: AuditSettings) -> tuple[str, ...]:
    seal, drop = audit.due(compress_days=settings.audit_compress_days, keep_days=settings.audit_keep_days)
    return (*(f"compress {day}" for day in seal), *(f"give up the lines of {day}" for day in drop))


def _seal(audit: AuditLog, settings: AuditSettings) -> Json:
    done = audit.seal(compress_days=settings.audit_compress_days, keep_days=settings.audit_keep_days)
    return {"sealed": [asdict(seal) for seal in done.sealed], "dropped": list(done.dropped)}


def _pieces(audit: AuditLog, ctx: RequestContext, asked: AuditRange) -> Iterator[bytes]:
    lines = _of_tenant(audit, ctx, asked)
    while piece := b"".join(islice(lines, LINES_A_PIECE)):
        yield piece


def _of_tenant(audit: AuditLog, ctx: RequestContext, asked: AuditRange) -> Iterator[bytes]:
    """The caller's own lines; an unreadable one is anybody's, so it goes to the tenant that every trail has."""
    for raw, entry in audit.raw(since=asked.since, until=asked.until):
        if (entry.tenant if entry else DEFAULT_TENANT) == ctx.tenant:
            yield raw
