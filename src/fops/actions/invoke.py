"""Invoke: the one way from a door to an action or workflow, in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from fops.actions.gate import Authorise, Gate
from fops.actions.model import Action, ActionCall, ChangeSet, Effect, Parameters, read_parameters
from fops.actions.operations import InlineRunner, Json, Waiting, Workflow
from fops.actions.registry import Registry
from fops.auth.permissions import asked_for
from fops.kernel.context import RequestContext
from fops.kernel.errors import BrokenOff, NotAllowed, UsageError


def at_once(result: Json | Waiting) -> Json:
    """What work gave that cannot wait for a person. Raises UsageError."""
    if isinstance(result, Waiting):
        raise UsageError(f"this waits for {result.kind}", hint="it needs a server: `fops serve`")
    return result


class Invoker(Protocol):
    """What a door needs of the house, in this process or behind a server.

    `invoke` reads or works by name and returns JSON; it raises what the house raises: UsageError for wrong parameters,
    NotFound for an unknown name, NotAllowed, and whatever the work itself raises. Proved by tests/contract/test_invokers.py.
    """

    def invoke(self, ctx: RequestContext, name: str, parameters: Mapping[str, Any]) -> Json:
        """Do it, and return when it is done."""

    def stream(self, ctx: RequestContext, name: str, parameters: Mapping[str, Any]) -> Iterator[bytes]:
        """What is read piece by piece, such as `audit.export`. Raises before the first piece, or where it breaks off."""


class LocalInvoker:
    """Invokes in this process: what reads at once, a change of our own records through the gate, a workflow as an operation."""

    def __init__(self, registry: Registry, runner: InlineRunner, gate: Gate, authorise: Authorise) -> None:
        self._registry = registry
        self._runner = runner
        self._gate = gate
        self._authorise = authorise

    def invoke(self, ctx: RequestContext, name: str, parameters: Mapping[str, Any]) -> Json:
        """As `Invoker`; what changes the outside world is asked for as a change set. Raises UsageError for that."""
        found, valid = self.prepare(ctx, name, parameters)
        if isinstance(found, Workflow):
            return self._runner.run(
                ctx, name, found.subject(ctx, valid), lambda one: at_once(found.run(one, valid))
            )
        if found.pieces:
            raise UsageError(f"{name} is more than one document", hint="ask for it as a stream")
        if found.effect is Effect.READ:
            return _read(found, ctx, valid)
        return self._change(
            ctx, ActionCall(action=name, target=found.subject(ctx, valid), parameters=parameters)
        )

    def stream(self, ctx: RequestContext, name: str, parameters: Mapping[str, Any]) -> Iterator[bytes]:
        """As `Invoker`. Raises UsageError for what is one document."""
        found, valid = self.prepare(ctx, name, parameters)
        if isinstance(found, Workflow) or found.pieces is None:
            raise UsageError(f"{name} is no stream", hint="ask for it as a document")
        return found.pieces(ctx, valid)

    def over(self, runner: InlineRunner) -> LocalInvoker:
        """The same over another runner."""
        return LocalInvoker(self._registry, runner, self._gate, self._authorise)

    @property
    def offered(self) -> Iterable[Action | Workflow]:
        """Everything there is, by name."""
        return self._registry

    def is_work(self, name: str) -> bool:
        """Whether a name stands for a workflow. Raises NotFound."""
        return isinstance(self._registry.find(name), Workflow)

    def prepare(
        self, ctx: RequestContext, name: str, parameters: Mapping[str, Any]
    ) -> tuple[Action | Workflow, Parameters]:
        """What is meant and its valid parameters, once the actor may have it done."""
        found = self._registry.find(name)
        if isinstance(found, Action) and found.effect is not Effect.READ and not found.own:
            raise UsageError(f"{name} changes something outside, so it is asked for as a change set")
        valid = read_parameters(name, found.parameters, parameters)
        where = found.scope(ctx, valid)
        if not self._authorise(ctx, found.permission, where):
            raise NotAllowed(f"{ctx.actor} may not {name}", hint=asked_for(found.permission, where))
        return found, valid

    def _change(self, ctx: RequestContext, call: ActionCall) -> Json:
        outcome = self._gate.run(ctx, ChangeSet(calls=(call,)), confirmed=True)
        if outcome.status == "planned":
            return {"status": "planned", "changes": list(outcome.previews[0].changes)}
        return outcome.results[0]


def _read(action: Action, ctx: RequestContext, parameters: Parameters) -> Json:
    """Reading changes nothing, so what broke off in the middle is simply read once more."""
    try:
        return action.perform(ctx, parameters)
    except BrokenOff:
        return action.perform(ctx, parameters)
