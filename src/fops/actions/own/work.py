"""`operations.cancel · workers.list`."""

from __future__ import annotations

from typing import Any

from fops.actions import store
from fops.actions.model import Action, Effect, Parameters
from fops.actions.operations import Json
from fops.actions.reading import Nothing, OneOf, operation
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotFound, UsageError
from fops.storage.database import Database
from fops.workflows import store as workflows

SHOWN = ("id", "concurrency", "started_at", "seen_at", "leads")


def actions(database: Database, clock: Clock) -> tuple[Action, ...]:
    """The actions over these."""

    def cancel(ctx: RequestContext, asked: OneOf) -> Json:
        return _cancel(database, clock, ctx, asked.id)

    def list_workers(_ctx: RequestContext, _asked: Parameters) -> Json:
        with database.read() as connection:
            alive = workflows.living(connection, at=workflows.now(connection, clock))
        return {"workers": [{name: one[name] for name in SHOWN} for one in alive]}

    def subject(_ctx: RequestContext, asked: Any) -> str:
        return str(asked.id)

    return (
        Action(name="operations.cancel", summary="stop an operation at its next good moment", effect=Effect.CHANGE,
               permission="operations.cancel", parameters=OneOf, perform=cancel, own=True, subject=subject),
        Action(name="workers.list", summary="who carries operations out", effect=Effect.READ, permission="workers.read",
               parameters=Nothing, perform=list_workers, idempotent=True),
    )  # fmt: skip


def _cancel(database: Database, clock: Clock, ctx: RequestContext, operation_id: str) -> Json:
    before = operation(database, ctx, operation_id)
    if before["status"] not in store.OPEN:
        raise UsageError(
            f"{operation_id} has {before['status']} already", hint="what it made can be taken back by hand"
        )
    with database.write() as connection:
        row = store.stop(connection, ctx, operation_id, at=isoformat(clock.now()))
    if row is None:
        raise NotFound(f"no operation {operation_id!r}")
    return {"id": operation_id, "status": row["status"]}
