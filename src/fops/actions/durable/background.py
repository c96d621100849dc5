"""Background: operations that outlive the process that took them, asked for once and looked at from anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from threading import Lock
from typing import Any

from fops.actions import store
from fops.actions.durable.hops import kept_context
from fops.actions.invoke import LocalInvoker
from fops.actions.operations import Workflow
from fops.kernel.canonical import digest
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import RequestContext
from fops.kernel.errors import Busy, StorageFailed, UsageError
from fops.kernel.ids import new_id
from fops.kernel.redaction import holds_credential, redact_text
from fops.storage.database import Database

LOOK_SECONDS = 0.5  # between two looks at an operation that another process carries out


class Background:
    """Queues workflows and lets callers go or wait. At most `most` are queued or run. `nudge` wakes a worker of this process."""

    def __init__(self, invoker: LocalInvoker, database: Database, clock: Clock, *, most: int) -> None:
        self._invoker = invoker
        self._database = database
        self._clock = clock
        self._most = most
        self._awaited: dict[str, set[Future[None]]] = {}
        self._lock = Lock()
        self.nudge: Callable[[], None] = lambda: None

    def start(
        self, ctx: RequestContext, name: str, parameters: Mapping[str, Any], *, key: str | None = None
    ) -> str:
        """The id of the operation that is now queued, or of the one this actor asked for before by the same key.

        Raises UsageError for a key that was used for another request, a name that is no workflow or parameters that hold
        a credential, Busy where too many wait, and what `LocalInvoker.prepare` raises.
        """
        found, valid = self._invoker.prepare(ctx, name, parameters)
        if not isinstance(found, Workflow):
            raise UsageError(f"{name} only reads, so nothing of it runs in the background")
        if holds_credential(dict(parameters)):
            raise UsageError(f"{name}: a parameter holds a credential, and parameters are kept",
                             hint="leave it out; the server uses those of its own configuration")  # fmt: skip
        asked = None
        if key:
            asked = store.Asked(key=key, digest=digest({"name": name, "parameters": dict(parameters)}))
            with self._database.read() as connection:
                before = _asked_before(connection, ctx, asked)
            if before:
                return before
        later = store.Later(parameters=parameters, context=kept_context(ctx))
        new = {
            "kind": name,
            "subject": redact_text(found.subject(ctx, valid)),
            "asked": asked,
            "later": later,
        }
        operation = self._queue(ctx, new)
        self.nudge()
        return operation

    def _queue(self, ctx: RequestContext, new: Mapping[str, Any]) -> str:
        asked: store.Asked | None = new["asked"]
        ctx = replace(ctx, operation_id=new_id("opn"))
        operation = ctx.operation_id or ""
        try:
            with self._database.write() as connection:
                # Asked within the transaction too: the same request may be on its way twice.
                before = _asked_before(connection, ctx, asked) if asked else None
                if before:
                    return before
                waiting = store.count_open(connection)
                if waiting >= self._most:
                    raise Busy(f"{waiting} operations run or wait already", hint="try again in a moment", retry_after=5)  # fmt: skip
                store.start(connection, ctx, operation, at=isoformat(self._clock.now()), **new)
        except StorageFailed:  # its twin may have been first, where transactions are not one after another
            with self._database.read() as connection:
                before = _asked_before(connection, ctx, asked) if asked else None
            if before is None:
                raise
            return before
        return operation

    async def ended(self, operation_id: str, seconds: float) -> None:
        """Return when it has ended or waits for a person, or when the time is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        told: Future[None] = Future()
        with self._lock:
            self._awaited.setdefault(operation_id, set()).add(told)
        try:
            while not await asyncio.to_thread(self._at_rest, operation_id) and loop.time() < until:
                await asyncio.wait(
                    [asyncio.wrap_future(told)], timeout=min(LOOK_SECONDS, until - loop.time())
                )
        finally:
            with self._lock:
                self._awaited[operation_id].discard(told)
                if not self._awaited[operation_id]:
                    del self._awaited[operation_id]

    def told(self, operation_id: str) -> None:
        """Hear that an operation was recorded by this process."""
        with self._lock:
            for one in self._awaited.get(operation_id, ()):
                if not one.done():
                    one.set_result(None)

    @property
    def waiting(self) -> int:
        """How many stand in line, whichever process took them."""
        with self._database.read() as connection:
            return store.count_open(connection, "queued")

    def _at_rest(self, operation_id: str) -> bool:
        with self._database.read() as connection:
            row = store.by_id(connection, operation_id)
        return row is None or row["status"] not in {"queued", "running"}


def _asked_before(connection: Any, ctx: RequestContext, asked: store.Asked) -> str | None:
    row = store.asked_before(connection, ctx, asked.key)
    if row is not None and row["asked_digest"] != asked.digest:
        raise UsageError(
            f"the key {asked.key!r} was used for another request",
            hint="a key stands for one request: make a new one",
        )
    return None if row is None else str(row["id"])
