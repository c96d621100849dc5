"""Operations: one run of something, its steps with their times, and who listens. The runner here is inline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeVar

from fops.actions import store
from fops.actions.model import Parameters, everywhere
from fops.auth import Scope
from fops.kernel.clock import Clock, isoformat
from fops.kernel.context import RequestContext
from fops.kernel.errors import Busy, Cancelled, FopsError
from fops.kernel.ids import new_id
from fops.kernel.redaction import redact, redact_text
from fops.storage.database import Database

T = TypeVar("T")
Status = Literal["queued", "running", "waiting", "succeeded", "failed", "refused", "cancelled"]
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEvent:
    """Progress of one step. `seconds` is None while it runs; `detail` is one line for a person."""

    operation_id: str
    step: str
    status: Literal["started", "succeeded", "failed", "cancelled"]
    detail: str = ""
    seconds: float | None = None


Listener = Callable[[StepEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What `Workflow.run` returns to wait for a person, without a process: a row asks, the answer begins the next hop.

    `kind` such as `approval`; `subject` the digest of what is asked about; `seconds` until nobody's answer is one too;
    `carry` is JSON for the next hop.
    """

    kind: str
    subject: str
    seconds: float
    carry: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a wait: `text` is the answer's word, `expired` where nobody gave one; `carry` as it was given."""

    text: str
    by: str
    carry: Json


EXPIRED = "expired"


class Operation:
    """A running operation: opens its steps and keeps their events. `answer` is that of the wait before this hop."""

    def __init__(
        self, ctx: RequestContext, database: Database | None, clock: Clock, listener: Listener, *, answer: Answer | None = None
    ) -> None:  # fmt: skip
        self.ctx = ctx
        self.answer = answer
        self.id = ctx.operation_id or ""
        self._database = database
        self._clock = clock
        self._listener = listener

    @contextmanager
    def step(self, name: str) -> Iterator[Note]:
        """A named step; what happens inside is timed, listened to and kept, also when it fails."""
        self.check()
        started, note = self._clock.elapsed(), Note()
        self._tell(StepEvent(operation_id=self.id, step=name, status="started"))
        try:
            yield note
        except BaseException as error:
            status: Literal["failed", "cancelled"] = (
                "cancelled" if isinstance(error, (KeyboardInterrupt, Cancelled)) else "failed"
            )
            self._finish(name, status, _in_words(error), started)
            raise
        self._finish(name, "succeeded", note.text, started)

    def check(self) -> None:
        """Raise what must end this run: Cancelled when somebody stopped it, Busy when another worker has it now."""
        if self._database is None:
            return
        try:
            with self._database.read() as connection:
                row = store.one(connection, self.ctx, self.id)
        except FopsError:
            return  # what cannot be asked now is asked again, at the latest when the end is recorded
        if row is None or row["attempt"] != self.ctx.attempt:
            raise Busy(f"another worker has taken over {self.id}")
        if row["stopped_by"]:
            raise Cancelled(f"cancelled by {row['stopped_by']}")

    def cut(self, step: str) -> None:
        """Tell that a step of an earlier attempt never ended."""
        self._tell(
            StepEvent(
                operation_id=self.id, step=step, status="failed", detail="its worker ended", seconds=0.0
            )
        )

    def _finish(
        self, name: str, status: Literal["succeeded", "failed", "cancelled"], detail: str, started: float
    ) -> None:
        seconds = round(self._clock.elapsed() - started, 3)
        self._tell(
            StepEvent(
                operation_id=self.id, step=name, status=status, detail=redact_text(detail), seconds=seconds
            )
        )

    def _tell(self, event: StepEvent) -> None:
        if self._database is not None:
            try:
                row = store.StepRow(**asdict(event))
                with self._database.write() as connection:
                    store.add_event(connection, self.ctx, row, at=isoformat(self._clock.now()))
            except FopsError:
                if event.status == "started":
                    raise  # a step that failed keeps its own error, and one that is done stays done
        self._listener(event)


class Note:
    """What a step wants said when it is done."""

    text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """Work of several steps that is one operation, for every door under one name, such as `onboard.repo`.

    `run` gets the operation and valid parameters, does the work and returns JSON, or Waiting; it raises FopsError. Behind
    a server it may be cut at any point and runs again from its start, so it finds what it did before. `subject` names
    what is worked on, for people, and raises for what no work could make right or this caller may not ask for; `scope` is
    where the permission must hold. What changes the outside world does so through the gate, by actions of its own.
    """

    name: str
    summary: str
    permission: str
    parameters: type[Parameters]
    subject: Callable[[RequestContext, Any], str]
    run: Callable[[Operation, Any], Json | Waiting]
    scope: Callable[[RequestContext, Any], Scope] = everywhere


class InlineRunner:
    """Runs an operation in this process, at once. With `ctx.dry_run` nothing is kept."""

    def __init__(self, database: Database, clock: Clock, listener: Listener = lambda _event: None) -> None:
        self._database = database
        self._clock = clock
        self._listener = listener

    def run(self, ctx: RequestContext, kind: str, subject: str, work: Callable[[Operation], T]) -> T:
        """Run `work` as an operation of a kind (`onboard.repo`) on a subject; returns what it returns.

        Raises StorageFailed or Busy where a beginning cannot be kept. An end that cannot be changes nothing: what was
        done has its own record, and calling it failed would be a lie.
        """
        return self.carry_out(self.begin(ctx, kind, subject), work)

    def begin(self, ctx: RequestContext, kind: str, subject: str) -> Operation:
        """A new operation that waits for its work."""
        ctx = replace(ctx, operation_id=new_id("opn"))
        operation = Operation(ctx, None if ctx.dry_run else self._database, self._clock, self._listener)
        if not ctx.dry_run:
            with self._database.write() as connection:
                store.start(
                    connection,
                    ctx,
                    operation.id,
                    kind=kind,
                    subject=redact_text(subject),
                    at=isoformat(self._clock.now()),
                )
        return operation

    def carry_out(self, operation: Operation, work: Callable[[Operation], T]) -> T:
        """Do the work of an operation that was begun, and keep how it ended. Raises what the work raises."""
        try:
            result = work(operation)
        except BaseException as error:
            self._end(operation, ended_by(error))
            raise
        self._end(operation, succeeded(result))
        return result

    def _end(self, operation: Operation, ended: store.Ended) -> None:
        if operation.ctx.dry_run:
            return
        with suppress(FopsError), self._database.write() as connection:
            store.finish(connection, operation.ctx, operation.id, ended, at=isoformat(self._clock.now()))


def succeeded(result: object) -> store.Ended:
    """The end of an operation that gave this."""
    return store.Ended(
        status="succeeded", result=redact(dict(result)) if isinstance(result, Mapping) else None
    )


def ended_by(error: BaseException) -> store.Ended:
    """The end of an operation that failed so."""
    problem = None
    if isinstance(error, FopsError):
        problem = {"code": error.code, "message": redact_text(error.message), "hint": redact_text(error.hint)}
    return store.Ended(status=_status_of(error), detail=redact_text(_in_words(error)), error=problem)


def _in_words(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "stopped"
    return error.message if isinstance(error, FopsError) else type(error).__name__


def _status_of(error: BaseException) -> Status:
    if isinstance(error, KeyboardInterrupt) or getattr(error, "code", "") == "cancelled":
        return "cancelled"
    return (
        "refused"
        if getattr(error, "code", "") in {"not_deployable", "refused_by_policy", "not_allowed"}
        else "failed"
    )
