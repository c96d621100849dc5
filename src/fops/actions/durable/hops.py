"""Hops: operations as a worker carries them out, load → act → record. The operation's row is the truth."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from fops.actions import store
from fops.actions.invoke import LocalInvoker
from fops.actions.operations import (
    EXPIRED,
    Answer,
    Json,
    Listener,
    Operation,
    Waiting,
    Workflow,
    ended_by,
    succeeded,
)
from fops.kernel import interrupts
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import RequestContext
from fops.kernel.errors import Busy, Cancelled, LimitExceeded, NotFound
from fops.kernel.ids import new_id
from fops.storage.database import Database
from fops.workflows import store as workflows
from fops.workflows.ports import Shift

MOST = 200  # hops looked at in one go; more wait in their rows
IN_COLUMNS = ("tenant", "actor", "door", "request_id", "operation_id", "attempt", "dry_run", "deadline")


class Hops:
    """The work behind hops, as `fops.workflows.ports.Work`.

    `told` hears the id of each operation that ended here, `listener` the steps.
    """

    def __init__(
        self,
        invoker: LocalInvoker,
        database: Database,
        clock: Clock,
        *,
        max_attempts: int,
        told: Callable[[str], None] = lambda _id: None,
        listener: Listener = lambda _event: None,
    ) -> None:
        self._invoker = invoker
        self._database = database
        self._clock = clock
        self._max_attempts = max_attempts
        self._told = told
        self._listener = listener

    def queued(self) -> Sequence[str]:
        """As `Work`."""
        with self._database.read() as connection:
            return [f"{operation}.{hop}" for operation, hop in store.queued(connection, limit=MOST)]

    def unended(self) -> Sequence[str]:
        """As `Work`."""
        with self._database.read() as connection:
            return [f"{operation}.{hop}" for operation, hop in store.unended(connection, limit=MOST)]

    def again(self, hop: str) -> None:
        """As `Work`."""
        with self._database.write() as connection:
            store.again(connection, *_parts(hop))

    def act(self, hop: str, shift: Shift) -> Json:
        """As `Work`: a hop runs from its start, whatever an earlier attempt of it did."""
        row = self._load(hop, shift)
        if row is None:
            return {}
        operation = self._operation(row)
        try:
            result = self._work(operation, row, shift)
        except BaseException as error:  # noqa: BLE001 - this is the worker's front door: how it failed is the outcome
            if isinstance(error, Busy) and shift.must_stop():
                with self._database.write() as connection:
                    store.hand_back(connection, operation.ctx, operation.id)
                return {}
            return {"attempt": row["attempt"], "ended": asdict(ended_by(error))}
        if isinstance(result, Waiting):
            return {"attempt": row["attempt"], "waiting": asdict(result)}
        return {"attempt": row["attempt"], "ended": asdict(succeeded(result))}

    def record(self, hop: str, outcome: Json) -> None:
        """As `Work`."""
        operation, _ = _parts(hop)
        with self._database.write() as connection:
            row = store.by_id(connection, operation)
            if row is None:
                return
            ctx = replace(context_of(row), attempt=outcome["attempt"])
            at = workflows.now(connection, self._clock)
            if "waiting" in outcome:
                _ask(connection, ctx, outcome["waiting"], at)
            else:
                store.finish(connection, ctx, operation, store.Ended(**outcome["ended"]), at=isoformat(at))
        self._told(operation)

    def _load(self, hop: str, shift: Shift) -> store.Row | None:
        operation, number = _parts(hop)
        with self._database.write() as connection:
            if shift.holds(connection):
                return store.take(connection, operation, number)
            store.again(connection, operation, number)
        return None

    def _operation(self, row: store.Row) -> Operation:
        ctx = context_of(row)
        with self._database.read() as connection:
            asked = workflows.newest_wait(connection, ctx.tenant, row["id"])
            step = store.cut_step(connection, ctx, row["id"]) if row["attempt"] > 1 else None
        answer = (
            Answer(text=asked["answer"], by=asked["answered_by"], carry=asked["carry"])
            if asked and asked["answer"]
            else None
        )
        operation = Operation(ctx, self._database, self._clock, self._listener, answer=answer)
        if step:
            operation.cut(step)
        return operation

    def _work(self, operation: Operation, row: store.Row, shift: Shift) -> Json | Waiting:
        if row["cut"] >= self._max_attempts:
            raise LimitExceeded(
                f"{row['kind']} of {row['subject']} ended its worker {row['cut']} times",
                hint="the server's log of those moments says why; ask anew once it is set right",
            )
        if row["stopped_by"]:
            raise Cancelled(f"cancelled by {row['stopped_by']}")
        found, valid = self._invoker.prepare(operation.ctx, row["kind"], row["parameters"])
        if not isinstance(found, Workflow):
            raise NotFound(f"no work of several steps is named {row['kind']}")

        def check() -> None:
            operation.check()
            if shift.must_stop():
                raise Busy(f"{shift.worker} stops; another worker takes it up")

        with interrupts.watched(check):
            return found.run(operation, valid)


def kept_context(ctx: RequestContext) -> Mapping[str, Any]:
    """What of a caller no column holds, as JSON: members that the context gains later travel with it by themselves."""
    return {one.name: getattr(ctx, one.name) for one in dataclasses.fields(ctx) if one.name not in IN_COLUMNS}


def context_of(row: store.Row) -> RequestContext:
    """The caller of an operation's row."""
    return RequestContext(tenant=row["tenant"], actor=row["actor"], door=row["door"], request_id=row["request_id"],
                          operation_id=row["id"], attempt=row["attempt"], **(row["context"] or {}))  # fmt: skip


def settle(connection: Any, wait: store.Row, text: str, *, by: str, at: datetime) -> bool:
    """Answer a wait and queue the next hop, both or neither. False where it was answered before."""
    if not workflows.answer(connection, wait, text, by=by, at=at):
        return False
    store.resume(connection, wait["tenant"], wait["operation_id"])
    return True


def expire_waits(database: Database, clock: Clock) -> None:
    """Answer for nobody what nobody answered in time."""
    with database.write() as connection:
        at = workflows.now(connection, clock)
        for wait in workflows.overdue(connection, at=at, limit=MOST):
            settle(connection, wait, EXPIRED, by="", at=at)


def clear_away(database: Database, clock: Clock, *, keep: timedelta) -> None:
    """Drop what ended operations left, once they are older than `keep`, and end what its process left a day ago."""
    at = clock.now()
    thinned = MOST
    while thinned == MOST:
        with database.write() as connection:
            thinned = store.thin_out(connection, before=isoformat(at - keep), limit=MOST)
    with database.write() as connection:
        store.give_up_on(connection, begun_before=isoformat(at - timedelta(days=1)), at=isoformat(at))


def _ask(connection: Any, ctx: RequestContext, waiting: Mapping[str, Any], at: datetime) -> None:
    operation = ctx.operation_id or ""
    if not store.wait_for(connection, ctx, operation, detail=f"waits for {waiting['kind']}"):
        return
    until = at + timedelta(seconds=waiting["seconds"])
    wait = workflows.Wait(id=new_id("wai"), operation_id=operation, kind=waiting["kind"], subject=waiting["subject"],
                          carry=waiting["carry"], asked_at=isoformat(at), expires_at=isoformat(until))  # fmt: skip
    workflows.ask(connection, ctx.tenant, wait)


def _parts(hop: str) -> tuple[str, int]:
    operation, _, number = hop.partition(".")
    return operation, int(number)
