"""`operations.cancel · workers.list`."""

from __future__ import annotations

from typing import Any

from fops.actions import store
from fops.actions.gate import Authorise
from fops.actions.model import Action, Effect, Parameters
from fops.actions.operations import Json
from fops.actions.reading import Nothing, OneOf, operation
from fops.auth import EVERYWHERE
from fops.auth.permissions import SIGNED_IN, asked_for
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotAllowed, NotFound, UsageError
from fops.storage.database import Database
from fops.workflows import store as workflows

CANCEL = "operations.cancel"
SHOWN = ("id", "concurrency", "started_at", "seen_at", "leads")


def actions(database: Database, clock: Clock, authorise: Authorise) -> tuple[Action, ...]:
    """The actions over these. An operation is stopped by who asked for it, and by who may stop all."""

    def cancel(ctx: RequestContext, asked: OneOf) -> Json:
        _may_cancel(database, ctx, asked.id, authorise)
        return _cancel(database, clock, ctx, asked.id)

    def list_workers(_ctx: RequestContext, _asked: Parameters) -> Json:
        with database.read() as connection:
            alive = workflows.living(connection, at=workflows.now(connection, clock))
        return {"workers": [{name: one[name] for name in SHOWN} for one in alive]}

    def subject(_ctx: RequestContext, asked: Any) -> str:
        return str(asked.id)

    return (
        Action(name="operations.cancel", summary="stop an operation at its next good moment", effect=Effect.CHANGE,
               permission=SIGNED_IN, parameters=OneOf, perform=cancel, own=True, subject=subject),
        Action(name="workers.list", summary="who carries operations out", effect=Effect.READ, permission="workers.read",
               parameters=Nothing, perform=list_workers, idempotent=True),
    )  # fmt: skip


def _may_cancel(database: Database, ctx: RequestContext, operation_id: str, authorise: Authorise) -> None:
    known = operation(database, ctx, operation_id, authorise)
    if known["actor"] != ctx.actor and not authorise(ctx, CANCEL, EVERYWHERE):
        raise NotAllowed(f"{ctx.actor} may not stop {operation_id}", hint=asked_for(CANCEL, EVERYWHERE))
    if known["status"] not in store.OPEN:
        raise UsageError(
            f"{operation_id} has {known['status']} already", hint="what it made can be taken back by hand"
        )


def _cancel(database: Database, clock: Clock, ctx: RequestContext, operation_id: str) -> Json:
    with database.write() as connection:
        row = store.stop(connection, ctx, operation_id, at=isoformat(clock.now()))
    if row is None:
        raise NotFound(f"no operation {operation_id!r}")
    return {"id": operation_id, "status": row["status"]}
