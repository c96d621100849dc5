"""Hear: the port that everything tells what it does. It is light, and silent until somebody listens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from fops.kernel.context import RequestContext
from fops.kernel.errors import FopsError, InDoubt

if TYPE_CHECKING:
    from fops.actions import Operation, Registry, StepEvent, Workflow
    from fops.actions.model import Action
    from fops.actions.operations import Json, Waiting

Kind = Literal["operation", "action"]
OUTCOMES = ("succeeded", "waiting", "failed", "refused", "cancelled", "unknown")


@dataclass(slots=True)
class Run:
    """One run as its ears see it; `outcome`, one of OUTCOMES, holds once it has ended, and `error` what it raised."""

    ctx: RequestContext
    kind: Kind
    name: str
    outcome: str = "succeeded"
    error: BaseException | None = None


class Ear(Protocol):
    """Who listens: metrics, logs, traces. Nothing it does may fail what it hears of; all calls are short."""

    def during(self, run: Run) -> AbstractContextManager[None]:
        """Around one run; what it raises passes through."""

    def stepped(self, event: StepEvent) -> None:
        """A step of an operation began or ended, on the thread that runs it."""

    def audited(self, action: str, outcome: str) -> None:
        """A line of the trail was written, or could not be: then the outcome is `unwritten`."""

    def waited(self, seconds: float) -> None:
        """A transaction began after this time."""


class Telemetry:
    """Tells every ear. Parts of a house hold it from the beginning, ears come when a server starts."""

    def __init__(self) -> None:
        self._ears: tuple[Ear, ...] = ()

    def listen(self, ear: Ear) -> None:
        """Let one more listen; what was opened last is closed first."""
        self._ears = (*self._ears, ear)

    @contextmanager
    def during(self, ctx: RequestContext, kind: Kind, name: str) -> Iterator[Run]:
        """Around one run; whoever runs it may say another outcome than `succeeded`."""
        run = Run(ctx, kind, name)
        with ExitStack() as stack:
            for ear in self._ears:
                stack.enter_context(ear.during(run))
            try:
                yield run
            except BaseException as error:
                run.outcome, run.error = outcome_of(error), error
                raise

    def stepped(self, event: StepEvent) -> None:
        """As `Ear`."""
        for ear in self._ears:
            ear.stepped(event)

    def audited(self, action: str, outcome: str) -> None:
        """As `Ear`."""
        for ear in self._ears:
            ear.audited(action, outcome)

    def waited(self, seconds: float) -> None:
        """As `Ear`."""
        for ear in self._ears:
            ear.waited(seconds)


def heard(registry: Registry, telemetry: Telemetry) -> Registry:
    """The same registry, each of whose actions and workflows tells that it runs."""
    from fops.actions import Registry, Workflow  # noqa: PLC0415 - whoever holds a registry has paid for them

    known = list(registry)
    return Registry(
        (_action(one, telemetry) for one in known if not isinstance(one, Workflow)),
        (_workflow(one, telemetry) for one in known if isinstance(one, Workflow)),
    )


def outcome_of(error: BaseException) -> str:
    """failed, refused, cancelled or unknown: the words of operations and of the trail."""
    if isinstance(error, InDoubt):
        return "unknown"
    code = error.code if isinstance(error, FopsError) else ""
    if isinstance(error, KeyboardInterrupt) or code == "cancelled":
        return "cancelled"
    return "refused" if code in {"not_deployable", "refused_by_policy", "not_allowed"} else "failed"


def _outcome_in(result: object) -> str:
    """What gives no JSON has not ended: it left a question to a person."""
    return "succeeded" if isinstance(result, Mapping) else "waiting"


def _action(action: Action, telemetry: Telemetry) -> Action:
    def perform(ctx: RequestContext, parameters: Any) -> Json:
        with telemetry.during(ctx, "action", action.name):
            return action.perform(ctx, parameters)

    return replace(action, perform=perform)


def _workflow(workflow: Workflow, telemetry: Telemetry) -> Workflow:
    def worked(operation: Operation, parameters: Any) -> Json | Waiting:
        with telemetry.during(operation.ctx, "operation", workflow.name) as run:
            result = workflow.run(operation, parameters)
            run.outcome = _outcome_in(result)
            return result

    return replace(workflow, run=worked)
