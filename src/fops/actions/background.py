"""Background: operations on threads of a server, asked for once and looked at from anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from fops.actions import store
from fops.actions.invoke import LocalInvoker
from fops.actions.operations import InlineRunner, Json, Operation, Workflow
from fops.kernel.canonical import digest
from fops.kernel.context import RequestContext
from fops.kernel.errors import Busy, UsageError
from fops.storage.database import Database


class Background:
    """Starts workflows and lets callers go or wait. At most `workers` run, `waiting` more stand in line."""

    def __init__(
        self, invoker: LocalInvoker, runner: InlineRunner, database: Database, *, workers: int, waiting: int
    ) -> None:
        self._invoker = invoker
        self._runner = runner
        self._database = database
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="operation")
        self._most = workers + waiting
        self._running: dict[str, tuple[Future[Json], Operation]] = {}

    def start(
        self, ctx: RequestContext, name: str, parameters: Mapping[str, Any], *, key: str | None = None
    ) -> str:
        """The id of the operation that now runs, or of the one this actor asked for before by the same key.

        Raises UsageError for a key that was used for another request or a name that is no workflow, Busy where too
        many wait, and what `LocalInvoker.prepare` raises.
        """
        found, valid = self._invoker.prepare(ctx, name, parameters)
        if not isinstance(found, Workflow):
            raise UsageError(f"{name} only reads, so nothing of it runs in the background")
        asked = (
            store.Asked(key=key, digest=digest({"name": name, "parameters": dict(parameters)}))
            if key
            else None
        )
        before = self._asked_before(ctx, asked)
        if before:
            return before
        if len(self._running) >= self._most:
            raise Busy(f"{len(self._running)} operations run or wait already", hint="try again in a moment", retry_after=5)  # fmt: skip
        operation = self._runner.begin(ctx, name, found.subject(ctx, valid), asked=asked)
        work = self._pool.submit(self._runner.carry_out, operation, lambda one: found.run(one, valid))
        self._running[operation.id] = (work, operation)
        work.add_done_callback(lambda _done: self._running.pop(operation.id, None))
        return operation.id

    async def ended(self, operation_id: str, seconds: float) -> None:
        """Return when it has ended, or when the time is over; one of another process is not waited for."""
        running = self._running.get(operation_id)
        if running is not None:
            await asyncio.wait([asyncio.wrap_future(running[0])], timeout=seconds)

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return sum(not work.running() for work, _ in list(self._running.values()))

    def close(self, seconds: float) -> None:
        """Take nothing more, call off what has not begun, and let what runs come to its end within the time."""
        self._pool.shutdown(wait=False)
        begun = []
        for work, operation in list(self._running.values()):
            if work.cancel():
                self._runner.call_off(operation, "the server stopped before it began")
            else:
                begun.append(work)
        wait(begun, timeout=seconds)

    def _asked_before(self, ctx: RequestContext, asked: store.Asked | None) -> str | None:
        if asked is None:
            return None
        with self._database.read() as connection:
            row = store.asked_before(connection, ctx, asked.key)
        if row is not None and row["asked_digest"] != asked.digest:
            raise UsageError(
                f"the key {asked.key!r} was used for another request",
                hint="a key stands for one request: make a new one",
            )
        return None if row is None else str(row["id"])
